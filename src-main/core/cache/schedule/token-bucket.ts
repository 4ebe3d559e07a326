/** Unused allowance that may be spent at once. */
const burstMs = 250

/** Bytes against time. It runs into debt: what came is paid for afterwards, as nobody knows beforehand how much will come. */
export class TokenBucket {
  /** Monotonic ms when everything taken so far is paid for. */
  #paidAt = 0

  /** What was taken at another rate is forgotten. */
  reset(): void {
    this.#paidAt = 0
  }

  /** Until something may be taken again; not positive when it may. */
  debtMs(now: number): number {
    return this.#paidAt - now
  }

  /** @param kbps above 0 */
  take(bytes: number, kbps: number, now: number): void {
    this.#paidAt = Math.max(this.#paidAt, now - burstMs) + (bytes * 8) / kbps
  }
}
