import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asQuality, type ConnectionKind, type EntryState } from '../../../src-preload/contract/index.ts'
import type { PlexMedia, PlexStream } from '../plex/model.ts'
import { chromiumCapabilities } from './capabilities.ts'
import { isAboveSource, ladder } from './ladder.ts'
import { planQuality } from './planner.ts'
import { parseQuality } from './quality-name.ts'
import { relayLimit, type SourceLimit } from './source-limit.ts'
import { makeMedia, makeShelf } from './test-support/make-media.ts'

const defaults = { lan: 'original', wan: '720p-4000k', relay: '480p-1500k' }

interface Given {
  readonly media?: Partial<PlexMedia>
  readonly streams?: readonly Partial<PlexStream>[]
  readonly connection?: ConnectionKind
  readonly defaultQuality?: Partial<typeof defaults>
  readonly limit?: SourceLimit
  readonly shelf?: Parameters<typeof makeShelf>[0]
}
const plan = (given: Given) =>
  planQuality({
    ...makeMedia(given.media, given.streams),
    key: null,
    limit: given.limit ?? null,
    capabilities: chromiumCapabilities,
    connection: given.connection ?? 'lan',
    defaultQuality: { ...defaults, ...given.defaultQuality },
    shelf: makeShelf(given.shelf ?? {}),
  })

const withAudio = (codec: string): Given => ({
  media: { audioCodec: codec },
  streams: [{ kind: 'video' }, { kind: 'audio', codec, id: '2' }],
})
const small: Given = { media: { width: 640, height: 360, bitrateKbps: 500, videoResolution: '360' } }
const automatic = { lan: 'automatic', wan: 'automatic', relay: 'automatic' }

