import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { QualityOption } from '../../../src-preload/contract/index.ts'
import type { PlexMedia, PlexStream } from '../plex/model.ts'
import { chromiumCapabilities } from './capabilities.ts'
import { ladder } from './ladder.ts'
import { bitrateLabel, mediaLabel, qualityLabel } from './quality-label.ts'
import { buildQualityOptions } from './quality-options.ts'
import { makeMedia, makeShelf, makeStream } from './test-support/make-media.ts'

interface Given {
  readonly media?: Partial<PlexMedia>
  readonly streams?: readonly Partial<PlexStream>[]
  readonly shelf?: Parameters<typeof makeShelf>[0]
  readonly isReachable?: boolean
}
const build = ({ media, streams, shelf = {}, isReachable = true }: Given): readonly QualityOption[] =>
  buildQualityOptions({
    ...makeMedia(media, streams),
    shelf: makeShelf(shelf),
    key: null,
    connection: isReachable ? 'lan' : 'offline',
    capabilities: chromiumCapabilities,
    limit: null,
  })
const row = (rows: readonly QualityOption[], quality: string): QualityOption | undefined =>
  rows.find((option) => option.quality === quality)

const fourK: Partial<PlexMedia> = { width: 3840, height: 2160, videoResolution: '4k', bitrateKbps: 60_000 }

describe('buildQualityOptions', () => {
  it('lists Original and the ladder below 4K, high to low', () => {
    expect(build({}).map((option) => option.quality)).toEqual([
      'original',
      ...ladder.filter((step) => step.height <= 1080).map((step) => step.name),
    ])
  })

  it('says what a row is, costs and weighs', () => {
    const rows = build({})
    expect(rows[0]).toEqual({
      quality: 'original',
      label: 'Original',
      detail: '1080p H.264 · 12.4 Mbps',
      outcome: 'direct-play',
      bitrateKbps: 12_400,
      bytesPresent: 0,
      bytesTotal: 93_000_000,
      bytesTotalIsEstimate: false,
      complete: false,
      state: 'none',
      isPinned: false,
      isDefault: true,
      reason: { code: 'as-it-is', subject: null },
    })
    expect(row(rows, '720p-4000k')).toEqual({
      quality: '720p-4000k',
      label: '720p · 4 Mbps',
      detail: 'H.264 + AAC',
      outcome: 'transcode',
      bitrateKbps: 4000,
      bytesPresent: 0,
      bytesTotal: 30_000_000,
      bytesTotalIsEstimate: true,
      complete: false,
      state: 'none',
      isPinned: false,
      isDefault: true,
      reason: { code: 'converted', subject: null },
    })
  })

  it('marks rungs above the source and keeps them in the list', () => {
    const rows = build({ media: { width: 1280, height: 720, bitrateKbps: 3500 } })
    const above = rows.filter((option) => option.unavailable === 'quality-above-source')
    expect(above.map((option) => option.quality)).toEqual([
      '1080p-20000k',
      '1080p-12000k',
      '1080p-10000k',
      '1080p-8000k',
      '720p-4000k',
    ])
  })

  it('has 4K rungs only for 4K sources', () => {
    expect(build({ media: fourK }).map((option) => option.quality)).toContain('2160p-20000k')
    expect(build({}).some((option) => option.quality.startsWith('2160p'))).toBe(false)
    const cropped = { ...fourK, height: 1608, videoResolution: null }
    expect(build({ media: cropped }).map((option) => option.quality)).toContain('2160p-20000k')
  })

  it('says what is here, exactly where it is known', () => {
    const rows = build({
      shelf: {
        original: ['partial', 1_000_000, 93_000_000],
        '480p-1500k': ['complete', 9_000_000, 9_000_000],
      },
    })
    expect(rows[0]).toMatchObject({ state: 'partial', bytesPresent: 1_000_000, complete: false })
    expect(row(rows, '480p-1500k')).toMatchObject({
      complete: true,
      bytesTotal: 9_000_000,
      bytesTotalIsEstimate: false,
    })
  })

  it('offline leaves what is whole and says why not of the rest', () => {
    const rows = build({
      isReachable: false,
      media: { width: 1280, height: 720, bitrateKbps: 3500 },
      shelf: { '480p-1500k': ['complete', 9, 9], '360p-720k': ['partial', 1, 9] },
    })
    const why = (quality: string) => row(rows, quality)?.unavailable
    expect(why('480p-1500k')).toBeUndefined()
    expect(why('360p-720k')).toBe('source-unreachable')
    expect(why('original')).toBe('source-unreachable')
    expect(why('1080p-8000k')).toBe('quality-above-source')
  })

  it('marks an Original that would be silent', () => {
    const silent = {
      media: { audioCodec: 'ac3' },
      streams: [{ kind: 'video' }, { kind: 'audio', codec: 'ac3' }],
    } as const
    expect(build(silent)[0]).toMatchObject({ outcome: 'unplayable', unavailable: 'unplayable' })
    expect(build(silent)[1]).toMatchObject({ outcome: 'transcode' })
  })

  it('puts other tracks that are kept behind their rung, by name', () => {
    const streams = [
      makeStream({ kind: 'audio', id: '7', codec: 'aac', displayTitle: 'German (AAC Stereo)' }),
    ]
    const rows = build({ streams, shelf: { '720p-4000k.a7': ['complete', 9, 9] } })
    const at = rows.findIndex((option) => option.quality === '720p-4000k')
    expect(rows[at + 1]).toMatchObject({
      quality: '720p-4000k.a7',
      label: '720p · 4 Mbps · German (AAC Stereo)',
      complete: true,
    })
  })

  it('lists every kept quality once, and nothing available twice or above its source', () => {
    const names = fc.constantFrom('original', ...ladder.map((step) => step.name as string), '480p-1500k.s3')
    const shelves = fc.dictionary(names, fc.constant(['complete', 9, 9] as const), { maxKeys: 5 })
    fc.assert(
      fc.property(
        shelves,
        fc.boolean(),
        fc.integer({ min: 200, max: 2160 }),
        (shelf, isReachable, height) => {
          const rows = build({ shelf, isReachable, media: { height, width: Math.round((height * 16) / 9) } })
          const qualities = rows.map((option) => option.quality as string)
          expect(new Set(qualities).size).toBe(qualities.length)
          for (const name of Object.keys(shelf)) {
            expect(qualities).toContain(name)
            expect(rows.find((option) => option.quality === name)?.unavailable).toBeUndefined()
          }
          if (!isReachable)
            for (const option of rows.filter((option) => option.unavailable === undefined))
              expect(option.complete).toBe(true)
        },
      ),
    )
  })
})

