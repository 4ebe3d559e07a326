import { expect, test } from 'vitest'
import { limitSteps, nearestStep, parseGigabytes, toGigabytes } from './size-field.ts'

test.each([
  ['120', 120_000_000_000],
  [' 0,5 ', 500_000_000],
  ['1.5 GB', 1_500_000_000],
  ['', null],
  ['-3', null],
  ['many', null],
  ['1e3', null],
  ['0', null],
  ['99999999999', null],
])('%s is %s bytes', (text, bytes) => {
  expect(parseGigabytes(text, 1)).toBe(bytes)
})

test('what is shown is what is read', () => {
  for (const bytes of limitSteps) expect(parseGigabytes(toGigabytes(bytes), 1)).toBe(bytes)
  expect(limitSteps.map(nearestStep)).toEqual(limitSteps.map((_, index) => index))
})
