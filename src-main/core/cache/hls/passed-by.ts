import type { SegmentSource } from './segment-source.ts'
import type { Lease } from './transcode-desk.ts'

/** Sessions that passed a piece by before it is believed that none will give it. */
const sessionsUntilBelieved = 2

/**
 * Tells a piece that never comes from one that is not made yet: an encoder makes them in order, so when a later one has come from the same
 * session and this one still does not, it was passed by. A source is asked twice before it is believed.
 */
export class PassedBy {
  readonly #source: SegmentSource
  readonly #replyMs: number
  #seq: number | null = null
  readonly #sessions = new Set<Lease>()

  constructor(source: SegmentSource, replyMs: number) {
    this.#source = source
    this.#replyMs = replyMs
  }

  /** Asks a session that does not give a piece for the next one, and then for the piece once more. True: no session will give it. */
  async isGone(seq: number, lease: Lease): Promise<boolean> {
    if (seq < 0 || seq + 1 >= lease.grid.durationsUs.length) return false
    if (this.#seq !== seq) {
      this.#seq = seq
      this.#sessions.clear()
    }
    if (lease.head <= seq && !(await this.#comes(seq + 1))) return false
    // Without the session it is asked of the next one, which says nothing of this.
    if (this.#source.desk.lease !== lease || (await this.#comes(seq))) return false
    if (this.#source.desk.lease === lease) this.#sessions.add(lease)
    return this.#sessions.size >= sessionsUntilBelieved
  }

  async #comes(seq: number): Promise<boolean> {
    return (await this.#source.attempt(seq, 'play', this.#replyMs))?.kind === 'segment'
  }
}
