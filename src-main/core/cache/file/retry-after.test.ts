import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { retryAfterMs } from './retry-after.ts'

const now = Date.UTC(2026, 0, 1)
const dateAt = (at: number): string => new Date(at).toUTCString()
const junk = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.stringMatching(/^[-+]?[0-9]{0,20}(\.[0-9]*)?(e[0-9]*)?$/),
  fc
    .tuple(
      fc.constantFrom('Thu', 'Thursday', 'Xyz', ''),
      fc.constantFrom(', ', ' ', ',', ''),
      fc.stringMatching(/^[0-9]{0,2}[ -](Jan|Feb|jan|13)[ -][0-9]{0,6} [0-9]{0,2}:[0-9]{0,2}:[0-9]{0,2}$/),
      fc.constantFrom(' GMT', ' UTC', ' +0200', ''),
    )
    .map((parts) => parts.join('')),
)

describe('retryAfterMs', () => {
  it('reads seconds, up to a minute', () => {
    fc.assert(
      fc.property(fc.nat(999_999_999), (seconds) => {
        const headers = { 'retry-after': String(seconds) }
        expect(retryAfterMs(headers, now)).toBe(Math.min(seconds * 1000, 60_000))
      }),
    )
  })

  it('measures a date by the clock of whoever wrote it, and by ours only without one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -100_000, max: 100_000 }),
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        (seconds, skew) => {
          const theirs = now + skew * 1000
          const wait = Math.min(Math.max(0, seconds * 1000), 60_000)
          const asked = { 'retry-after': dateAt(theirs + seconds * 1000) }
          expect(retryAfterMs({ ...asked, date: dateAt(theirs) }, now)).toBe(wait)
          expect(retryAfterMs(asked, theirs)).toBe(wait)
        },
      ),
    )
  })

  it('makes no more than a minute of anything, and nothing of nonsense', () => {
    fc.assert(
      fc.property(junk, fc.option(junk), (value, date) => {
        const headers = { 'retry-after': value, ...(date === null ? {} : { date }) }
        const wait = retryAfterMs(headers, now)
        if (wait === null) return
        expect(wait).toBeGreaterThanOrEqual(0)
        expect(wait).toBeLessThanOrEqual(60_000)
      }),
      { numRuns: 2_000 },
    )
    for (const value of ['', '-1', '1.5', '1e3', 'soon', '2026-01-01', '12 apples'])
      expect([value, retryAfterMs({ 'retry-after': value }, now)]).toEqual([value, null])
    expect(retryAfterMs({}, now)).toBeNull()
  })
})
