import type { EntryContext } from '../entry-resource.ts'
import { RateMeter } from '../rate-meter.ts'
import type { FileBytes } from './file-bytes.ts'
import { attachBytes, leastAheadBytes, windowBytes } from './read-ahead.ts'

const measureBytes = 512 * 1024

/** How far apart reader and transfer may be, from what was measured of the source. */
export class FetchReach {
  readonly #rate: RateMeter
  readonly #context: EntryContext
  readonly #bytes: FileBytes
  readonly #readsAhead: boolean
  readonly #replyMs: () => number
  #attach = attachBytes(null, 0)
  #unmeasuredBytes = 0

  /**
   * @param readsAhead false: little more is fetched than what is being read
   * @param replyMs how long the source takes to answer
   */
  constructor(context: EntryContext, bytes: FileBytes, readsAhead: boolean, replyMs: () => number) {
    this.#context = context
    this.#bytes = bytes
    this.#readsAhead = readsAhead
    this.#replyMs = replyMs
    this.#rate = new RateMeter(context.clock)
  }

  /** How far behind a reader a transfer may be and still be its own; measured now and then. */
  get attach(): number {
    // However far it is: there is no other way to come by the byte.
    return this.#context.source.knowsRanges ? this.#attach : Number.POSITIVE_INFINITY
  }

  /** How far transfers run ahead of a reader. */
  get window(): number {
    if (!this.#readsAhead) return leastAheadBytes
    return windowBytes(this.#bytes.total, this.#context.plan.durationMs, this.#bytes.isKeeping)
  }

  arrived(bytes: number): void {
    this.#rate.add(bytes)
    this.#unmeasuredBytes += bytes
    if (this.#unmeasuredBytes >= measureBytes) this.measure()
  }

  measure(): void {
    this.#unmeasuredBytes = 0
    this.#attach = attachBytes(this.#rate.bytesPerSecond, this.#replyMs())
  }
}
