import type { Clock } from '../clock.ts'

/** A clock that stands still until it is moved. For tests. */
export interface TestClock extends Clock {
  /** Moves on, calling back everything that falls due on the way, in order. */
  advance(ms: number): void
  /** Callbacks still to come. */
  readonly pending: number
}

export function createTestClock(startMs = 1_700_000_000_000): TestClock {
  const timers = new Set<{ readonly atMs: number; readonly callback: () => void }>()
  let elapsedMs = 0
  return {
    now: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    after(delayMs, callback) {
      const timer = { atMs: elapsedMs + Math.max(0, delayMs), callback }
      timers.add(timer)
      return { [Symbol.dispose]: () => void timers.delete(timer) }
    },
    advance(ms) {
      const endMs = elapsedMs + ms
      for (;;) {
        const [next] = [...timers].filter((timer) => timer.atMs <= endMs).sort((a, b) => a.atMs - b.atMs)
        if (!next) break
        timers.delete(next)
        elapsedMs = Math.max(elapsedMs, next.atMs)
        next.callback()
      }
      elapsedMs = endMs
    },
    get pending() {
      return timers.size
    },
  }
}
