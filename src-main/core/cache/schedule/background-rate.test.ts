import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterWait, allowedKbps, freeRate, type BackgroundRate } from './background-rate.ts'

const watched = (nowMs: number, capacityKbps: number | null = 20_000) => ({
  nowMs,
  capacityKbps,
  isWatched: true,
})

describe('what downloads may use', () => {
  it('is all there is while nobody watches, and four fifths of the link while somebody does', () => {
    expect(allowedKbps(freeRate, { ...watched(0), isWatched: false })).toBeNull()
    expect(allowedKbps(freeRate, watched(0))).toBe(16_000)
    expect(allowedKbps(freeRate, watched(0, null))).toBeNull()
  })

  it('is nothing for ten seconds after a player had to wait, then half, and grows to what it was', () => {
    const rate = afterWait(freeRate, watched(1_000))
    expect(allowedKbps(rate, watched(10_999))).toBe(0)
    expect(allowedKbps(rate, watched(11_000))).toBe(8_000)
    expect(allowedKbps(rate, watched(15_000))).toBe(12_000)
    expect(allowedKbps(rate, watched(60_000))).toBe(16_000)
  })

  it('is halved once by waits that follow each other, and the ten seconds count from the last', () => {
    const rate = [1_000, 1_400, 5_000].reduce((now, at) => afterWait(now, watched(at)), freeRate)
    expect(allowedKbps(rate, watched(14_999))).toBe(0)
    expect(allowedKbps(rate, watched(15_000))).toBe(8_000)
  })

  it('is never negative, never above four fifths, and falls with every wait, whatever happens', () => {
    const event = fc.record({ afterMs: fc.nat(30_000), isWait: fc.boolean() })
    const capacity = fc.option(fc.integer({ min: 1_000, max: 1_000_000 }), { nil: null })
    fc.assert(
      fc.property(fc.array(event), capacity, (events, capacityKbps) => {
        let rate: BackgroundRate = freeRate
        let nowMs = 0
        for (const { afterMs, isWait } of events) {
          nowMs += afterMs
          const use = watched(nowMs, capacityKbps)
          const before = allowedKbps(rate, use)
          if (before !== null) {
            expect(before).toBeGreaterThanOrEqual(0)
            if (capacityKbps !== null) expect(before).toBeLessThanOrEqual(capacityKbps * 0.8 + 1)
          }
          if (!isWait) continue
          rate = afterWait(rate, use)
          expect(allowedKbps(rate, use)).toBe(0)
          const later = allowedKbps(rate, { ...use, nowMs: nowMs + 10_000 }) ?? 0
          expect(later).toBeGreaterThan(0)
          if (before !== null && before > 512) expect(later).toBeLessThan(before)
        }
        // However often, it comes back.
        const share = capacityKbps === null ? Number.POSITIVE_INFINITY : capacityKbps * 0.8
        const inAnHour = allowedKbps(rate, watched(nowMs + 3_600_000, capacityKbps))
        expect(inAnHour ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(Math.min(share, 1_000_000) - 1)
      }),
      { numRuns: 500 },
    )
  })
})
