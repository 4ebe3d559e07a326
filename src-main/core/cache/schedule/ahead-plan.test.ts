import fc from 'fast-check'
import { expect, it } from 'vitest'
import { aheadPlan, type Watching } from './ahead-plan.ts'

const mebibyte = 1024 * 1024
const film: Watching = {
  totalBytes: 9_000_000_000,
  durationMs: 7_200_000,
  takenPerSecond: null,
  freeBytes: 10 ** 12,
  isKeeping: true,
}

it('is two minutes of playing, and begins again at three quarters of a minute', () => {
  expect(aheadPlan(film)).toEqual({ highBytes: 150_000_000, lowBytes: 56_250_000 })
})

it('follows what is taken where that is more than the mean', () => {
  expect(aheadPlan({ ...film, takenPerSecond: 1_000_000 })).toEqual(aheadPlan(film))
  expect(aheadPlan({ ...film, takenPerSecond: 2_000_000 }).highBytes).toBe(240_000_000)
})

it('is what memory holds while nothing is kept', () => {
  expect(aheadPlan({ ...film, isKeeping: false })).toEqual({
    highBytes: 4 * mebibyte,
    lowBytes: 2 * mebibyte,
  })
})

it('never leaves its bounds', () => {
  const amount = fc.option(fc.integer({ min: 1, max: 2 ** 45 }), { nil: null })
  fc.assert(
    fc.property(
      amount,
      fc.nat(10 ** 8),
      amount,
      fc.nat(2 ** 45),
      (totalBytes, durationMs, taken, freeBytes) => {
        const plan = aheadPlan({ totalBytes, durationMs, takenPerSecond: taken, freeBytes, isKeeping: true })
        expect(plan.highBytes).toBeGreaterThanOrEqual(8 * mebibyte)
        expect(plan.highBytes).toBeLessThanOrEqual(512 * mebibyte)
        if (plan.highBytes > 8 * mebibyte) expect(plan.highBytes).toBeLessThanOrEqual(freeBytes / 10 + 1)
        expect(plan.lowBytes).toBeLessThan(plan.highBytes)
      },
    ),
  )
})
