// @vitest-environment node
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type MediaPart, type QualityOption, asMediaId, asQuality } from '../../src-preload/contract/index.ts'
import { labelOfQuality, splitQuality, targetFor, trackWay, tracksPlaying } from './quality-tracks.ts'

const option = (quality: string, more: Partial<QualityOption> = {}): QualityOption => ({
  quality: asQuality(quality),
  label: quality === 'original' ? 'Original' : quality.replace('-', ' '),
  detail: '',
  outcome: 'transcode',
  bitrateKbps: null,
  bytesPresent: 0,
  bytesTotal: null,
  bytesTotalIsEstimate: true,
  complete: false,
  state: 'none',
  isPinned: false,
  isDefault: true,
  ...more,
})
const track = (
  streamId: string,
  kind: 'audio' | 'subtitle',
  url: string | null = null,
  isDefault = false,
) => ({
  streamId,
  kind,
  label: `track ${streamId}`,
  language: null,
  codec: 'x',
  isDefault,
  url,
})
const part: MediaPart = {
  mediaId: asMediaId('m'),
  durationMs: 60_000,
  automatic: asQuality('original'),
  qualities: [
    option('original', { outcome: 'direct-play' }),
    option('1080p-20000k', { unavailable: 'quality-above-source' }),
    option('1080p-8000k'),
    option('720p-4000k'),
    option('720p-4000k.a2', { complete: true }),
  ],
  thumbnailUrl: null,
  tracks: [
    track('1', 'audio', null, true),
    track('2', 'audio'),
    track('3', 'subtitle', '/subtitle/s/3.vtt'),
    track('4', 'subtitle'),
  ],
  chosen: { audioId: null, subtitleId: null },
}
const original = asQuality('original')
const rung = asQuality('720p-4000k')
const plain = { audioId: null, subtitleId: null }

describe('the quality for a wish and a choice of tracks', () => {
  test('is the wish for what everybody gets, and for subtitles beside the file', () => {
    for (const wish of ['automatic' as const, original, rung])
      for (const tracks of [plain, { audioId: '1', subtitleId: null }, { audioId: null, subtitleId: '3' }])
        expect(targetFor(part, wish, tracks)).toBe(wish)
  })

  test('names another sound and subtitles in the picture, in this order', () => {
    expect(targetFor(part, rung, { audioId: '2', subtitleId: '3' })).toBe('720p-4000k.a2')
    expect(targetFor(part, rung, { audioId: null, subtitleId: '4' })).toBe('720p-4000k.s4')
    expect(targetFor(part, rung, { audioId: '2', subtitleId: '4' })).toBe('720p-4000k.a2.s4')
  })

  test('is the best rung where the wish is the file, and none where there is none', () => {
    expect(targetFor(part, original, { audioId: '2', subtitleId: null })).toBe('1080p-8000k.a2')
    expect(targetFor(part, 'automatic', { audioId: '2', subtitleId: null })).toBe('1080p-8000k.a2')
    const bare = { ...part, qualities: part.qualities.slice(0, 2) }
    expect(targetFor(bare, original, { audioId: '2', subtitleId: null })).toBeNull()
  })

  test('comes back apart as it was put together', () => {
    const id = fc.option(fc.integer({ min: 1, max: 99_999 }).map(String))
    fc.assert(
      fc.property(
        fc.constantFrom('original', '720p-4000k', '2160p-40000k'),
        id,
        id,
        (base, audio, burned) => {
          const name = base + (audio === null ? '' : `.a${audio}`) + (burned === null ? '' : `.s${burned}`)
          expect(splitQuality(asQuality(name))).toEqual({ base, audioId: audio, burnedId: burned })
        },
      ),
    )
  })
})

test('what plays is what the quality says, and subtitles beside it', () => {
  const asked = { audioId: '2', subtitleId: '4' }
  expect(tracksPlaying(part, asQuality('720p-4000k'), asked)).toEqual(plain)
  expect(tracksPlaying(part, asQuality('720p-4000k.a2.s4'), asked)).toEqual(asked)
  expect(tracksPlaying(part, rung, { audioId: null, subtitleId: '3' })).toEqual({
    audioId: null,
    subtitleId: '3',
  })
})

test('every quality has a name for people', () => {
  expect(labelOfQuality(part, original)).toBe('Original')
  expect(labelOfQuality(part, asQuality('1080p-8000k.a2.s4'))).toBe('1080p 8000k · track 2 · track 4')
  expect(labelOfQuality(null, rung)).toBe('720p-4000k')
})

test('a row says how a track would come', () => {
  const other = { audioId: '2', subtitleId: null }
  expect(trackWay(part, original, plain, false)).toBe('as-it-is')
  expect(trackWay(part, original, other, true)).toBe('through-server')
  expect(trackWay(part, original, other, false)).toBe('needs-server')
  expect(trackWay(part, rung, other, false)).toBe('as-it-is')
  expect(trackWay({ ...part, qualities: [] }, original, other, true)).toBe('impossible')
})
