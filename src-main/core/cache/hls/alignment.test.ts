import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { areJoined, clockOf, judgeAgreement, keepsToGrid } from './alignment.ts'
import type { SegmentFacts } from './segment-check.ts'
import { segmentGrid } from './segment-grid.ts'
import { ptsDistance, ptsWrap } from './ts-packets.ts'

/** 23.976 pictures a second on a grid of 3 s: grid lines fall between pictures. */
const frame = 3753.75
const segmentTicks = 270_000
const grid = segmentGrid('ts', 3, [...Array<number>(99).fill(3_000_000), 1_000_000])

/** What a session that cuts at the first picture at or after each line sends. `lateTicks`: of its cuts; `clock`: of its time stamps. */
function sent(seq: number, clock: number, lateTicks = 0, config = 'a'): SegmentFacts {
  const first = Math.ceil((seq * segmentTicks + lateTicks) / frame)
  const end = Math.ceil((Math.min((seq + 1) * segmentTicks, 99 * segmentTicks + 90_000) + lateTicks) / frame)
  const firstPts = Math.round(clock + first * frame) % ptsWrap
  return {
    firstPts,
    lastPts: firstPts + Math.round((end - 1 - first) * frame),
    frameTicks: 3754,
    longestFrameTicks: 3754,
    startsWithKeyframe: true,
    config,
  }
}

const seqs = fc.integer({ min: 1, max: 98 })
const clocks = fc.integer({ min: 0, max: ptsWrap - 1 })
const clockAt = (seq: number, facts: SegmentFacts): number => clockOf(grid, seq, facts) ?? Number.NaN

describe('one session', () => {
  it('keeps to its grid wherever its clock stands, from any segment to any other', () => {
    fc.assert(
      fc.property(fc.nat(99), fc.nat(99), clocks, (from, seq, clock) => {
        const own = clockAt(from, sent(from, clock))
        expect(Math.abs(ptsDistance(own, clock))).toBeLessThanOrEqual(frame + 2)
        expect(keepsToGrid(grid, seq, sent(seq, clock), own)).toBe(true)
      }),
    )
  })

  it('does not when it is cut elsewhere, is longer or shorter, or begins without a key frame', () => {
    fc.assert(
      fc.property(seqs, clocks, fc.integer({ min: 8_000, max: segmentTicks }), (seq, clock, off) => {
        const good = sent(seq, clock)
        expect(keepsToGrid(grid, seq, sent(seq, clock, off), clock)).toBe(false)
        expect(keepsToGrid(grid, seq, { ...good, lastPts: good.lastPts! + off }, clock)).toBe(false)
        expect(keepsToGrid(grid, seq, { ...good, lastPts: good.lastPts! - off }, clock)).toBe(false)
        expect(keepsToGrid(grid, seq, { ...good, startsWithKeyframe: false }, clock)).toBe(false)
      }),
    )
  })

  it('may begin later than the film, and end before it', () => {
    const first = sent(0, 900_000)
    expect(keepsToGrid(grid, 0, { ...first, firstPts: first.firstPts! + 20_000 }, 900_000)).toBe(true)
    const last = sent(99, 900_000)
    expect(keepsToGrid(grid, 99, { ...last, lastPts: last.lastPts! - 60_000 }, 900_000)).toBe(true)
    expect(keepsToGrid(grid, 99, { ...last, lastPts: last.lastPts! + 60_000 }, 900_000)).toBe(false)
  })
})

describe('two sessions', () => {
  const view = (clock: number, before: SegmentFacts | null, after: SegmentFacts | null = null) => ({
    clock,
    config: 'a',
    before,
    after,
  })

  it('agree where their pictures join', () => {
    fc.assert(
      fc.property(seqs, clocks, fc.boolean(), fc.boolean(), (seq, clock, hasBefore, hasAfter) => {
        const facts = sent(seq, clock)
        const around = view(
          clock,
          hasBefore ? sent(seq - 1, clock) : null,
          hasAfter ? sent(seq + 1, clock) : null,
        )
        expect(judgeAgreement(grid, facts, clockAt(seq, facts), around)).toEqual({ kind: 'agrees' })
      }),
    )
  })

  it('differ where one is cut elsewhere, whether or not it says so by its time stamps', () => {
    const late = fc.integer({ min: Math.ceil(2 * frame), max: segmentTicks - Math.ceil(2 * frame) })
    fc.assert(
      fc.property(seqs, clocks, late, (seq, clock, lateTicks) => {
        const facts = sent(seq, clock, lateTicks)
        const verdict = judgeAgreement(grid, facts, clockAt(seq, facts), view(clock, sent(seq - 1, clock)))
        expect(verdict.kind).toBe('differs')
      }),
    )
  })

  it('differ by one picture too many or too few where they meet', () => {
    fc.assert(
      fc.property(seqs, clocks, fc.constantFrom(-1, 1), (seq, clock, pictures) => {
        const before = sent(seq - 1, clock)
        const after = sent(seq, clock)
        expect(areJoined(before, after)).toBe(true)
        expect(areJoined({ ...before, lastPts: before.lastPts! + pictures * 3754 }, after)).toBe(false)
      }),
    )
  })

  it('are displaced only by more than a grid could be, and encoded otherwise they differ', () => {
    const ticks = fc.integer({ min: segmentTicks, max: ptsWrap / 2 - segmentTicks })
    fc.assert(
      fc.property(seqs, clocks, ticks, fc.boolean(), (seq, clock, by, isBack) => {
        const own = (clock + (isBack ? ptsWrap - by : by)) % ptsWrap
        const facts = sent(seq, own)
        const verdict = judgeAgreement(grid, facts, clockAt(seq, facts), view(clock, null))
        expect(verdict.kind).toBe('displaced')
        if (verdict.kind === 'displaced')
          expect(Math.abs(verdict.byTicks - (isBack ? -by : by))).toBeLessThanOrEqual(frame + 2)
        const other = { ...facts, config: 'b' }
        expect(judgeAgreement(grid, other, clockAt(seq, other), view(clock, null)).kind).toBe('differs')
      }),
    )
  })
})
