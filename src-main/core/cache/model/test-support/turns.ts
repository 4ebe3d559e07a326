import type { Scheduler } from 'fast-check'
import type { ManualClock } from '../../test-support/manual-clock.ts'

/** Lets go on what the scheduler holds back, and time pass. */
export class Turns {
  readonly #scheduler: Scheduler
  readonly #clock: () => ManualClock

  constructor(scheduler: Scheduler, clock: () => ManualClock) {
    this.#scheduler = scheduler
    this.#clock = clock
  }

  /** One step of anything, in whatever order the scheduler likes. */
  step(call: string): Promise<void> {
    return this.#scheduler.schedule(Promise.resolve(), call)
  }

  /** Until nothing goes on that needs no time. */
  async drain(): Promise<void> {
    for (let quiet = 0; quiet < 2; quiet += 1) {
      while (this.#scheduler.count() > 0) {
        quiet = 0
        await this.#scheduler.waitOne()
      }
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async pass(durationMs: number): Promise<void> {
    this.#clock().advance(durationMs)
    await this.drain()
  }

  async passUntil(condition: () => boolean, mostMs: number): Promise<void> {
    for (let passed = 0; passed < mostMs && !condition(); passed += 500) await this.pass(500)
  }

  /** The answer to what needs no time. */
  async now<T>(promise: Promise<T>): Promise<T> {
    await this.drain()
    return promise
  }
}
