import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asMediaId, asQuality, asSourceId, type Quality } from '../../../src-preload/contract/index.ts'
import type { ShelfEntry } from '../cache/handle.ts'
import { writeMultivariant } from '../cache/hls/write-multivariant.ts'
import { ladder } from './ladder.ts'
import { ladderVariants } from './ladder-variants.ts'
import { makeMedia, makeStream } from './test-support/make-media.ts'

const plain = makeStream({ id: '1', kind: 'audio', isDefault: true, index: 1 })
const other = makeStream({ id: '2', kind: 'audio', isDefault: false, index: 2 })
const found = (() => {
  const { media, part } = makeMedia({ width: 1920, height: 800, bitrateKbps: 9000 }, [plain, other])
  return { media, part }
})()
const entry = (name: string, kind: 'file' | 'hls'): [Quality, ShelfEntry] => {
  const quality = asQuality(name)
  const key = { sourceId: asSourceId('s'), mediaId: asMediaId('m'), quality }
  const rest = { isPinned: false, bytesPresent: 5, bytesTotal: 5, bytesTotalIsEstimate: false }
  return [quality, { key, kind, state: 'complete', ...rest }]
}
const names = (own: string, shelf: readonly [Quality, ShelfEntry][] = []): readonly string[] =>
  ladderVariants({ found, shelf: new Map(shelf), own: asQuality(own) }).map(({ quality }) => quality)

describe('the ladder of a title', () => {
  it('has every rung below the source, low to high, in each sound', () => {
    expect(names('720p-4000k')).toEqual(
      [
        '240p-320k',
        '360p-720k',
        '480p-1500k',
        '720p-2000k',
        '720p-3000k',
        '720p-4000k',
        '1080p-8000k',
      ].flatMap((name) => [name, `${name}.a2`]),
    )
  })

  it('has the tracks of the quality that plays', () => {
    expect(names('720p-4000k.s9')).toContain('480p-1500k.s9')
    expect(names('720p-4000k')).not.toContain('480p-1500k.s9')
  })

  it('has what is kept as segments, and leaves out what is kept as a file', () => {
    const shelf = [entry('1080p-20000k', 'hls'), entry('480p-1500k', 'file')]
    expect(names('720p-4000k', shelf)).toContain('1080p-20000k')
    expect(names('720p-4000k', shelf)).not.toContain('480p-1500k')
  })

  it('of a title that nobody knows any more is what is kept', () => {
    const shelf = new Map([entry('480p-1500k', 'hls'), entry('360p-720k', 'hls')])
    const variants = ladderVariants({ found: null, shelf, own: asQuality('480p-1500k') })
    expect(variants.map(({ quality }) => quality)).toEqual(['360p-720k', '480p-1500k'])
  })

  it('has pictures of the source’s shape', () => {
    const sizes = ladderVariants({ found, shelf: new Map(), own: asQuality('720p-4000k') }).map(
      ({ size }) => size,
    )
    expect(sizes.at(-1)).toEqual({ width: 1920, height: 800 })
    expect(sizes).toContainEqual({ width: 1280, height: 534 })
  })

  it('always has the quality that it is for, once, whatever is kept', () => {
    const own = fc.constantFrom(...ladder.map(({ name }) => name))
    const kind = fc.constantFrom('file' as const, 'hls' as const)
    fc.assert(
      fc.property(own, fc.array(fc.tuple(own, kind)), (name, kept) => {
        const shelf = kept.map(([each, as]) => entry(each, as))
        expect(names(name, shelf).filter((each) => each === name)).toHaveLength(1)
      }),
    )
  })

  it('is written so that no two variants are taken for the same', () => {
    const variants = ladderVariants({ found, shelf: new Map(), own: asQuality('720p-4000k') })
    const text = writeMultivariant(variants.map((each) => ({ ...each, uri: `${each.quality}.m3u8` })))
    const rates = [...text.matchAll(/BANDWIDTH=(\d+)/g)].map(([, rate]) => Number(rate))
    expect(rates).toEqual([...new Set(rates)].toSorted((a, b) => a - b))
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual(
      variants.map(({ quality }) => `${quality}.m3u8`),
    )
  })
})
