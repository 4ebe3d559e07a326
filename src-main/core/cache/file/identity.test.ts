import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compareIdentity,
  ifRangeOf,
  isStrongEtag,
  isWeak,
  validatorsOf,
  type Identity,
  type Trust,
} from './identity.ts'

const dates = ['Thu, 01 Jan 2026 00:00:00 GMT', 'Fri, 02 Jan 2026 00:00:00 GMT']
const oneOf = <T>(...values: T[]) => fc.constantFrom<T | null>(null, ...values)
const identity: fc.Arbitrary<Identity> = fc.record({
  partKey: oneOf('/parts/1/10/f', '/parts/1/11/f'),
  totalBytes: oneOf(1000, 2000),
  etag: oneOf('"a"', '"b"', 'W/"a"', 'W/"b"'),
  lastModified: oneOf(...dates),
})
const trust = fc.constantFrom<Trust>('etag', 'last-modified', 'size')
const both = <T>(one: T | null, other: T | null): boolean => one !== null && other !== null

/** The order of grounds, written out once more in another way. */
function expected(kept: Identity, seen: Identity, level: Trust): boolean {
  if (both(kept.totalBytes, seen.totalBytes) && kept.totalBytes !== seen.totalBytes) return false
  if (both(kept.partKey, seen.partKey)) return kept.partKey === seen.partKey
  if (level === 'etag' && isStrongEtag(kept.etag) && isStrongEtag(seen.etag)) return kept.etag === seen.etag
  if (level !== 'size' && both(kept.lastModified, seen.lastModified))
    return kept.lastModified === seen.lastModified
  if (level === 'etag' && kept.etag !== null && seen.etag !== null)
    return kept.etag.slice(-3) === seen.etag.slice(-3)
  return true
}

describe('compareIdentity', () => {
  it('goes by the surest ground that both have', () => {
    fc.assert(
      fc.property(identity, identity, trust, (kept, seen, level) => {
        expect(compareIdentity(kept, seen, level).isSame).toBe(expected(kept, seen, level))
      }),
      { numRuns: 3_000 },
    )
  })

  it('holds the same for the same, whichever way it is asked and however little is known', () => {
    fc.assert(
      fc.property(identity, identity, trust, (one, other, level) => {
        expect(compareIdentity(one, one, level).isSame).toBe(true)
        expect(compareIdentity(one, other, level)).toEqual(compareIdentity(other, one, level))
        const unknown = { partKey: null, totalBytes: null, etag: null, lastModified: null }
        expect(compareIdentity(one, unknown, level)).toEqual({ isSame: true, ground: 'nothing' })
      }),
    )
  })

  it('never overlooks another size or another part key', () => {
    fc.assert(
      fc.property(identity, identity, trust, (kept, seen, level) => {
        const { isSame, ground } = compareIdentity(kept, seen, level)
        if (both(kept.totalBytes, seen.totalBytes) && kept.totalBytes !== seen.totalBytes)
          expect({ isSame, ground }).toEqual({ isSame: false, ground: 'size' })
        else if (both(kept.partKey, seen.partKey)) expect(ground).toBe('part key')
      }),
    )
  })

  it('believes only the size of a source that has contradicted itself in all else', () => {
    fc.assert(
      fc.property(identity, identity, (kept, seen) => {
        const sizes = { ...seen, partKey: null, totalBytes: kept.totalBytes }
        expect(compareIdentity(kept, sizes, 'size').isSame).toBe(true)
      }),
    )
  })
})

describe('validators', () => {
  it('make a condition only of what is sure', () => {
    fc.assert(
      fc.property(identity, trust, (validators, level) => {
        const condition = ifRangeOf(validators, level)
        if (condition === null) return
        expect([validators.etag, validators.lastModified]).toContain(condition)
        expect(condition.startsWith('W/')).toBe(false)
        expect(isWeak(validators)).toBe(false)
      }),
    )
  })

  it('are taken from headers only when they are well formed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (etag, date) => {
        const { etag: tag, lastModified } = validatorsOf({ etag, 'last-modified': date })
        if (tag !== null) expect(tag).toMatch(/^(W\/)?"[^"\s]*"$/)
        if (lastModified !== null) expect(Date.parse(lastModified)).not.toBeNaN()
      }),
      { numRuns: 300 },
    )
    expect(validatorsOf({ etag: ' W/"x" ', 'last-modified': dates[0] ?? '' })).toEqual({
      etag: 'W/"x"',
      lastModified: dates[0],
    })
    expect(validatorsOf({ etag: 'x', 'last-modified': 'yesterday' })).toEqual({
      etag: null,
      lastModified: null,
    })
  })
})
