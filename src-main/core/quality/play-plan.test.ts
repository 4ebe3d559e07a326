import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ConnectionKind, PlayReasonCode } from '../../../src-preload/contract/index.ts'
import { decodeItems } from '../plex/decode/items.ts'
import type { PlexMedia, PlexStream } from '../plex/model.ts'
import { chromiumCapabilities, withoutCodec, type Capabilities } from './capabilities.ts'
import { isAboveSource, ladder } from './ladder.ts'
import { planPlayback, playsAsItIs, type PlayPlanInput } from './play-plan.ts'
import { original, parseQuality, type ParsedQuality } from './quality-name.ts'
import { relayLimit } from './source-limit.ts'
import { makeMedia } from './test-support/make-media.ts'

const named = (name: string): ParsedQuality => {
  const parsed = parseQuality(name)
  if (parsed === null) throw new Error(`${name} is no quality`)
  return parsed
}
const inputOf = (
  more: Partial<PlexMedia> = {},
  streams?: readonly Partial<PlexStream>[],
  rest: Partial<PlayPlanInput> = {},
): PlayPlanInput => {
  const { media, part } = makeMedia(more, streams)
  return {
    key: null,
    media,
    part: { ...part, container: media.container },
    capabilities: chromiumCapabilities,
    connection: 'lan',
    limit: null,
    ...rest,
  }
}
const planned = (input: PlayPlanInput, name = 'original'): readonly [string, string, string | null] => {
  const { outcome, reason } = planPlayback(named(name), input)
  return [outcome, reason.code, reason.subject]
}

