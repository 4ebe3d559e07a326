import type { Clock } from '../../base/clock.ts'

const firstDelayMs = 250
const longestDelayMs = 10_000
/** Whoever jumps about while a source fails leaves places behind to which nobody comes back. */
const mostStalls = 256

/**
 * Full jitter: any time up to a ceiling that doubles with every failure in a row.
 * @param failures in a row, from 1
 * @param random in `[0, 1)`
 */
export const backoffMs = (failures: number, random: number): number =>
  Math.ceil(random * Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(failures - 1, 10)))

interface Stall {
  failures: number
  notBefore: number
}

/**
 * When the next request may be made, by position: one bad place in a file neither slows the rest down nor is forgiven because of it.
 * Bytes from a position end its row of failures, and nothing else does.
 */
export class RetryBook {
  readonly #clock: Clock
  readonly #stalls = new Map<number, Stall>()
  /** For the whole file: the source named a time. */
  #notBefore = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Until the first of the requests that wait may be made; null when none waits. */
  get nextMs(): number | null {
    const delays = [...this.#stalls.keys()].map((position) => this.delayMs(position)).filter((ms) => ms > 0)
    return delays.length === 0 ? null : Math.min(...delays)
  }

  failuresAt(position: number): number {
    return this.#stalls.get(position)?.failures ?? 0
  }

  /** Until a request for `position` may be made. */
  delayMs(position: number): number {
    const notBefore = Math.max(this.#notBefore, this.#stalls.get(position)?.notBefore ?? 0)
    return Math.max(0, notBefore - this.#clock.monotonicMs())
  }

  /**
   * A request brought nothing from `position` on.
   * @param afterMs what the source asked for, if it did
   * @returns failures in a row there
   */
  fail(position: number, afterMs: number | null): number {
    const failures = this.failuresAt(position) + 1
    const now = this.#clock.monotonicMs()
    this.#stalls.delete(position)
    this.#stalls.set(position, { failures, notBefore: now + backoffMs(failures, Math.random()) })
    for (const oldest of this.#stalls.keys()) {
      if (this.#stalls.size <= mostStalls) break
      this.#stalls.delete(oldest)
    }
    if (afterMs !== null) this.#notBefore = Math.max(this.#notBefore, now + afterMs)
    return failures
  }

  /** Bytes `[start, end)` came. */
  onProgress(start: number, end: number): void {
    if (this.#stalls.size === 0) return
    for (const position of this.#stalls.keys())
      if (position >= start && position < end) this.#stalls.delete(position)
  }

  /** The way to the source is another one now: waiting is over, but what failed is not forgotten. */
  hurry(): void {
    this.#notBefore = Number.NEGATIVE_INFINITY
    for (const stall of this.#stalls.values()) stall.notBefore = Number.NEGATIVE_INFINITY
  }
}
