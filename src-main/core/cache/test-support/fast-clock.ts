import { systemClock, type Clock } from '../../base/clock.ts'

/** The system's clock, `factor` times as fast: what takes seconds by the clock takes less of a test, and the disk as long as ever. */
export const fastClock = (factor: number): Clock => ({
  now: () => systemClock.now() * factor,
  monotonicMs: () => systemClock.monotonicMs() * factor,
  after: (delayMs, callback) => systemClock.after(delayMs / factor, callback),
})