describe('labels', () => {
  it.each([
    [320, '320 kbps'],
    [999, '999 kbps'],
    [1000, '1 Mbps'],
    [1500, '1.5 Mbps'],
    [12_400, '12.4 Mbps'],
    [20_000, '20 Mbps'],
  ])('%d kbps is %s', (kbps, label) => expect(bitrateLabel(kbps)).toBe(label))

  it.each([
    [{}, '1080p H.264 · 12.4 Mbps'],
    [{ videoResolution: '4k', videoCodec: 'hevc' }, '4K HEVC · 12.4 Mbps'],
    [{ videoResolution: 'sd', bitrateKbps: null }, 'SD H.264'],
    [{ videoResolution: null, height: 800, videoCodec: 'dirac' }, '800p DIRAC · 12.4 Mbps'],
    [{ videoResolution: null, height: null, videoCodec: null, bitrateKbps: null }, 'Unknown format'],
  ] as const)('%j is %s', (more, label) => expect(mediaLabel(makeMedia(more).media)).toBe(label))

  it.each([
    ['original', 'Original'],
    ['480p', '480p · 1.5 Mbps'],
    ['240p-320k', '240p · 320 kbps'],
    ['720p-4000k.a7.s9', '720p · 4 Mbps · audio 7 · subtitles 9'],
    ['nonsense', 'nonsense'],
  ])('%s is %s', (quality, label) => expect(qualityLabel(quality)).toBe(label))
})
