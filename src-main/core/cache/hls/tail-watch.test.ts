import { expect, it } from 'vitest'
import { segmentGrid } from './segment-grid.ts'
import { TailWatch } from './tail-watch.ts'

const long = segmentGrid('ts', 3, [3e6, 3e6, 3e6, 2e6])
const tiny = segmentGrid('ts', 3, [3e6, 3e6, 3e6, 21_000])
const one = {}
const two = {}

it('lets a hair at the end go after three misses', () => {
  const watch = new TailWatch()
  expect([1, 2, 3].map(() => watch.isBeyondEnd(tiny, 3, one))).toEqual([false, false, true])
})

it('asks two sessions for more than that', () => {
  const watch = new TailWatch()
  for (let miss = 0; miss < 20; miss += 1) expect(watch.isBeyondEnd(long, 3, one)).toBe(false)
  expect(watch.isBeyondEnd(long, 3, two)).toBe(true)
})

it('begins again at another segment, and never gives up anything but the end', () => {
  const watch = new TailWatch()
  for (let miss = 0; miss < 50; miss += 1) {
    expect(watch.isBeyondEnd(long, 1, miss % 2 ? one : two)).toBe(false)
    expect(watch.isBeyondEnd(long, 0, miss % 2 ? one : two)).toBe(false)
  }
  expect(watch.isBeyondEnd(tiny, 3, one)).toBe(false)
})
