// @vitest-environment node
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chapterAt, markerAt, seekLayers, toSpans } from './seek-layers.ts'

const chapter = (title: string, startMs: number) => ({ title, startMs, endMs: startMs + 1000 })

describe('layers', () => {
  const input = { durationMs: 100_000, positionMs: 25_000, cached: [], buffered: [], chapters: [] }

  test('each in percent of the bar', () => {
    const layers = seekLayers({
      ...input,
      cached: [{ startMs: 0, endMs: 50_000 }],
      buffered: [{ startMs: 20_000, endMs: 40_000 }],
      chapters: [chapter('One', 0), chapter('Two', 30_000), chapter('After the end', 100_000)],
    })
    expect(layers).toEqual({
      cached: [{ start: 0, width: 50 }],
      buffered: [{ start: 20, width: 20 }],
      played: 25,
      ticks: [30],
    })
  })

  test('an unknown length draws nothing', () => {
    const layers = seekLayers({ ...input, durationMs: 0, cached: [{ startMs: 0, endMs: 10 }] })
    expect(layers).toEqual({ cached: [], buffered: [], played: 0, ticks: [] })
  })
})

describe('spans', () => {
  const range = fc
    .tuple(fc.integer({ min: -5000, max: 120_000 }), fc.integer({ min: 0, max: 60_000 }))
    .map(([startMs, lengthMs]) => ({ startMs, endMs: startMs + lengthMs }))

  test('lie on the bar, in order, apart, whatever the ranges', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 20 }), (ranges) => {
        let last = -1
        for (const { start, width } of toSpans(ranges, 100_000)) {
          expect(start).toBeGreaterThan(last)
          expect(width).toBeGreaterThan(0)
          last = start + width
        }
        expect(last).toBeLessThanOrEqual(100 + 1e-9)
      }),
    )
  })

  test('cover exactly what the ranges cover', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 12 }), fc.integer({ min: 0, max: 99_999 }), (ranges, ms) => {
        const at = ms / 1000
        const isCovered = ranges.some(({ startMs, endMs }) => startMs <= ms && ms < endMs)
        const isDrawn = toSpans(ranges, 100_000).some(
          // Gaps too small to be seen may be closed.
          ({ start, width }) => start - 0.051 <= at && at <= start + width + 0.051,
        )
        if (isCovered) expect(isDrawn).toBe(true)
      }),
    )
    expect(toSpans([{ startMs: 10_000, endMs: 20_000 }], 100_000)).toEqual([{ start: 10, width: 10 }])
    expect(
      toSpans(
        [
          { startMs: 60_000, endMs: 70_000 },
          { startMs: 10_000, endMs: 30_000 },
          { startMs: 30_000, endMs: 50_000 },
        ],
        100_000,
      ),
    ).toEqual([
      { start: 10, width: 40 },
      { start: 60, width: 10 },
    ])
  })
})

test('the chapter under the pointer', () => {
  const chapters = [chapter('One', 0), chapter('Two', 30_000)]
  expect(chapterAt(chapters, 29_999)?.title).toBe('One')
  expect(chapterAt(chapters, 30_000)?.title).toBe('Two')
  expect(chapterAt([], 5)).toBeNull()
})

test('a marker can be skipped until its last second', () => {
  const markers = [{ kind: 'intro', startMs: 10_000, endMs: 40_000 }] as const
  expect(markerAt(markers, 9999)).toBeNull()
  expect(markerAt(markers, 10_000)?.kind).toBe('intro')
  expect(markerAt(markers, 38_999)?.kind).toBe('intro')
  expect(markerAt(markers, 39_000)).toBeNull()
})
