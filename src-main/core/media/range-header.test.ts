import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allowsRange, chooseRange } from './range-header.ts'

/** What the RFC says in the dullest way there is: the set of positions that a range asks for, counted one by one. */
function positionsOf(header: string, size: number): readonly number[] | 'full' | 'unsatisfiable' {
  const all = Array.from({ length: size }, (_, position) => position)
  const spec = header.slice('bytes='.length)
  const [first = '', last = ''] = spec.split('-')
  if (first === '') {
    const wanted = all.slice(Math.max(0, size - Number(last)))
    return Number(last) === 0 || size === 0 ? 'unsatisfiable' : wanted
  }
  if (last !== '' && Number(last) < Number(first)) return 'full'
  const wanted = all.filter(
    (position) => position >= Number(first) && (last === '' || position <= Number(last)),
  )
  return wanted.length === 0 ? 'unsatisfiable' : wanted
}

const offset = fc.nat({ max: 60 })
const spec = fc.oneof(
  fc.tuple(offset, offset).map(([a, b]) => `bytes=${a}-${b}`),
  offset.map((a) => `bytes=${a}-`),
  offset.map((n) => `bytes=-${n}`),
)

test('asks for the positions that the RFC names', () => {
  fc.assert(
    fc.property(spec, fc.nat({ max: 40 }), (header, size) => {
      const expected = positionsOf(header, size)
      const choice = chooseRange(header, size)
      const asked =
        typeof expected === 'string'
          ? { kind: expected }
          : { kind: 'part', start: expected[0], end: (expected[0] ?? 0) + expected.length }
      expect(choice).toEqual(asked)
    }),
    { numRuns: 2000 },
  )
})

test('whatever the header says, what is sent lies inside the resource', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string().map((tail) => `bytes=${tail}`),
    fc.stringMatching(/^bytes=[0-9, -]*$/),
  )
  fc.assert(
    fc.property(text, fc.maxSafeNat(), (header, size) => {
      const choice = chooseRange(header, size)
      if (choice.kind !== 'part') return
      expect(choice.start).toBeGreaterThanOrEqual(0)
      expect(choice.end).toBeGreaterThan(choice.start)
      expect(choice.end).toBeLessThanOrEqual(size)
    }),
    { numRuns: 2000 },
  )
})

describe('headers that are ignored', () => {
  test.each([
    '',
    'bytes',
    'bytes=',
    'bytes=-',
    'bytes=a-b',
    'bytes=1-2,4-5',
    'items=0-1',
    'bytes=5-2',
    'bytes=0x1-2',
    'bytes=1 -2',
  ])('%j', (header) => expect(chooseRange(header, 100)).toEqual({ kind: 'full' }))
})

test('numbers beyond all bounds are beyond the end', () => {
  const huge = '9'.repeat(400)
  expect(chooseRange(`bytes=${huge}-`, 100)).toEqual({ kind: 'unsatisfiable' })
  expect(chooseRange(`bytes=10-${huge}`, 100)).toEqual({ kind: 'part', start: 10, end: 100 })
  expect(chooseRange(`bytes=-${huge}`, 100)).toEqual({ kind: 'part', start: 0, end: 100 })
})

test('If-Range takes the exact strong tag and nothing else', () => {
  expect(allowsRange(null, '"g1"')).toBe(true)
  expect(allowsRange('"g1"', '"g1"')).toBe(true)
  expect(allowsRange('W/"g1"', '"g1"')).toBe(false)
  expect(allowsRange('"g2"', '"g1"')).toBe(false)
  expect(allowsRange('Wed, 21 Oct 2015 07:28:00 GMT', '"g1"')).toBe(false)
})
