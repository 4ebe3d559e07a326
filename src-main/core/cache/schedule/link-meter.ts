import type { Clock } from '../../base/clock.ts'

/** One measure takes so long; a shorter one would see single packets. */
const windowMs = 250
/** In a measure of the link we mostly waited for it; otherwise we were what was slow. */
const leastWaitShare = 0.5
/** What a new measure counts for. */
const weight = 0.3
/** Links change: an old measure says nothing. */
const staleMs = 120_000

/** One request's view of the link: tell it of every piece, and whenever we stop reading of ourselves. */
export interface LinkFlow {
  /** @param waitedMs how long we waited for it */
  piece(bytes: number, waitedMs: number): void
  /** What comes next may have come while we did not read, and says nothing of the link. */
  pause(): void
}

/**
 * What one source gives when as much is asked of it as it has. Measured only while a request is read without a pause and without
 * finding its bytes there already; all requests at once share the link, so their bytes count together.
 */
export class LinkMeter {
  readonly #clock: Clock
  #bytes = 0
  #kbps: number | null = null
  #measuredAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Null when not measured for two minutes. */
  get kbps(): number | null {
    return this.#clock.monotonicMs() - this.#measuredAt > staleMs ? null : this.#kbps
  }

  get measuredAtMs(): number {
    return this.#measuredAt
  }

  /** Another network, perhaps. */
  forget(): void {
    this.#kbps = null
    this.#measuredAt = Number.NEGATIVE_INFINITY
  }

  flow(): LinkFlow {
    let since: number | null = null
    let bytesBefore = 0
    let waitedMs = 0
    /** The first measure after a pause empties buffers. */
    let isFirst = true
    return {
      piece: (bytes, waited) => {
        this.#bytes += bytes
        const now = this.#clock.monotonicMs()
        if (since === null) {
          since = now
          bytesBefore = this.#bytes
          return
        }
        waitedMs += waited
        const elapsedMs = now - since
        if (elapsedMs < windowMs) return
        if (!isFirst && waitedMs >= elapsedMs * leastWaitShare)
          this.#measured(((this.#bytes - bytesBefore) * 8) / elapsedMs, now)
        isFirst = false
        since = now
        bytesBefore = this.#bytes
        waitedMs = 0
      },
      pause: () => {
        since = null
        waitedMs = 0
        isFirst = true
      },
    }
  }

  #measured(kbps: number, now: number): void {
    const before = this.kbps
    this.#kbps = Math.round(before === null ? kbps : before + (kbps - before) * weight)
    this.#measuredAt = now
  }
}
