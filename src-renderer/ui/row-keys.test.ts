import { expect, test } from 'vitest'
import { moveInRow } from './row-keys.ts'

test.each([
  ['ArrowRight', 0, false, 1],
  ['ArrowRight', 4, false, null],
  ['ArrowLeft', 0, false, null],
  ['ArrowLeft', 0, true, 1],
  ['ArrowRight', 1, true, 0],
  ['Home', 3, false, 0],
  ['End', 0, false, 4],
  ['a', 0, false, null],
])('%s from %d (mirrored: %s) leads to %s', (key, current, isMirrored, next) => {
  expect(moveInRow(key, current, 5, isMirrored)).toBe(next)
})