describe('Original', () => {
  const video = (more: Partial<PlexStream>): Partial<PlexStream> => ({ kind: 'video', ...more })
  const sound = (codec: string, index: number, isDefault: boolean): Partial<PlexStream> => ({
    kind: 'audio',
    codec,
    index,
    isDefault,
  })
  const table: readonly (readonly [
    string,
    Partial<PlexMedia>,
    readonly Partial<PlexStream>[],
    string,
    PlayReasonCode,
    string | null,
  ])[] = [
    ['H.264 and AAC in MKV', { container: 'mkv' }, [], 'direct-play', 'as-it-is', null],
    ['a list of containers', { container: 'mov,mp4,m4a' }, [], 'direct-play', 'as-it-is', null],
    ['AVI', { container: 'avi' }, [], 'direct-stream', 'container', 'AVI'],
    ['MPEG-TS', { container: 'mpegts' }, [], 'direct-stream', 'container', 'MPEG-TS'],
    ['10 bit H.264', {}, [video({ bitDepth: 10 })], 'transcode', 'video-depth', 'H.264 10 bit'],
    ['10 bit AV1', {}, [video({ codec: 'av1', bitDepth: 10 })], 'direct-play', 'as-it-is', null],
    ['HEVC', { videoCodec: 'hevc' }, [], 'transcode', 'video-codec', 'HEVC'],
    ['HEVC before DTS', { videoCodec: 'hevc', audioCodec: 'dca' }, [], 'transcode', 'video-codec', 'HEVC'],
    ['HEVC before AVI', { videoCodec: 'hevc', container: 'avi' }, [], 'transcode', 'video-codec', 'HEVC'],
    ['MPEG-2', { videoCodec: 'mpeg2video' }, [], 'transcode', 'video-codec', 'MPEG-2'],
    [
      'a size no decoder has',
      { width: 30_000, height: 9000 },
      [],
      'transcode',
      'video-size',
      '30000 × 9000 H.264',
    ],
    ['AC-3', { audioCodec: 'ac3' }, [], 'direct-stream', 'audio-codec', 'AC-3'],
    ['E-AC-3', { audioCodec: 'eac3' }, [], 'direct-stream', 'audio-codec', 'E-AC-3'],
    ['DTS', { audioCodec: 'dca' }, [], 'direct-stream', 'audio-codec', 'DTS'],
    ['DTS-HD', { audioCodec: 'dca-ma' }, [], 'direct-stream', 'audio-codec', 'DTS-HD'],
    ['TrueHD', { audioCodec: 'truehd' }, [], 'direct-stream', 'audio-codec', 'TrueHD'],
    ['PCM', { audioCodec: 'pcm_s16le' }, [], 'direct-play', 'as-it-is', null],
    ['a silent film', { audioCodec: 'ac3' }, [video({})], 'direct-play', 'as-it-is', null],
    [
      'nothing known',
      { container: null, videoCodec: null, audioCodec: null },
      [],
      'direct-play',
      'as-it-is',
      null,
    ],
    [
      'a second track that nobody hears',
      {},
      [video({}), sound('aac', 1, true), sound('ac3', 2, false)],
      'direct-play',
      'as-it-is',
      null,
    ],
    [
      'a first track that is silent beside a default one that is not: the first plays',
      {},
      [video({}), sound('aac', 2, true), sound('ac3', 1, false)],
      'direct-stream',
      'audio-codec',
      'AC-3',
    ],
  ]
  it.each(table)('%s', (_, more, streams, outcome, code, subject) => {
    expect(planned(inputOf(more, streams))).toEqual([outcome, code, subject])
  })

  it('plays in an engine with a decoder what others cannot', () => {
    const hardware: Capabilities = {
      ...chromiumCapabilities,
      video: [...chromiumCapabilities.video, { codec: 'hevc', bitDepth: 10, width: 1920, height: 1088 }],
    }
    const hevc = (more: Partial<PlexMedia>): PlayPlanInput =>
      inputOf({ videoCodec: 'hevc', ...more }, [], { capabilities: hardware })
    expect(planned(hevc({}))[0]).toBe('direct-play')
    expect(planned(hevc({ width: 1080, height: 1920 }))[0]).toBe('direct-play')
    expect(planned(hevc({ width: 3840, height: 2160 }))).toEqual([
      'transcode',
      'video-size',
      '3840 × 2160 HEVC',
    ])
  })

  it('is not offered once it was seen to show or sound nothing', () => {
    const key = { sourceId: 's', mediaId: '1:2:3' }
    const found = (missing: 'picture' | 'sound'): PlayPlanInput =>
      inputOf({}, undefined, {
        key,
        capabilities: { ...chromiumCapabilities, undecodable: new Map([['s\n1:2:3', missing]]) },
      })
    expect(planned(found('sound'))).toEqual(['direct-stream', 'found-no-sound', null])
    expect(planned(found('picture'))).toEqual(['transcode', 'found-no-picture', null])
    expect(planned({ ...found('sound'), key: { ...key, mediaId: '1:2:4' } })[0]).toBe('direct-play')
  })

  it('names what the way does not carry', () => {
    expect(planned(inputOf({}, undefined, { limit: relayLimit, connection: 'relay' }))).toEqual([
      'direct-play',
      'relay-limit',
      '2 Mbps',
    ])
    expect(planned(inputOf({}, undefined, { limit: { maxKbps: 3000, cause: 'server' } }))[1]).toBe(
      'server-limit',
    )
    expect(planned(inputOf({}, undefined, { connection: 'offline' }))[1]).toBe('offline')
  })
})

describe('a rung', () => {
  it('is converted, unless it is above the source, the limit, or what the engine plays', () => {
    expect(planned(inputOf(), '720p')).toEqual(['transcode', 'converted', null])
    expect(planned(inputOf(), '2160p')).toEqual(['transcode', 'above-source', null])
    expect(planned(inputOf({}, undefined, { limit: relayLimit }), '720p')).toEqual([
      'transcode',
      'relay-limit',
      '2 Mbps',
    ])
    expect(planned(inputOf({}, undefined, { limit: relayLimit }), '480p')[1]).toBe('converted')
    const capabilities = { ...chromiumCapabilities, playsRungs: false }
    expect(planned(inputOf({}, undefined, { capabilities }), '720p')).toEqual([
      'unplayable',
      'no-rungs',
      null,
    ])
    expect(planned(inputOf({}, [{ kind: 'audio', codec: 'flac' }]), '720p')).toEqual([
      'unplayable',
      'no-picture',
      null,
    ])
  })
})

