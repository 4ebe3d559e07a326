import type { Clock } from '../base/clock.ts'

/** A mean over less than this says nothing. */
const leastSpanMs = 500
/** Nothing for so long: there is no rate. */
const forgetMs = 5_000

/** An exponentially weighted mean: what came `spanMs` ago counts for a third of what comes now. */
class Mean {
  readonly #spanMs: number
  #weighted = 0

  constructor(spanMs: number) {
    this.#spanMs = spanMs
  }

  reset(): void {
    this.#weighted = 0
  }

  add(bytes: number, elapsedMs: number): void {
    this.#weighted = this.#faded(elapsedMs) + bytes
  }

  /** @param elapsedMs since the last `add`; @param sinceFirstMs since the first: the time before it is not counted as empty */
  perSecond(elapsedMs: number, sinceFirstMs: number): number {
    const seenMs = this.#spanMs * (1 - Math.exp(-sinceFirstMs / this.#spanMs))
    return Math.round((this.#faded(elapsedMs) / Math.max(leastSpanMs, seenMs)) * 1000)
  }

  #faded(elapsedMs: number): number {
    return this.#weighted * Math.exp(-elapsedMs / this.#spanMs)
  }
}

/** Bytes per second, smoothed over one second and over five. */
export class RateMeter {
  readonly #clock: Clock
  readonly #short = new Mean(1_000)
  readonly #long = new Mean(5_000)
  #firstAt = 0
  #lastAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(bytes: number): void {
    const now = this.#clock.monotonicMs()
    if (now - this.#lastAt > forgetMs) {
      this.#short.reset()
      this.#long.reset()
      this.#firstAt = now
      this.#lastAt = now
    }
    this.#short.add(bytes, now - this.#lastAt)
    this.#long.add(bytes, now - this.#lastAt)
    this.#lastAt = now
  }

  /** Over five seconds; null when nothing came for so long. */
  get bytesPerSecond(): number | null {
    return this.#read(this.#long)
  }

  /** Over one second. */
  get bytesPerSecondNow(): number | null {
    return this.#read(this.#short)
  }

  #read(mean: Mean): number | null {
    const now = this.#clock.monotonicMs()
    if (now - this.#lastAt > forgetMs) return null
    return mean.perSecond(now - this.#lastAt, now - this.#firstAt)
  }
}
