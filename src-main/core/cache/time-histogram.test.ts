import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TimeHistogram } from './time-histogram.ts'

it('knows quantiles within a factor of two, and the rest exactly', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1 }), (times) => {
      const histogram = new TimeHistogram()
      for (const ms of times) histogram.add(ms)
      const sorted = [...times].sort((a, b) => a - b)
      const { count, sumMs, medianMs, p99Ms, maxMs } = histogram.spread
      expect([count, sumMs, maxMs]).toEqual([times.length, times.reduce((a, b) => a + b), sorted.at(-1)])
      for (const [share, seen] of [
        [0.5, medianMs],
        [0.99, p99Ms],
      ] as const) {
        const exact = sorted[Math.ceil(times.length * share) - 1] ?? 0
        expect(seen).toBeGreaterThanOrEqual(exact)
        expect(seen).toBeLessThanOrEqual(exact * 2)
      }
    }),
  )
})