describe('what was found out by playing', () => {
  it('is the codec’s fault only where Chromium does not always have it', () => {
    const promised = { ...chromiumCapabilities, audio: [...chromiumCapabilities.audio, 'ac3', 'dca'] }
    expect(withoutCodec(promised, { missing: 'sound', codec: 'ac3' }).audio).not.toContain('ac3')
    expect(withoutCodec(promised, { missing: 'sound', codec: 'dca-ma' }).audio).not.toContain('dca')
    expect(withoutCodec(promised, { missing: 'sound', codec: 'aac' })).toBe(promised)
    const hevc = { codec: 'hevc', bitDepth: 10, width: 1, height: 1 }
    const some = { ...promised, video: [...promised.video, hevc, { ...hevc, bitDepth: 8 }] }
    const left = withoutCodec(some, { missing: 'picture', codec: 'hevc', bitDepth: 10 }).video
    expect(left.filter(({ codec }) => codec === 'hevc').map(({ bitDepth }) => bitDepth)).toEqual([8])
    expect(withoutCodec(some, { missing: 'picture', codec: 'h264', bitDepth: 8 })).toBe(some)
  })
})

/** Every version of every title that a real server was recorded to send. */
const recorded = [
  'collection-children',
  'film-1.25',
  'film-1.31',
  'film-before',
  'films-1.25',
  'library-all-spec',
  'section-films',
  'section-with-meta',
  'decision-direct-play',
]
  .flatMap((name) => {
    const file = join(import.meta.dirname, `../plex/fixtures/${name}.json`)
    return decodeItems(JSON.parse(readFileSync(file, 'utf8')))
  })
  .flatMap((item) => item.media.flatMap((media) => media.parts.map((part) => ({ media, part }))))

describe('every recorded file', () => {
  const qualities = ['original', ...ladder.map((step) => step.name as string)].map(named)
  const anyEngine = fc.record({
    containers: fc.subarray(['mp4', 'mkv', 'mov', 'avi', 'webm', 'm4v']),
    video: fc.array(
      fc.record({
        codec: fc.constantFrom('h264', 'hevc', 'av1', 'mpeg4', 'vc1'),
        bitDepth: fc.constantFrom(8, 10),
        width: fc.constantFrom(1920, 3840, 16_384),
        height: fc.constantFrom(1088, 2160, 16_384),
      }),
    ),
    audio: fc.subarray(['aac', 'ac3', 'eac3', 'dca', 'mp3', 'flac', 'truehd']),
    playsRungs: fc.boolean(),
    undecodable: fc.constant(new Map()),
  })

  it('are enough to mean something', () => {
    expect(recorded.length).toBeGreaterThan(10)
    expect(new Set(recorded.map(({ media }) => media.videoCodec)).size).toBeGreaterThan(1)
  })

  it('has a plan in every engine, over every connection, whose reason fits its outcome', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...recorded),
        anyEngine,
        fc.constantFrom<ConnectionKind>('lan', 'wan', 'relay', 'offline'),
        fc.option(fc.integer({ min: 100, max: 50_000 })),
        fc.constantFrom(...qualities),
        ({ media, part }, capabilities, connection, maxKbps, quality) => {
          const limit = maxKbps === null ? null : ({ maxKbps, cause: 'server' } as const)
          const input: PlayPlanInput = { key: null, media, part, capabilities, connection, limit }
          const plan = planPlayback(quality, input)
          const { code, subject } = plan.reason
          if (quality.quality !== original) {
            expect(['transcode', 'unplayable']).toContain(plan.outcome)
            if (quality.rung && isAboveSource(quality.rung, media) && plan.outcome === 'transcode')
              expect(code).toBe('above-source')
            return
          }
          expect(['direct-play', 'direct-stream', 'transcode']).toContain(plan.outcome)
          // What is blamed is really not among what the engine has.
          if (code === 'container') expect(capabilities.containers).not.toContain(part.container)
          if (code === 'video-codec')
            expect(capabilities.video.map(({ codec }) => codec)).not.toContain(media.videoCodec)
          expect(playsAsItIs(plan)).toBe(['as-it-is', 'offline', 'server-limit'].includes(code))
          if (!['as-it-is', 'offline'].includes(code)) expect(subject).not.toBeNull()
          // More decoders never make it worse.
          const better = planPlayback(quality, {
            ...input,
            capabilities: {
              ...capabilities,
              containers: [
                ...capabilities.containers,
                ...(part.container ?? media.container ?? '').split(','),
              ],
            },
          })
          if (playsAsItIs(plan)) expect(playsAsItIs(better)).toBe(true)
          expect(better.reason.code).not.toBe('container')
        },
      ),
      { numRuns: 3000 },
    )
  })
})
