import type { Clock } from './clock.ts'

const intervalMs = 5_000
/** More than this between the two clocks, or beyond a timer's time, is no hiccup. */
const sleptMs = 5_000

/**
 * Notices that the computer has slept, where nobody tells: the wall clock went on while the other stood still, or a timer came much too late.
 * A wall clock that somebody sets looks the same; whoever is called back must not mind.
 */
export class WakeWatch implements Disposable {
  readonly #clock: Clock
  readonly #onWake: () => void
  #timer: Disposable | null = null

  constructor(clock: Clock, onWake: () => void) {
    this.#clock = clock
    this.#onWake = onWake
    this.#wait()
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]()
  }

  #wait(): void {
    const wall = this.#clock.now()
    const monotonic = this.#clock.monotonicMs()
    this.#timer = this.#clock.after(intervalMs, () => {
      const elapsed = this.#clock.monotonicMs() - monotonic
      const drift = Math.abs(this.#clock.now() - wall - elapsed)
      this.#wait()
      if (drift > sleptMs || elapsed - intervalMs > sleptMs) this.#onWake()
    })
  }
}
