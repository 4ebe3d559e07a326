import type { Clock } from '../../base/clock.ts'

/** Time that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now = 0
  #timers: { readonly at: number; readonly callback: () => void }[] = []
  readonly #epoch: number

  constructor(epoch = 1_800_000_000_000) {
    this.#epoch = epoch
  }

  now(): number {
    return this.#epoch + this.#now
  }

  monotonicMs(): number {
    return this.#now
  }

  after(delayMs: number, callback: () => void): Disposable {
    const timer = { at: this.#now + delayMs, callback }
    this.#timers.push(timer)
    return { [Symbol.dispose]: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) }
  }

  get waiting(): number {
    return this.#timers.length
  }

  /** Moves on, calling back whatever is due, in order. */
  advance(byMs: number): void {
    const end = this.#now + byMs
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0]
      if (next === undefined || next.at > end) break
      this.#timers = this.#timers.filter((timer) => timer !== next)
      this.#now = Math.max(this.#now, next.at)
      next.callback()
    }
    this.#now = end
  }
}
