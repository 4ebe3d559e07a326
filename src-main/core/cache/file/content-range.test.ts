import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseContentRange, parseUnsatisfiedTotal } from './content-range.ts'

const junk = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  // Nearly right.
  fc
    .tuple(
      fc.constantFrom('bytes', 'BYTES', 'byte', 'bytes=', 'items', ''),
      fc.constantFrom(' ', '  ', '\t', '', ','),
      fc.stringMatching(/^[-+]?[0-9]{0,20}$/),
      fc.constantFrom('-', '–', '--', '', ':'),
      fc.stringMatching(/^[-+]?[0-9]{0,20}$/),
      fc.constantFrom('/', '', '//', '\\'),
      fc.oneof(fc.constant('*'), fc.stringMatching(/^[0-9a-fx.e]{0,20}$/)),
      fc.constantFrom('', ' ', '\r\n', ', bytes 0-1/2', ';q=1'),
    )
    .map((parts) => parts.join('')),
)

describe('parseContentRange', () => {
  it('reads back what a server writes', () => {
    const offset = fc.nat(Number.MAX_SAFE_INTEGER).map((value) => value % 10 ** 15)
    fc.assert(
      fc.property(offset, offset, fc.option(offset), (one, other, rest) => {
        const start = Math.min(one, other)
        const last = Math.max(one, other)
        const total = rest === null ? null : Math.min(last + 1 + rest, 10 ** 15 - 1)
        fc.pre(total === null || total > last)
        expect(parseContentRange(`bytes ${start}-${last}/${total ?? '*'}`)).toEqual({
          start,
          end: last + 1,
          total,
        })
      }),
      { numRuns: 1_000 },
    )
  })

  it('makes nothing of anything else than a sound span', () => {
    fc.assert(
      fc.property(junk, (header) => {
        const range = parseContentRange(header)
        if (range === null) return
        const { start, end, total } = range
        expect([start, end, total ?? 0].every(Number.isSafeInteger)).toBe(true)
        expect(start).toBeGreaterThanOrEqual(0)
        expect(end).toBeGreaterThan(start)
        if (total !== null) expect(total).toBeGreaterThanOrEqual(end)
        expect(header).toMatch(/^\s*bytes\s+\d+-\d+\/(\d+|\*)\s*$/i)
      }),
      { numRuns: 5_000 },
    )
  })

  it('takes a size of a 416 only where there is one', () => {
    fc.assert(
      fc.property(junk, (header) => {
        const total = parseUnsatisfiedTotal(header)
        if (total !== null) expect(header).toMatch(/^\s*bytes\s+\*\/\d{1,15}\s*$/i)
      }),
      { numRuns: 5_000 },
    )
    expect(parseUnsatisfiedTotal('bytes */12')).toBe(12)
  })
})