describe('planQuality', () => {
  const table: readonly (readonly [string, Given, string | null, string, string])[] = [
    ['takes the default of the connection', {}, 'original', 'direct-play', 'default'],
    ['wan', { connection: 'wan' }, '720p-4000k', 'transcode', 'default'],
    ['relay', { connection: 'relay' }, '480p-1500k', 'transcode', 'default'],
    ['AC-3 is silent', withAudio('ac3'), '1080p-8000k', 'transcode', 'not-direct-playable'],
    ['E-AC-3 is silent', withAudio('eac3'), '1080p-8000k', 'transcode', 'not-direct-playable'],
    ['DTS is silent', withAudio('dca'), '1080p-8000k', 'transcode', 'not-direct-playable'],
    [
      'HEVC has no picture',
      { media: { videoCodec: 'hevc' }, streams: [{ kind: 'video', codec: 'hevc' }] },
      '1080p-8000k',
      'transcode',
      'not-direct-playable',
    ],
    [
      'a small file with DTS and no default rung below it in its frame',
      { media: { ...small.media, audioCodec: 'dca', bitrateKbps: 1600 }, streams: [] },
      '360p-720k',
      'transcode',
      'not-direct-playable',
    ],
    ['automatic on lan', { defaultQuality: automatic }, 'original', 'direct-play', 'automatic'],
    [
      'automatic on wan',
      { defaultQuality: automatic, connection: 'wan' },
      '1080p-8000k',
      'transcode',
      'automatic',
    ],
    [
      'automatic with DTS on lan',
      { ...withAudio('dca'), defaultQuality: automatic },
      '1080p-8000k',
      'transcode',
      'automatic',
    ],
    [
      'a default above a file that fits',
      { ...small, connection: 'wan' },
      'original',
      'direct-play',
      'above-source',
    ],
    [
      'a default above a file that does not play directly falls to the next rung below',
      { media: { ...small.media, audioCodec: 'ac3' }, streams: [], connection: 'wan' },
      '240p-320k',
      'transcode',
      'above-source',
    ],
    [
      'a default as tall as a fat file is not above it',
      { media: { width: 1280, height: 720, bitrateKbps: 9000 }, connection: 'wan' },
      '720p-4000k',
      'transcode',
      'default',
    ],
    ['offline with nothing', { connection: 'offline' }, null, '', ''],
    [
      'offline: Original before a rung',
      {
        connection: 'offline',
        shelf: { '720p-4000k': ['complete', 9, 9], original: ['complete', 99, 99] },
      },
      'original',
      'direct-play',
      'complete-copy',
    ],
    [
      'offline: a whole rung before half an Original',
      {
        connection: 'offline',
        shelf: { original: ['partial', 50, 99], '480p-1500k': ['complete', 9, 9] },
      },
      '480p-1500k',
      'transcode',
      'complete-copy',
    ],
    [
      'offline: the fullest part',
      {
        connection: 'offline',
        shelf: { original: ['partial', 10, 99], '480p-1500k': ['partial', 8, 9] },
      },
      '480p-1500k',
      'transcode',
      'partial-copy',
    ],
    [
      'offline: what plays before what is silent',
      {
        ...withAudio('ac3'),
        connection: 'offline',
        shelf: { original: ['complete', 99, 99], '480p-1500k': ['partial', 1, 9] },
      },
      '480p-1500k',
      'transcode',
      'partial-copy',
    ],
    [
      'offline: an entry that holds nothing is nothing',
      { connection: 'offline', shelf: { original: ['filling', 0, 99] } },
      null,
      '',
      '',
    ],
    [
      'online: a whole better copy costs nothing',
      { connection: 'wan', shelf: { original: ['complete', 99, 99] } },
      'original',
      'direct-play',
      'complete-copy',
    ],
    [
      'online: a whole lesser copy does not stand in for Original',
      { shelf: { '720p-4000k': ['complete', 9, 9] } },
      'original',
      'direct-play',
      'default',
    ],
    [
      'online: a better copy that is silent is no better',
      { ...withAudio('ac3'), connection: 'wan', shelf: { original: ['complete', 99, 99] } },
      '720p-4000k',
      'transcode',
      'default',
    ],
    [
      'Original of more than the server sends gives way',
      { limit: { maxKbps: 5000, cause: 'server' } },
      '720p-4000k',
      'transcode',
      'over-limit',
    ],
    [
      'Original over a relay gives way, whatever the settings say',
      { connection: 'relay', defaultQuality: { relay: 'original' }, limit: relayLimit },
      '480p-1500k',
      'transcode',
      'over-limit',
    ],
    [
      'a limit below every rung leaves the lowest',
      { limit: { maxKbps: 100, cause: 'server' } },
      '240p-320k',
      'transcode',
      'over-limit',
    ],
    [
      'a limit concerns nothing that is here',
      { limit: { maxKbps: 5000, cause: 'server' }, shelf: { original: ['complete', 99, 99] } },
      'original',
      'direct-play',
      'complete-copy',
    ],
  ]
  it.each(table)('%s', (_, given, quality, outcome, reason) => {
    expect(plan(given)).toEqual(quality === null ? null : { quality, outcome, reason })
  })

  const anyMedia = fc.record({
    bitrateKbps: fc.option(fc.integer({ min: 100, max: 90_000 })),
    width: fc.option(fc.integer({ min: 100, max: 4096 })),
    height: fc.option(fc.integer({ min: 100, max: 2200 })),
    videoCodec: fc.option(fc.constantFrom('h264', 'hevc', 'vc1', 'av1')),
    audioCodec: fc.option(fc.constantFrom('aac', 'ac3', 'dca', 'flac')),
    container: fc.option(fc.constantFrom('mp4', 'mkv', 'avi')),
  })
  const anyDefault = fc.constantFrom('automatic', 'original', ...ladder.map((step) => step.name as string))
  const anyState = fc.constantFrom<EntryState>('partial', 'filling', 'complete', 'failed')
  const anyShelf = fc.dictionary(
    fc.constantFrom('original', ...ladder.map((step) => step.name as string)),
    anyState.map((state) => [state, 5, 9] as const),
    { maxKeys: 4 },
  )

  it('never picks what does not play while any rung does, nor a rung above the source', () => {
    fc.assert(
      fc.property(
        anyMedia,
        anyDefault,
        anyShelf,
        fc.constantFrom<ConnectionKind>('lan', 'wan', 'relay'),
        (media, name, shelf, connection) => {
          const defaultQuality = { lan: name, wan: name, relay: name }
          const planned = plan({ media, streams: [], connection, defaultQuality, shelf })
          const made = makeMedia(media, []).media
          if (planned === null) throw new Error('nothing planned')
          const rung = parseQuality(planned.quality)?.rung ?? null
          const isKept = planned.reason === 'complete-copy'
          if (rung && !isKept) expect(isAboveSource(rung, made)).toBe(false)
          if (planned.outcome === 'unplayable')
            expect(ladder.every((step) => isAboveSource(step, made))).toBe(true)
          if (isKept) expect(shelf[planned.quality]?.[0]).toBe('complete')
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('offline picks only what is kept, and something whenever something is', () => {
    fc.assert(
      fc.property(anyMedia, anyShelf, (media, shelf) => {
        const planned = plan({ media, streams: [], connection: 'offline', shelf })
        if (Object.keys(shelf).length === 0) expect(planned).toBeNull()
        else expect(shelf).toHaveProperty([planned?.quality ?? ''])
        const isWhole = Object.values(shelf).some(([state]) => state === 'complete')
        if (planned?.reason === 'partial-copy' && isWhole) expect(shelf['original']?.[0]).toBe('complete')
      }),
    )
  })
})

it('knows every default of the settings', () => {
  for (const name of Object.values(defaults)) expect(parseQuality(name)?.quality).toBe(asQuality(name))
})
