import { expect, test } from 'vitest'
import { formatClock, formatDuration } from './duration.ts'

test.each([
  [0, '0 s'],
  [40_400, '40 s'],
  [60_000, '1 min'],
  [48 * 60_000, '48 min'],
  [59.6 * 60_000, '1 h'],
  [114 * 60_000, '1 h 54 min'],
  [120 * 60_000, '2 h'],
])('%d ms take %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test.each([
  [0, '0:00'],
  [245_999, '4:05'],
  [4_328_000, '1:12:08'],
  [36_000_000, '10:00:00'],
  [-1, '0:00'],
])('%d ms stand on the clock as %s', (ms, text) => {
  expect(formatClock(ms)).toBe(text)
})
