import { describe, expect, it } from 'vitest'
import { asQuality, type ConnectionKind, type TimeRange } from '../../../../src-preload/contract/index.ts'
import { chromiumCapabilities } from '../capabilities.ts'
import { buildQualityOptions } from '../quality-options.ts'
import { makeMedia, makeShelf } from '../test-support/make-media.ts'
import { buildCandidates } from './build-candidates.ts'
import { reachFrom } from './reach.ts'

interface Given {
  readonly media?: Parameters<typeof makeMedia>[0]
  readonly streams?: Parameters<typeof makeMedia>[1]
  readonly shelf?: Parameters<typeof makeShelf>[0]
  readonly playing?: string
  readonly connection?: ConnectionKind
  readonly present?: Readonly<Record<string, readonly TimeRange[]>>
}

function build({
  media,
  streams,
  shelf = {},
  playing = 'original',
  connection = 'lan',
  present = {},
}: Given) {
  return buildCandidates({
    options: buildQualityOptions({
      key: null,
      ...makeMedia(media, streams),
      shelf: makeShelf(shelf),
      connection,
      capabilities: chromiumCapabilities,
      limit: null,
    }),
    playing: asQuality(playing),
    isReachable: connection !== 'offline',
    positionMs: 10_000,
    durationMs: 60_000,
    endMs: 20_000,
    present: new Map(Object.entries(present).map(([name, ranges]) => [asQuality(name), ranges])),
  })
}
const names = (given: Given) => build(given).map(({ quality }) => quality as string)

describe('buildCandidates', () => {
  it('takes Original and the default rungs below it', () => {
    expect(names({})).toEqual(['original', '1080p-8000k', '720p-4000k', '480p-1500k', '360p-720k'])
  })

  it('leaves out rungs that cost as much as the file, unless they play or something of them is here', () => {
    const media = { bitrateKbps: 1200, height: 1080 }
    expect(names({ media })).toEqual(['original', '360p-720k'])
    expect(names({ media, playing: '480p-1500k' })).toEqual(['original', '480p-1500k', '360p-720k'])
    expect(names({ media, shelf: { '240p-320k': ['partial', 9, null] } })).toContain('240p-320k')
  })

  it('leaves out a file that does not play here, and then nothing for its rate', () => {
    const media = { bitrateKbps: 1200 }
    const streams = [{ kind: 'video', codec: 'mpeg2video' }] as const
    expect(names({ media, streams, playing: '480p-1500k' })).toEqual([
      '720p-4000k',
      '480p-1500k',
      '360p-720k',
    ])
  })

  it('keeps the tracks that play', () => {
    const shelf = { '480p-1500k.a7': ['partial', 9, null], '720p-4000k': ['complete', 9, 9] } as const
    expect(names({ shelf, playing: '720p-4000k.a7' })).toEqual([
      '1080p-8000k.a7',
      '720p-4000k.a7',
      '480p-1500k.a7',
      '360p-720k.a7',
    ])
  })

  it('says how far each copy reaches, from the picture and from where the present one ends', () => {
    const shelf = { '480p-1500k': ['partial', 9, null], '720p-4000k': ['complete', 9, 9] } as const
    const present = { '480p-1500k': [{ startMs: 18_000, endMs: 30_000 }] }
    const all = build({ shelf, present, connection: 'offline' })
    const of = (name: string) => all.find(({ quality }) => quality === asQuality(name))
    expect(of('480p-1500k')).toMatchObject({
      hereMs: 0,
      beyondMs: 10_000,
      isServed: false,
      isConverted: true,
    })
    expect(of('720p-4000k')).toMatchObject({ hereMs: 50_000, beyondMs: 40_000 })
  })
})

describe('reachFrom', () => {
  const ranges = [
    { startMs: 0, endMs: 9_000 },
    { startMs: 12_000, endMs: 59_000 },
  ]
  it.each([
    [0, 9000],
    [8999, 1],
    [9000, 0],
    [11_700, 0],
    [11_900, 48_100],
    [30_000, 30_000],
    [60_000, 0],
  ])('from %d ms it reaches %d ms', (fromMs, reach) => expect(reachFrom(ranges, fromMs, 60_000)).toBe(reach))

  it('an end that is missing by a little is an end; one by more is not', () => {
    expect(reachFrom([{ startMs: 0, endMs: 59_000 }], 0, 60_000)).toBe(60_000)
    expect(reachFrom([{ startMs: 0, endMs: 58_000 }], 0, 60_000)).toBe(58_000)
  })
})
