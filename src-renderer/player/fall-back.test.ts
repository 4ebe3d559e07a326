import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Quality, type QualityOption, asQuality } from '../../src-preload/contract/index.ts'
import { setUpI18n } from '../i18n/setup.ts'
import { type CurableCode, nextQuality } from './fall-back.ts'

beforeAll(setUpI18n)

const option = (quality: string, more: Partial<QualityOption> = {}): QualityOption => ({
  quality: asQuality(quality),
  label: quality,
  detail: '',
  outcome: quality === 'original' ? 'direct-play' : 'transcode',
  bitrateKbps: Number(/-(\d+)k/.exec(quality)?.[1] ?? 14_000),
  bytesPresent: 0,
  bytesTotal: 1000,
  bytesTotalIsEstimate: true,
  complete: false,
  state: 'none',
  isPinned: false,
  isDefault: ['original', '1080p-8000k', '720p-4000k', '480p-1500k'].includes(quality),
  ...more,
})
const ladder = ['original', '1080p-12000k', '1080p-8000k', '720p-4000k', '480p-1500k', '240p-320k'].map(
  (quality) => option(quality),
)
const next = (
  failed: string,
  code: CurableCode,
  options: readonly QualityOption[] = ladder,
  tried: readonly string[] = [],
): string | null =>
  nextQuality(options, { quality: asQuality(failed), code }, new Set(tried.map((name) => asQuality(name))))
    ?.quality ?? null

describe('where to go when a quality cannot be had', () => {
  test.each<[string, string, CurableCode, string | null]>([
    ['too much: the best that costs less', 'original', 'over-limit', '1080p-8000k'],
    ['too much: the next step down', '1080p-8000k', 'over-limit', '720p-4000k'],
    ['too much: past the default rungs', '480p-1500k', 'over-limit', '240p-320k'],
    ['too much with another sound: the next step down as well', '1080p-8000k.a7', 'over-limit', '720p-4000k'],
    ['too much, and nothing below', '240p-320k', 'over-limit', null],
    ['a file that shows nothing', 'original', 'unplayable', '1080p-8000k'],
    ['a rung that is not made', '720p-4000k', 'unplayable', 'original'],
    ['a file that is not given away', 'original', 'not-allowed', '1080p-8000k'],
    ['a conversion that is not allowed', '720p-4000k', 'not-allowed', 'original'],
    ['a rung that lacks a part', '720p-4000k', 'part-missing', 'original'],
    ['a busy server is not asked for more', '720p-4000k', 'source-busy', null],
  ])('%s', (_, failed, code, quality) => expect(next(failed, code)).toBe(quality))

  test('what is whole here asks nobody, whatever the trouble', () => {
    const kept = ladder.map((one) =>
      one.quality === '480p-1500k' ? option('480p-1500k', { complete: true }) : one,
    )
    for (const code of ['over-limit', 'unplayable', 'not-allowed', 'source-busy'] as const)
      expect(next('original', code, kept)).toBe('480p-1500k')
  })

  test('what cannot be chosen is not', () => {
    const limited = ladder.map((one) =>
      (one.bitrateKbps ?? 0) > 2000 ? { ...one, unavailable: 'over-limit' as const } : one,
    )
    expect(next('original', 'over-limit', limited)).toBe('480p-1500k')
    const silent = [
      option('original', { outcome: 'unplayable', unavailable: 'unplayable' }),
      ...ladder.slice(1),
    ]
    expect(next('720p-4000k', 'unplayable', silent)).toBeNull()
  })

  test('ends: however often it is refused, no quality is tried twice', () => {
    const codes = fc.constantFrom<CurableCode>('over-limit', 'unplayable', 'not-allowed', 'source-busy')
    const start = fc.constantFrom(...ladder.map(({ quality }) => quality))
    fc.assert(
      fc.property(start, fc.infiniteStream(codes), fc.subarray(ladder), (first, stream, options) => {
        const tried = new Set<Quality>()
        let failed = first
        for (const code of stream) {
          const found = nextQuality(options, { quality: failed, code }, tried)
          tried.add(failed)
          if (found === null) break
          expect(tried.has(found.quality)).toBe(false)
          failed = found.quality
        }
        expect(tried.size).toBeLessThanOrEqual(ladder.length)
      }),
    )
  })
})
