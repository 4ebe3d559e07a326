import type { Clock } from '../../base/clock.ts'

const suspendMs = 60_000

/** Whether anything new of one file may be kept: it is still wanted, its disk is connected, and did not fail a moment ago. */
export class Keeping {
  readonly #clock: Clock
  #isRetired = false
  #isOutOfReach = false
  #suspendedUntil = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get mayWrite(): boolean {
    return !this.#isRetired && !this.#isOutOfReach && this.#clock.monotonicMs() >= this.#suspendedUntil
  }

  /** For good: nothing is written and no row is touched any more. */
  get isRetired(): boolean {
    return this.#isRetired
  }

  /** The cache disk is not connected. */
  get isOutOfReach(): boolean {
    return this.#isOutOfReach
  }

  retire(): void {
    this.#isRetired = true
  }

  /** The disk failed: nothing is kept for a minute. */
  suspend(): void {
    this.#suspendedUntil = this.#clock.monotonicMs() + suspendMs
  }

  setReach(isThere: boolean): void {
    this.#isOutOfReach = !isThere
  }
}
