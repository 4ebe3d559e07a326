import { expect, test } from 'vitest'
import { formatBytes, formatShare, formatSpeed } from './bytes.ts'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [810_000, '810 kB'],
  [1_600_000, '1.6 MB'],
  [96_000_000, '96 MB'],
  [999_960_000, '1.0 GB'],
  [10_600_000_000, '10.6 GB'],
  [120_000_000_000, '120 GB'],
  [2_500_000_000_000, '2.5 TB'],
  [9_999_000_000_000_000, '9999 TB'],
  [-5, '0 B'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test.each([
  [3_600_000_000, 10_600_000_000, false, '3.6 of 10.6 GB'],
  [96_000_000, 810_000_000, true, '96 of ≈ 810 MB'],
  [410_000_000, 1_200_000_000, false, '410 MB of 1.2 GB'],
  [0, 6_800_000_000, true, '≈ 6.8 GB'],
  [1_600_000_000, 1_600_000_000, false, '1.6 GB'],
  [500, null, false, '500 B'],
  [0, null, false, ''],
])('%d of %s (estimate: %s) reads %s', (present, total, isEstimate, text) => {
  expect(formatShare(present, total, isEstimate)).toBe(text)
})

test('speed', () => {
  expect(formatSpeed(8_200_000)).toBe('8.2 MB/s')
})
