import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PlayerState } from '../../../src-preload/contract/index.ts'
import { isWatchedAt, resumePosition } from './resume-rule.ts'
import { isKeepingDue, isTimelineDue, type SentTimeline } from './timeline-schedule.ts'

const hour = 3_600_000
const position = fc.integer({ min: 0, max: 2 * hour })
const moment = fc.integer({ min: 0, max: 10 * hour })

describe('where a title goes on', () => {
  it('is where the newer of the two was left', () => {
    const here = { positionMs: 600_000, updatedAt: 1_000_000 }
    const there = (viewOffsetMs: number | null, lastViewedAt: number | null) => ({
      viewOffsetMs,
      lastViewedAt,
    })
    expect(resumePosition(here, there(900_000, 2_000_000), hour)).toBe(900_000)
    expect(resumePosition(here, there(900_000, 900_000), hour)).toBe(600_000)
    // Our own report, by the server's clock.
    expect(resumePosition(here, there(590_000, 1_003_000), hour)).toBe(600_000)
    // Watched to the end elsewhere since.
    expect(resumePosition(here, there(null, 2_000_000), hour)).toBe(0)
    expect(resumePosition(null, there(900_000, null), hour)).toBe(900_000)
    expect(resumePosition(null, there(null, null), hour)).toBe(0)
    expect(resumePosition(here, there(null, null), null)).toBe(600_000)
  })

  it('is never hardly begun and never nearly over', () => {
    fc.assert(
      fc.property(
        position,
        moment,
        fc.option(position),
        fc.option(moment),
        fc.integer({ min: 1, max: 2 * hour }),
        (positionMs, updatedAt, viewOffsetMs, lastViewedAt, durationMs) => {
          const at = resumePosition({ positionMs, updatedAt }, { viewOffsetMs, lastViewedAt }, durationMs)
          expect(at === 0 || (at > 5_000 && at < durationMs * 0.95)).toBe(true)
          expect([0, positionMs, viewOffsetMs ?? 0]).toContain(at)
        },
      ),
    )
  })

  it('is watched from nine tenths on', () => {
    expect(isWatchedAt(899, 1000)).toBe(false)
    expect(isWatchedAt(900, 1000)).toBe(true)
    expect(isWatchedAt(0, 0)).toBe(false)
  })
})

describe('what a server is told', () => {
  const states: readonly PlayerState[] = ['playing', 'paused', 'buffering', 'stopped']

  it('is every change of state, all pairs', () => {
    for (const before of states)
      for (const after of states)
        expect(isTimelineDue({ state: before, positionMs: 50_000, sentAt: 0 }, after, 50_000, 0)).toBe(
          before !== after,
        )
    for (const state of states) expect(isTimelineDue(null, state, 0, 0)).toBe(true)
  })

  it('is every seek, and every ten seconds of playing', () => {
    const sent: SentTimeline = { state: 'playing', positionMs: 50_000, sentAt: 1_000 }
    expect(isTimelineDue(sent, 'playing', 55_000, 6_000)).toBe(false)
    expect(isTimelineDue(sent, 'playing', 60_000, 11_000)).toBe(true)
    expect(isTimelineDue(sent, 'playing', 58_500, 6_000)).toBe(true)
    expect(isTimelineDue(sent, 'playing', 20_000, 6_000)).toBe(true)
    const paused: SentTimeline = { ...sent, state: 'paused' }
    expect(isTimelineDue(paused, 'paused', 50_000, 3_600_000)).toBe(false)
    expect(isTimelineDue(paused, 'paused', 90_000, 2_000)).toBe(true)
  })

  it('of an hour of steady playing is once in ten seconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 3_000 }), (everyMs) => {
        let sent: SentTimeline | null = null
        let count = 0
        for (let now = 0; now <= hour; now += everyMs)
          if (isTimelineDue(sent, 'playing', now, now)) {
            sent = { state: 'playing', positionMs: now, sentAt: now }
            count += 1
          }
        expect(count).toBeLessThanOrEqual(361)
        expect(count).toBeGreaterThanOrEqual(Math.floor(hour / (10_000 + everyMs)))
      }),
      { numRuns: 30 },
    )
  })

  it('is kept here every few seconds', () => {
    expect(isKeepingDue(null, false, 0)).toBe(true)
    expect(isKeepingDue(0, false, 4_999)).toBe(false)
    expect(isKeepingDue(0, false, 5_000)).toBe(true)
    expect(isKeepingDue(0, true, 1)).toBe(true)
  })
})
