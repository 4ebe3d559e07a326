import { expect, test } from 'vitest'
import { formatBitrate } from './bitrate.ts'

test.each([
  [320, '320 kbps'],
  [1500, '1.5 Mbps'],
  [8000, '8 Mbps'],
  [12_432, '12.4 Mbps'],
  [148_500, '149 Mbps'],
])('%d kbps read %s', (kbps, text) => {
  expect(formatBitrate(kbps)).toBe(text)
})
