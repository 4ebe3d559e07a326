import { expect, it } from 'vitest'
import { spaceLimit } from './space-limit.ts'

it('counts what the cache holds as available, and what others hold not', () => {
  const limits = { limitBytes: 1000, reserveBytes: 100, backgroundKbps: null }
  expect(spaceLimit(limits, 300, 10_000)).toBe(1000)
  expect(spaceLimit(limits, 300, 500)).toBe(700)
  expect(spaceLimit(limits, 300, 50)).toBe(250)
  expect(spaceLimit(limits, 0, 50)).toBe(0)
  expect(spaceLimit(limits, 300, null)).toBe(1000)
})
