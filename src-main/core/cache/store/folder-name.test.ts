import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asMediaId, asQuality, asSourceId, type CacheKey } from '../../../../src-preload/contract/index.ts'
import { folderName, isFolderName, keyHash, slug } from './folder-name.ts'

const awkward = fc.constantFrom(
  '',
  '.',
  '..',
  '__',
  'a__b',
  'a/b',
  'a:b',
  'A',
  'a',
  'CON',
  'con.txt',
  'nul',
  'com1',
  'LPT9.mkv',
  'aux.',
  'ends. ',
  'ſ',
  'ß',
  'İstanbul',
  '映画',
  '\u0000',
  '😀',
  'e\u0301',
  'é',
)
const text = fc.oneof(awkward, fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 60 }))
const key: fc.Arbitrary<CacheKey> = fc.record({
  sourceId: text.map(asSourceId),
  mediaId: text.map(asMediaId),
  quality: text.map(asQuality),
})
const sameKey = (a: CacheKey, b: CacheKey): boolean =>
  a.sourceId === b.sourceId && a.mediaId === b.mediaId && a.quality === b.quality

describe('slug', () => {
  it('is short, plain, and safe on Windows whatever comes in', () => {
    fc.assert(
      fc.property(text, (value) => {
        const name = slug(value)
        expect(name).toMatch(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/)
        expect(name.length).toBeLessThanOrEqual(40)
        expect(name).not.toContain('__')
        expect(name).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/)
      }),
    )
  })

  it('keeps what a person recognises', () => {
    expect(slug('Spider-Man: No Way Home (2021)')).toBe('spider-man-no-way-home-2021')
    expect(slug('Amélie')).toBe('amelie')
    expect(slug('1080p-8000k.a12')).toBe('1080p-8000k.a12')
    expect(slug('映画')).toBe('x')
    expect(slug('NUL')).toBe('x-nul')
  })
})

describe('folderName', () => {
  const name = (of: CacheKey, random = 'abcdef0123', title = 'T', sourceName = 'S'): string =>
    folderName({ key: of, title, sourceName, random })

  it('has the form that is promised, with any title and any key', () => {
    fc.assert(
      fc.property(key, text, text, (of, title, source) => {
        const folder = name(of, 'abcdef0123', title, source)
        expect(isFolderName(folder)).toBe(true)
        expect(folder.split('__')).toHaveLength(3)
        expect(Buffer.byteLength(folder)).toBeLessThanOrEqual(255)
        expect(folder.endsWith('.')).toBe(false)
        expect(folder).toBe(folder.toLowerCase())
      }),
    )
  })

  it('is never shared by two keys, also where case does not count', () => {
    fc.assert(
      fc.property(key, key, (one, other) => {
        fc.pre(!sameKey(one, other))
        expect(keyHash(one)).not.toBe(keyHash(other))
        expect(name(one).toLowerCase()).not.toBe(name(other).toLowerCase())
      }),
      { numRuns: 1000 },
    )
  })

  it('keeps keys apart whose fields are cut differently', () => {
    const cut = (a: string, b: string, c: string): CacheKey => ({
      sourceId: asSourceId(a),
      mediaId: asMediaId(b),
      quality: asQuality(c),
    })
    const keys = [cut('a', 'b__c', 'd'), cut('a__b', 'c', 'd'), cut('a', 'b', 'c__d'), cut('A', 'b__c', 'd')]
    expect(new Set(keys.map((of) => name(of)))).toHaveLength(keys.length)
  })

  it('knows its own kind and nothing else', () => {
    for (const other of [
      'CACHEDIR.TAG',
      '..',
      'films',
      'a__b__c',
      'a__b__c~0123456789abcdef-',
      'A__b__c~0123456789abcdef-abcdefgh',
    ])
      expect(isFolderName(other)).toBe(false)
  })
})
