import type { Clock } from '../../base/clock.ts'

/** How fast bytes have been arriving lately. */
export class ArrivalRate {
  readonly #clock: Clock
  readonly #windowMs: number
  readonly #arrivals: { readonly atMs: number; readonly bytes: number }[] = []

  constructor(clock: Clock, windowMs = 5000) {
    this.#clock = clock
    this.#windowMs = windowMs
  }

  add(bytes: number): void {
    this.#arrivals.push({ atMs: this.#clock.monotonicMs(), bytes })
    this.#forget()
  }

  /** Bytes per second over the last seconds; null when nothing came. */
  bytesPerSecond(): number | null {
    this.#forget()
    if (this.#arrivals.length === 0) return null
    const bytes = this.#arrivals.reduce((sum, arrival) => sum + arrival.bytes, 0)
    return Math.round((bytes * 1000) / this.#windowMs)
  }

  #forget(): void {
    const since = this.#clock.monotonicMs() - this.#windowMs
    const firstKept = this.#arrivals.findIndex(({ atMs }) => atMs >= since)
    this.#arrivals.splice(0, firstKept === -1 ? this.#arrivals.length : firstKept)
  }
}
