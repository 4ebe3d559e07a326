import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Ranges } from '../ranges.ts'
import { extentsToDrop, type PlayedFile } from './extents-to-drop.ts'

const extentBytes = 100
const totalBytes = 2_000

/** A film of twenty extents that plays a byte a second. */
function film(positions: readonly number[], present: readonly [number, number][]): PlayedFile {
  const durable = new Ranges()
  for (const [start, end] of present) durable.insert(start, end)
  return { extentBytes, totalBytes, durationMs: totalBytes * 1000, durable, positions }
}

describe('extentsToDrop', () => {
  it('takes what is farthest behind first, and no more than is needed', () => {
    const watched = film([1_000], [[0, 1_100]])
    expect(extentsToDrop(watched, 1)).toEqual([1])
    expect(extentsToDrop(watched, 101)).toEqual([1, 2])
    // Two minutes stay behind the reader: 880 is in the extent with number 8.
    expect(extentsToDrop(watched, 10_000)).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('does not take a look at the end of the file for playing there', () => {
    expect(extentsToDrop(film([500, 1_950], [[0, 2_000]]), 10_000)).toEqual([1, 2])
    expect(extentsToDrop(film([1_950], [[0, 2_000]]), 10_000)).toEqual([])
    expect(extentsToDrop(film([], [[0, 2_000]]), 10_000)).toEqual([])
  })

  it('leaves alone what is near anybody, the ends, what is not there, and what lies ahead', () => {
    const position = fc.nat(totalBytes - 1)
    const span = fc
      .tuple(position, position)
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as [number, number])
    fc.assert(
      fc.property(
        fc.array(position, { maxLength: 4 }),
        fc.array(span),
        fc.nat(3_000),
        (positions, present, needed) => {
          const file = film(positions, present)
          const dropped = extentsToDrop(file, needed)
          for (const index of dropped) {
            const start = index * extentBytes
            const end = start + extentBytes
            expect(index > 0 && index < 19).toBe(true)
            expect(positions.some((at) => start < at + 100 && end > at - 120)).toBe(false)
            expect(positions.some((at) => at > end)).toBe(true)
            expect(file.durable.within(start, end)).not.toEqual([])
          }
          const bytes = (index: number): number =>
            file.durable
              .within(index * extentBytes, (index + 1) * extentBytes)
              .reduce((sum, part) => sum + part.end - part.start, 0)
          const before = dropped.slice(0, -1).reduce((sum, index) => sum + bytes(index), 0)
          expect(dropped.length === 0 || before < needed).toBe(true)
        },
      ),
    )
  })
})
