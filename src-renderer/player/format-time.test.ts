import { beforeAll, expect, test } from 'vitest'
import { setUpI18n } from '../i18n/setup.ts'
import { formatPosition, speakDuration, speakPosition } from './format-time.ts'

beforeAll(setUpI18n)

const hours = 3_600_000

test('positions have one width for a whole title', () => {
  expect(formatPosition(0, 2 * hours)).toBe('0:00:00')
  expect(formatPosition(44 * 60_000 + 19_000, 2 * hours)).toBe('0:44:19')
  expect(formatPosition(hours + 5000, 2 * hours)).toBe('1:00:05')
  expect(formatPosition(65_000, 20 * 60_000)).toBe('1:05')
})

test('durations are spoken without what is zero', () => {
  expect(speakDuration(0)).toBe('0 seconds')
  expect(speakDuration(1000)).toBe('1 second')
  expect(speakDuration(100 * 60_000)).toBe('1 hour 40 minutes')
  expect(speakPosition(723_999, 100 * 60_000)).toBe('12 minutes 3 seconds of 1 hour 40 minutes')
})
