import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../test-support/manual-clock.ts'
import { backoffMs, RetryBook } from './retry-book.ts'

describe('backoffMs', () => {
  it('stays under a ceiling that doubles up to ten seconds', () => {
    expect([1, 2, 3, 6, 7, 50].map((failures) => backoffMs(failures, 0.999999))).toEqual([
      250, 500, 1000, 8000, 10000, 10000,
    ])
    expect(backoffMs(3, 0)).toBe(0)
  })
})

describe('RetryBook', () => {
  it('forgets a row of failures when bytes come from there, and never otherwise', () => {
    const at = fc.nat(9)
    const step = fc.oneof(
      fc.record({ do: fc.constant('fail' as const), at }),
      fc.record({ do: fc.constant('come' as const), at, bytes: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ do: fc.constant('wait' as const), ms: fc.nat(20_000) }),
      fc.constant({ do: 'hurry' as const }),
    )
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const clock = new ManualClock()
        const book = new RetryBook(clock)
        const expected = Array.from({ length: 10 }, () => 0)
        for (const next of steps) {
          if (next.do === 'fail') {
            expected[next.at] = (expected[next.at] ?? 0) + 1
            expect(book.fail(next.at, null)).toBe(expected[next.at])
          } else if (next.do === 'come') {
            book.onProgress(next.at, next.at + next.bytes)
            expected.fill(0, next.at, next.at + next.bytes)
          } else if (next.do === 'wait') clock.advance(next.ms)
          else {
            book.hurry()
            expect(book.nextMs).toBeNull()
          }
          expect(expected.map((_, position) => book.failuresAt(position))).toEqual(expected)
          for (const position of expected.keys()) expect(book.delayMs(position)).toBeLessThanOrEqual(10_000)
        }
      }),
    )
  })

  it('keeps every position waiting while the source has asked for time', () => {
    const clock = new ManualClock()
    const book = new RetryBook(clock)
    book.fail(5, 7_000)
    expect(book.delayMs(0)).toBe(7_000)
    clock.advance(7_000)
    expect(book.delayMs(0)).toBe(0)
    expect(book.nextMs).toBeNull()
  })

  it('holds no more positions than it can hold, whoever jumps about', () => {
    const book = new RetryBook(new ManualClock())
    for (let position = 0; position < 1_000; position += 1) book.fail(position, null)
    expect(Array.from({ length: 1_000 }, (_, at) => book.failuresAt(at)).filter((n) => n > 0)).toHaveLength(
      256,
    )
  })
})
