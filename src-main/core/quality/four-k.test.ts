import { describe, expect, it } from 'vitest'
import { asQuality, type QualityOption } from '../../../src-preload/contract/index.ts'
import { writeMultivariant } from '../cache/hls/write-multivariant.ts'
import type { PlexMedia } from '../plex/model.ts'
import { transcodeProfile, transcodeQuery } from '../plex/transcode-parameters.ts'
import { chromiumCapabilities } from './capabilities.ts'
import { ladder, pictureOf } from './ladder.ts'
import { ladderVariants } from './ladder-variants.ts'
import { parseQuality } from './quality-name.ts'
import { buildQualityOptions } from './quality-options.ts'
import { planQuality } from './planner.ts'
import { makeMedia, makeShelf } from './test-support/make-media.ts'

const fourK: Partial<PlexMedia> = {
  width: 3840,
  height: 2160,
  videoResolution: '4k',
  videoCodec: 'hevc',
  bitrateKbps: 60_000,
}
/** As a film in scope is: 1608 lines of 3840. */
const scope: Partial<PlexMedia> = { ...fourK, height: 1608 }
const fourKRungs = ['2160p-40000k', '2160p-30000k', '2160p-20000k']
const rung = (name: string) => parseQuality(name)?.rung ?? ladder[0]!

const given = (media: Partial<PlexMedia>) => ({
  ...makeMedia(media, [
    { kind: 'video', codec: media.videoCodec ?? 'h264' },
    { kind: 'audio', codec: 'aac', id: '2' },
  ]),
  shelf: makeShelf({}),
  key: null,
  connection: 'lan' as const,
  capabilities: chromiumCapabilities,
  limit: null,
})
const rows = (media: Partial<PlexMedia>): readonly QualityOption[] => buildQualityOptions(given(media))
const variants = (media: Partial<PlexMedia>) =>
  ladderVariants({ found: makeMedia(media), shelf: new Map(), own: asQuality('720p-4000k') })

describe('a 4K source', () => {
  it.each([
    ['3840 × 2160', fourK],
    ['3840 × 1608', scope],
  ])(
    'of %s offers all its rungs above 1080p, the 20 Mbps one at once, and the whole ladder below',
    (_, media) => {
      const listed = rows(media)
      expect(listed.map(({ quality }) => quality)).toEqual(['original', ...ladder.map(({ name }) => name)])
      const above = listed.filter(({ quality }) => quality.startsWith('2160p'))
      expect(
        above.map(({ quality, label, outcome, isDefault, unavailable }) => [
          quality,
          label,
          outcome,
          isDefault,
          unavailable,
        ]),
      ).toEqual([
        ['2160p-40000k', '2160p · 40 Mbps', 'transcode', false, undefined],
        ['2160p-30000k', '2160p · 30 Mbps', 'transcode', false, undefined],
        ['2160p-20000k', '2160p · 20 Mbps', 'transcode', true, undefined],
      ])
    },
  )

  it('of few bits marks the rungs that would weigh more than it does', () => {
    const marked = rows({ ...fourK, bitrateKbps: 25_000 }).filter(({ quality }) =>
      quality.startsWith('2160p'),
    )
    expect(marked.map(({ unavailable }) => unavailable)).toEqual([
      'quality-above-source',
      'quality-above-source',
      undefined,
    ])
  })

  it('that the computer cannot show plays as the best rung of the default ones', () => {
    const planned = planQuality({
      ...given(fourK),
      defaultQuality: { lan: 'original', wan: '720p-4000k', relay: '480p-1500k' },
    })
    expect([planned?.quality, planned?.outcome]).toEqual(['2160p-20000k', 'transcode'])
  })

  it('has its rungs among those that a player changes between, in its own shape', () => {
    const listed = variants(scope)
    expect(listed.slice(-3).map(({ quality }) => quality)).toEqual(fourKRungs.toReversed())
    expect(listed.at(-1)?.size).toEqual({ width: 3840, height: 1608 })
    const playlist = writeMultivariant(listed.map((each) => ({ ...each, uri: `${each.quality}.m3u8` })))
    expect(playlist).toContain('RESOLUTION=3840x1608')
    expect(playlist).toContain('2160p-20000k.m3u8')
  })
})

describe('any other source', () => {
  it.each([
    ['1080p', { width: 1920, height: 1080, bitrateKbps: 60_000 }],
    ['1440p', { width: 2560, height: 1440, bitrateKbps: 60_000 }],
  ])('of %s has no rung above 1080p, however many bits it has', (_, media) => {
    expect(rows(media).filter(({ quality }) => quality.startsWith('2160p'))).toEqual([])
    expect(variants(media).filter(({ quality }) => quality.startsWith('2160p'))).toEqual([])
  })
})

describe('what a 4K rung is called and asked for', () => {
  it('is 20 Mbps under its short name, also with tracks', () => {
    expect(parseQuality('2160p')?.quality).toBe('2160p-20000k')
    expect(parseQuality('2160p.a3.s4')?.quality).toBe('2160p-20000k.a3.s4')
    expect(parseQuality('4k')).toBeNull()
  })

  it.each([
    ['2160p-40000k', 40_000],
    ['2160p-30000k', 30_000],
    ['2160p-20000k', 20_000],
  ])('%s asks the server for 3840 × 2160 at %i kbps, strictly, and has segments of its own', (name, kbps) => {
    const query = new Map(
      transcodeQuery({
        ratingKey: '1',
        mediaIndex: 0,
        partIndex: 0,
        rung: rung(name),
        audioStreamId: '2',
        burnsSubtitle: false,
        startMs: 0,
        sessionId: 's',
        location: 'lan',
        bufferKb: 102_400,
      }),
    )
    expect(query.get('videoResolution')).toBe('3840x2160')
    expect(query.get('maxVideoBitrate')).toBe(kbps)
    expect(query.get('videoQuality')).toBe(100)
    expect(query.get('X-Plex-Client-Profile-Extra')).toContain(`name=video.bitrate&value=${kbps}&`)
    const profiles = new Set(fourKRungs.map((each) => transcodeProfile(rung(each))))
    expect(profiles.size).toBe(fourKRungs.length)
  })

  it('keeps the shape and never grows', () => {
    expect(pictureOf(rung('2160p'), { width: 3840, height: 1608, bitrateKbps: null })).toEqual({
      width: 3840,
      height: 1608,
    })
    expect(pictureOf(rung('2160p'), { width: 7680, height: 4320, bitrateKbps: null })).toEqual({
      width: 3840,
      height: 2160,
    })
  })
})
