import fc from 'fast-check'
import { expect, it } from 'vitest'
import { spaceLimit } from './space-limit.ts'

const limits = { limitBytes: 1000, reserveBytes: 100, backgroundKbps: null }

it('counts what the cache holds as available, and what others hold not', () => {
  const limitOf = (usedBytes: number, freeBytes: number): number =>
    spaceLimit(limits, { usedBytes, freeBytes })
  expect(limitOf(300, 10_000)).toBe(1000)
  expect(limitOf(300, 500)).toBe(700)
  expect(limitOf(300, 50)).toBe(250)
  expect(limitOf(0, 50)).toBe(0)
  expect(spaceLimit(limits, null)).toBe(1000)
})

it('leaves others their share, and the reserve where that is more', () => {
  const shared = { ...limits, limitBytes: 10 ** 9, shareOfDisk: 0.9 }
  expect(spaceLimit(shared, { usedBytes: 4_000, freeBytes: 6_000 })).toBe(9_000)
  expect(spaceLimit(shared, { usedBytes: 400, freeBytes: 200 })).toBe(500)
})

it('is the same however much of what is available the cache holds already, and above none of its three bounds', () => {
  const bytes = fc.integer({ min: 0, max: 10 ** 13 })
  fc.assert(
    fc.property(
      bytes,
      bytes,
      bytes,
      bytes,
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (limitBytes, reserveBytes, usedBytes, freeBytes, shareOfDisk) => {
        const chosen = { limitBytes, reserveBytes, shareOfDisk, backgroundKbps: null }
        const limit = spaceLimit(chosen, { usedBytes, freeBytes })
        const available = usedBytes + freeBytes
        expect(spaceLimit(chosen, { usedBytes: 0, freeBytes: available })).toBe(limit)
        expect(limit).toBeLessThanOrEqual(limitBytes)
        expect(limit).toBeLessThanOrEqual(available * shareOfDisk)
        expect(limit).toBeLessThanOrEqual(Math.max(0, available - reserveBytes))
      },
    ),
  )
})
