import type { Clock } from '../../base/clock.ts'

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** A clock that moves only when told to. */
export class ManualClock implements Clock {
  readonly #timers = new Set<Timer>()
  #now = 1_000_000
  #wallAhead = 0

  now(): number {
    return this.#now + this.#wallAhead
  }

  monotonicMs(): number {
    return this.#now
  }

  after(delayMs: number, callback: () => void): Disposable {
    const timer = { at: this.#now + delayMs, callback }
    this.#timers.add(timer)
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) }
  }

  /** The wall clock alone goes on, as it does while a computer sleeps. */
  jumpWall(byMs: number): void {
    this.#wallAhead += byMs
  }

  /** Both clocks go on, and nothing runs until the end of it. */
  oversleep(byMs: number): void {
    this.#now += byMs
    this.advance(0)
  }

  /** Timers run at their own times, in order. */
  advance(byMs: number): void {
    const until = this.#now + byMs
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
      if (due === undefined) break
      this.#timers.delete(due)
      this.#now = Math.max(this.#now, due.at)
      due.callback()
    }
    this.#now = until
  }
}
