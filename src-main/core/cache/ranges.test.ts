import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Ranges, clip } from './ranges.ts'

const limit = 64
const span = fc.tuple(fc.nat(limit), fc.nat(limit)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
const steps = fc.array(fc.tuple(fc.constantFrom('insert', 'subtract'), span), { maxLength: 40 })

/** The same steps on a set of ranges and on one flag per number. */
function run(taken: readonly (readonly [string, readonly [number, number]])[]) {
  const ranges = new Ranges()
  const bitmap = Array.from({ length: limit }, () => false)
  for (const [step, [start, end]] of taken) {
    if (step === 'insert') ranges.insert(start, end)
    else ranges.subtract(start, end)
    bitmap.fill(step === 'insert', start, end)
  }
  return { ranges, bitmap }
}

describe('Ranges', () => {
  it('holds what a bitmap would hold, sorted, apart, counted once', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const { ranges, bitmap } = run(taken)
        const flags = Array.from({ length: limit }, () => false)
        let previousEnd = -1
        for (const { start, end } of ranges.spans) {
          expect(start).toBeGreaterThan(previousEnd)
          expect(end).toBeGreaterThan(start)
          flags.fill(true, start, end)
          previousEnd = end
        }
        expect(flags).toEqual(bitmap)
        expect(ranges.total).toBe(bitmap.filter(Boolean).length)
      }),
    )
  })

  it('answers questions as a bitmap would', () => {
    fc.assert(
      fc.property(steps, span, (taken, [start, end]) => {
        const { ranges, bitmap } = run(taken)
        const window = bitmap.slice(start, end)
        const missing = window.indexOf(false)
        expect(ranges.covers(start, end)).toBe(missing === -1)
        expect(ranges.firstMissing(start, end)).toBe(missing === -1 ? null : start + missing)
        expect(ranges.has(start)).toBe(bitmap[start] ?? false)
        const firstHole = bitmap.indexOf(false, start)
        expect(ranges.endFrom(start)).toBe(firstHole === -1 ? Math.max(start, limit) : firstHole)
        const gaps = window.map(() => true)
        for (const gap of ranges.missing(start, end)) gaps.fill(false, gap.start - start, gap.end - start)
        expect(gaps).toEqual(window)
        const later = bitmap.findIndex(
          (flag, at) => flag && at > start && !(bitmap[at - 1] && at - 1 >= start),
        )
        expect(ranges.nextStart(start, limit)).toBe(later === -1 ? limit : later)
      }),
    )
  })

  it('counts bytes of overlapping and touching inserts once', () => {
    const ranges = new Ranges()
    ranges.insert(0, 10)
    ranges.insert(5, 15)
    ranges.insert(15, 20)
    ranges.insert(0, 20)
    expect(ranges.spans).toEqual([{ start: 0, end: 20 }])
    expect(ranges.total).toBe(20)
  })
})

describe('clip', () => {
  it('leaves nothing outside the size, and nothing empty', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.nat(), (start, end, total) => {
        const expected = { start: Math.max(0, start), end: Math.min(end, total) }
        expect(clip(start, end, total)).toEqual(expected.end > expected.start ? expected : null)
      }),
    )
  })
})
