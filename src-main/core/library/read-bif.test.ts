import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bifOf } from '../../../demo/media/thumbnails.ts'
import { findThumbnail } from './read-bif.ts'

const frames = Array.from({ length: 9 }, (_, index) => Buffer.alloc(10 + index, index + 1))
const bif = bifOf(frames)

test('finds the picture at or before every time', () => {
  for (const [atMs, index] of [
    [-5, 0],
    [0, 0],
    [3999, 0],
    [4000, 1],
    [15_999, 3],
    [32_000, 8],
    [9_999_999, 8],
  ] as const)
    expect(findThumbnail(bif, atMs)).toEqual(frames[index])
})

test('finds nothing in what is no index, or an empty one', () => {
  expect(findThumbnail(Buffer.from('<html></html>'), 0)).toBeNull()
  expect(findThumbnail(bifOf([]), 0)).toBeNull()
})

test('never reads beyond a damaged index', () => {
  fc.assert(
    fc.property(
      fc.nat(bif.length - 1),
      fc.nat(255),
      fc.nat(bif.length),
      fc.integer(),
      (at, value, length, ms) => {
        const damaged = Buffer.from(bif)
        damaged[at] = value
        const found = findThumbnail(damaged.subarray(0, length), ms)
        expect(found === null || found.length <= length).toBe(true)
      },
    ),
  )
})
