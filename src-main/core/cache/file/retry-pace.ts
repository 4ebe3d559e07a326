import type { Clock } from '../../base/clock.ts'
import { backoffMs } from './reply.ts'

/** When the next request may be made after failures in a row; any byte ends the row. */
export class RetryPace {
  readonly #clock: Clock
  #failures = 0
  #notBefore = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get failures(): number {
    return this.#failures
  }

  /** Until the next request may be made. */
  get delayMs(): number {
    return Math.max(0, this.#notBefore - this.#clock.monotonicMs())
  }

  /** @param afterMs what the source asked for, if it did */
  fail(afterMs: number | null): void {
    this.#failures += 1
    const delayMs = Math.max(afterMs ?? 0, backoffMs(this.#failures, Math.random()))
    this.#notBefore = this.#clock.monotonicMs() + delayMs
  }

  reset(): void {
    this.#failures = 0
    this.#notBefore = 0
  }
}
