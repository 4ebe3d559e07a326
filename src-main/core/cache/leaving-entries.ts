import type { Clock } from '../base/clock.ts'
import type { EntryResource } from './entry-resource.ts'
import type { OpenMedia } from './handle.ts'

/** How often it is looked whether a viewer has left. */
const tickMs = 2_000
/** A viewer that is not in Spool's own player has left when it asked for nothing for so long. */
const idleMs = 300_000

export interface LeavingEntriesOptions {
  readonly clock: Clock
  /** Runs something as a turn of the actor. */
  readonly post: (name: string, turn: () => void) => void
  /** Whether Spool's own player shows this title. */
  readonly isShown: (title: string) => boolean
}

/** A generation whose rows are gone and that somebody may still be playing. */
interface LeavingEntry {
  readonly resource: EntryResource
  /** Keeps the resource from closing between two requests. */
  readonly handle: OpenMedia
  readonly title: string
  /** By the monotonic clock. */
  usedAt: number
  /** The title was being shown at some time since. */
  wasShown: boolean
}

/** What viewers began with and another generation has taken the place of, for as long as they stay. Every method is called inside a turn. */
export class LeavingEntries {
  readonly #options: LeavingEntriesOptions
  readonly #entries = new Map<number, LeavingEntry>()
  #timer: Disposable | null = null

  constructor(options: LeavingEntriesOptions) {
    this.#options = options
  }

  add(entryId: number, title: string, resource: EntryResource): void {
    const { clock, isShown } = this.#options
    this.#entries.get(entryId)?.handle[Symbol.dispose]()
    this.#entries.set(entryId, {
      resource,
      handle: resource.open(),
      title,
      usedAt: clock.monotonicMs(),
      wasShown: isShown(title),
    })
    this.#look()
  }

  /** What a viewer of this entry began with; null when there is nothing, or when everybody has left. */
  use(entryId: number): EntryResource | null {
    const leaving = this.#entries.get(entryId)
    if (leaving === undefined) return null
    leaving.usedAt = this.#options.clock.monotonicMs()
    return leaving.resource
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = null
  }

  /** A viewer in Spool's own player may pause for hours; it has left when it shows something else. */
  #look(): void {
    const { clock, isShown, post } = this.#options
    this.stop()
    const now = clock.monotonicMs()
    for (const [entryId, leaving] of this.#entries) {
      const isShownNow = isShown(leaving.title)
      leaving.wasShown ||= isShownNow
      const patienceMs = leaving.wasShown ? tickMs : idleMs
      if (isShownNow || now - leaving.usedAt < patienceMs) continue
      this.#entries.delete(entryId)
      leaving.handle[Symbol.dispose]()
    }
    if (this.#entries.size > 0) this.#timer = clock.after(tickMs, () => post('leaving', () => this.#look()))
  }
}
