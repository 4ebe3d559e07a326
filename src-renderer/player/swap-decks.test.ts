import { expect, it } from 'vitest'
import { bufferedAheadSeconds } from './buffered-ahead.ts'
import { isCushioned } from './swap-decks.ts'

const ranges = (...each: readonly (readonly [number, number])[]) => ({
  length: each.length,
  start: (i: number) => each[i]?.[0] ?? Number.NaN,
  end: (i: number) => each[i]?.[1] ?? Number.NaN,
})

it('measures what is held from a moment on, up to the first gap', () => {
  expect(bufferedAheadSeconds(ranges([0, 10], [20, 30]), 4)).toBe(6)
  expect(bufferedAheadSeconds(ranges([0, 10], [20, 30]), 25)).toBe(5)
  expect(bufferedAheadSeconds(ranges([0, 10], [20, 30]), 15)).toBe(0)
  expect(bufferedAheadSeconds(ranges(), 0)).toBe(0)
})

it('counts a range that begins a few frames late', () => {
  expect(bufferedAheadSeconds(ranges([3.08, 9]), 3)).toBe(6)
})

const comfortable = { nextAheadSeconds: 3, oldAheadSeconds: 30, leftSeconds: 600, waitedMs: 500 }

it('waits for more while the old picture has enough to go on', () => {
  expect(isCushioned(comfortable)).toBe(false)
  expect(isCushioned({ ...comfortable, nextAheadSeconds: 4 })).toBe(true)
})

it('changes at once when the old picture is about to stop, and after long enough', () => {
  expect(isCushioned({ ...comfortable, oldAheadSeconds: 0.9 })).toBe(true)
  expect(isCushioned({ ...comfortable, waitedMs: 8000 })).toBe(true)
})

it('asks for no more than the title still has', () => {
  expect(isCushioned({ ...comfortable, leftSeconds: 2, oldAheadSeconds: 2, nextAheadSeconds: 1.6 })).toBe(
    true,
  )
})
