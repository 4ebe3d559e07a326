import fc from 'fast-check'
import { expect, it } from 'vitest'
import { afterAsked, afterOvertaken, calmStart, startDelayMs } from './start-calm.ts'

const distanceMs = 250

/** Wishes at these moments, each overtaking the one before: when sessions start. */
function run(askedAt: readonly number[]): number[] {
  const starts: number[] = []
  let calm = calmStart
  for (const [index, askedMs] of askedAt.entries()) {
    if (index > 0) calm = afterOvertaken(calm)
    calm = afterAsked(calm, askedMs)
    const startMs = askedMs + startDelayMs(calm, distanceMs, askedMs)
    if (startMs > (askedAt[index + 1] ?? Number.POSITIVE_INFINITY)) continue
    starts.push(startMs)
    calm = { ...calm, lastStartMs: startMs }
  }
  return starts
}

it('starts the first wish at once, and what a storm of half a second ends with 80 ms after it', () => {
  const askedAt = Array.from({ length: 30 }, (_, index) => index * 17)
  expect(run(askedAt)).toEqual([0, 29 * 17 + 80])
})

it('starts something once a second for whoever never stops', () => {
  const starts = run(Array.from({ length: 500 }, (_, index) => index * 10))
  expect(starts.length).toBeGreaterThanOrEqual(5)
  expect(starts.length).toBeLessThanOrEqual(7)
})

it('holds up nobody who seeks now and then', () => {
  const askedAt = [0, 1_500, 3_000, 4_500, 6_000]
  expect(run(askedAt)).toEqual(askedAt)
})

it('keeps the distance, and starts the last wish before it has passed, or 80 ms after it', () => {
  const gaps = fc.array(fc.nat(400), { minLength: 1, maxLength: 80 })
  fc.assert(
    fc.property(gaps, (list) => {
      const askedAt: number[] = []
      for (const gap of list) askedAt.push((askedAt.at(-1) ?? 0) + gap + 1)
      const starts = run(askedAt)
      const [last = 0] = starts.slice(-1)
      const before = starts.at(-2) ?? Number.NEGATIVE_INFINITY
      for (const [index, at] of starts.entries())
        if (index > 0) expect(at - (starts[index - 1] ?? 0)).toBeGreaterThanOrEqual(distanceMs)
      expect(last).toBeLessThanOrEqual(Math.max((askedAt.at(-1) ?? 0) + 80, before + distanceMs))
    }),
    { numRuns: 500 },
  )
})
