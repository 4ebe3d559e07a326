import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SpoolError } from '../../spool-error.ts'
import { parseMediaPlaylist, parsePlaylist } from './parse-playlist.ts'
import {
  gridOfPlaylist,
  gridOfText,
  gridSignature,
  gridText,
  segmentAt,
  segmentGrid,
  type SegmentGrid,
} from './segment-grid.ts'
import { parseSegmentName, segmentName } from './segment-name.ts'
import { newStrand } from './strand.ts'
import { strandPlaylist } from './strand-playlists.ts'
import { writePlaylist } from './write-playlist.ts'

const header = '#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:0\n'
const vod = (...lines: string[]): string => `${header}${lines.join('\n')}\n#EXT-X-ENDLIST\n`

/** Durations in µs; runs of equal ones, as servers list them. */
const durations = fc
  .array(fc.tuple(fc.integer({ min: 10_001, max: 12_000_000 }), fc.integer({ min: 1, max: 40 })), {
    minLength: 1,
    maxLength: 8,
  })
  .map((runs) => runs.flatMap(([durationUs, count]) => Array<number>(count).fill(durationUs)))
const grids: fc.Arbitrary<SegmentGrid> = fc
  .tuple(fc.constantFrom('ts' as const, 'fmp4' as const), fc.integer({ min: 12, max: 60 }), durations)
  .map(([container, targetDurationS, durationsUs]) => segmentGrid(container, targetDurationS, durationsUs))

/** The local playlist of a title, as text. */
function localText(grid: SegmentGrid): string {
  const strand = newStrand(1, grid, null, null)
  return writePlaylist(strandPlaylist([strand], strand))
}

/** Null, or the code of what was thrown: anything but a SpoolError fails the test. */
function refusal(text: string): string | null {
  try {
    parsePlaylist(text)
    return null
  } catch (error) {
    if (error instanceof SpoolError) return error.code
    throw error
  }
}

describe('parsePlaylist', () => {
  it('reads what a Plex server sends', () => {
    const text = vod(
      '#EXT-X-ALLOW-CACHE:NO',
      '#EXTINF:4.004000,',
      '00000.ts',
      '#EXTINF:2.500000, nodesc',
      '00001.ts?X-Plex-Token=abc',
    )
    expect(parsePlaylist(text.replaceAll('\n', '\r\n'))).toEqual(parsePlaylist(text))
    expect(parseMediaPlaylist(text)).toMatchObject({
      kind: 'media',
      targetDurationS: 4,
      segments: [
        {
          uri: '00000.ts',
          durationUs: 4_004_000,
          map: null,
          key: null,
          byteRange: null,
          isDiscontinuity: false,
        },
        { uri: '00001.ts?X-Plex-Token=abc', durationUs: 2_500_000 },
      ],
    })
  })

  it('keeps what Plex does not use today', () => {
    const text = vod(
      '#EXT-X-MAP:URI="header",BYTERANGE="720@0"',
      '#EXT-X-KEY:METHOD=AES-128,URI="key",IV=0x000000000000000000000000000000ff',
      '#EXT-X-BYTERANGE:1000@720',
      '#EXTINF:4,',
      'all.mp4',
      '#EXT-X-DISCONTINUITY',
      '#EXTINF:4,',
      '1.m4s',
    )
    expect(parseMediaPlaylist(text).segments).toMatchObject([
      {
        map: { uri: 'header', byteRange: { offsetBytes: 0, lengthBytes: 720 } },
        key: { method: 'AES-128', uri: 'key', iv: '000000000000000000000000000000ff' },
        byteRange: { offsetBytes: 720, lengthBytes: 1000 },
        isDiscontinuity: false,
      },
      { isDiscontinuity: true, byteRange: null },
    ])
  })

  it('tells a list of variants, and makes addresses absolute on request', () => {
    const text =
      '#EXTM3U\n#EXT-X-STREAM-INF:PROGRAM-ID=1,BANDWIDTH=3538000,RESOLUTION=1280x720,FRAME-RATE=60\nsession/a/base/index.m3u8\n'
    expect(parsePlaylist(text, 'http://plex:32400/video/start.m3u8?x=1')).toEqual({
      kind: 'master',
      variants: [
        {
          uri: 'http://plex:32400/video/session/a/base/index.m3u8',
          bandwidthBps: 3_538_000,
          width: 1280,
          height: 720,
        },
      ],
    })
    expect(() => parseMediaPlaylist(text)).toThrow(SpoolError)
  })

  it.each([
    ['nothing', ''],
    ['a web page', '<html>#EXTM3U</html>'],
    ['a page that pretends', '#EXTM3U-but-not-really\n#EXT-X-ENDLIST'],
    ['no segments', vod()],
    ['no end', `${header}#EXTINF:4,\n0.ts\n`],
    ['a growing one', vod('#EXT-X-PLAYLIST-TYPE:EVENT', '#EXTINF:4,', '0.ts')],
    ['no target duration', '#EXTM3U\n#EXTINF:4,\n0.ts\n#EXT-X-ENDLIST'],
    ['a segment without duration', vod('#EXTINF:4,', '0.ts', '1.ts')],
    ['a duration of 0', vod('#EXTINF:0,', '0.ts')],
    ['a negative duration', vod('#EXTINF:-4,', '0.ts')],
    ['a duration that is no number', vod('#EXTINF:abc,', '0.ts')],
    ['a duration of a week', vod('#EXTINF:604800,', '0.ts')],
    ['an unsound key', vod('#EXT-X-KEY:METHOD=AES-128,URI="k",IV=0x1', '#EXTINF:4,', '0.ts')],
    ['far too much', vod('#EXTINF:4,', 'x'.repeat(17 * 1024 * 1024))],
    ['too many segments', vod('#EXTINF:4,\n0.ts\n'.repeat(100_001))],
  ])('refuses %s', (_, text) => {
    expect(refusal(text)).toBe('bad-playlist')
  })

  it('throws nothing but bad-playlist, whatever it is given', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom(
        ...[
          '#EXTM3U',
          '#EXTINF:4,',
          '#EXTINF:',
          '#EXT-X-ENDLIST',
          '#EXT-X-KEY:METHOD=AES-128',
          '#EXT-X-MAP:',
        ],
        ...[
          '#EXT-X-BYTERANGE:',
          '#EXT-X-KEY:METHOD=SAMPLE-AES,KEYFORMAT="com.apple"',
          '0.ts',
          '#EXT-X-STREAM-INF:',
        ],
        ...[
          '#EXT-X-MEDIA:TYPE=AUDIO',
          '#EXT-X-DATERANGE:ID="a"',
          '#EXT-X-PROGRAM-DATE-TIME:never',
          '#EXT-X-SKIP:',
        ],
        ...[
          '#EXT-X-TARGETDURATION:4',
          '#EXT-X-MEDIA-SEQUENCE:x',
          '#EXT-X-PART:DURATION=1',
          '#EXT-X-DEFINE:NAME="a"',
        ],
      ),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        expect([null, 'bad-playlist']).toContain(refusal(['#EXTM3U', ...lines].join('\n')))
      }),
      { numRuns: 500 },
    )
  })

  it('survives a sound playlist with pieces cut out, put in or doubled', () => {
    const edit = fc.tuple(fc.nat(), fc.nat(20), fc.string({ maxLength: 8 }))
    fc.assert(
      fc.property(grids, fc.array(edit, { minLength: 1, maxLength: 4 }), (grid, edits) => {
        let text = localText(grid)
        for (const [at, length, piece] of edits) {
          const place = at % text.length
          text = text.slice(0, place) + piece + text.slice(place + length)
        }
        expect([null, 'bad-playlist']).toContain(refusal(text))
      }),
    )
  })
})

describe('writePlaylist', () => {
  it('writes local names only', () => {
    expect(localText(segmentGrid('ts', 4, [4_000_000, 2_960_000]))).toBe(
      [
        ...['#EXTM3U', '#EXT-X-VERSION:3', '#EXT-X-TARGETDURATION:4', '#EXT-X-MEDIA-SEQUENCE:0'],
        ...[
          '#EXT-X-PLAYLIST-TYPE:VOD',
          '#EXTINF:4.000000,',
          '0.ts',
          '#EXTINF:2.960000,',
          '1.ts',
          '#EXT-X-ENDLIST',
          '',
        ],
      ].join('\n'),
    )
    expect(localText(segmentGrid('fmp4', 1, [2_700_000]))).toContain(
      '#EXT-X-TARGETDURATION:3\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:2.700000,\n0.m4s\n',
    )
  })

  it('reads back as the same grid', () => {
    fc.assert(
      fc.property(grids, (grid) => {
        expect(gridOfPlaylist(parseMediaPlaylist(localText(grid)))).toEqual(grid)
      }),
    )
  })

  it('lets nothing of server, session or token through', () => {
    const secret = fc.stringMatching(/^[a-z0-9]{12,20}$/)
    fc.assert(
      fc.property(durations, secret, secret, secret, (durationsUs, host, session, token) => {
        const lines = durationsUs.flatMap((durationUs, seq) => [
          `#EXTINF:${durationUs / 1e6},${token}`,
          `http://${host}:32400/session/${session}/${seq}.ts?X-Plex-Token=${token}`,
        ])
        const playlist = parseMediaPlaylist(
          vod(`#EXT-X-MAP:URI="http://${host}/${session}/header"`, ...lines),
        )
        const text = localText(gridOfPlaylist(playlist))
        for (const line of text.split('\n').filter((each) => each !== ''))
          expect(line).toMatch(
            /^(#EXTM3U|#EXT-X-[A-Z-]+(:[\d]+|:VOD|:URI="init\.mp4")?|#EXTINF:\d+\.\d{6},|\d+\.m4s)$/,
          )
      }),
      { numRuns: 50 },
    )
  })
})

describe('segment grid', () => {
  it('has a text that reads back, shorter than the playlist', () => {
    fc.assert(
      fc.property(grids, (grid) => {
        expect(gridOfText(gridText(grid))).toEqual(grid)
      }),
    )
    expect(gridText(segmentGrid('ts', 4, [4_000_000, 4_000_000, 4_000_000, 2_960_000]))).toBe(
      'ts;4;4000000*3,2960000',
    )
  })

  it('answers null for any other text', () => {
    for (const text of [
      '',
      'ts',
      'ts;4;',
      'ts;0;1',
      'avi;4;1',
      'ts;4;1*',
      'ts;4;0',
      'ts;4;1*0',
      'ts;4;1*100001',
      'ts;4;-1',
    ])
      expect(gridOfText(text)).toBeNull()
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(gridOfText(text)).toBeNull()
      }),
    )
  })

  it('has one signature per meaning of an index', () => {
    const base = segmentGrid('ts', 4, [4_000_000, 4_000_000, 1_500_000])
    const others = [
      segmentGrid('fmp4', 4, base.durationsUs),
      segmentGrid('ts', 5, base.durationsUs),
      segmentGrid('ts', 4, [4_000_000, 4_000_000]),
      segmentGrid('ts', 4, [4_000_000, 4_000_000, 1_501_000]),
      segmentGrid('ts', 4, [4_000_000, 1_500_000, 4_000_000]),
    ]
    expect(new Set([base, ...others].map(gridSignature)).size).toBe(6)
    expect(gridSignature(segmentGrid('ts', 4, [4_000_000, 4_000_000, 1_500_400]))).toBe(gridSignature(base))
  })

  it.each([
    ['keys', '#EXT-X-KEY:METHOD=AES-128,URI="k"\n#EXTINF:4,\n0.ts'],
    ['byte ranges', '#EXT-X-BYTERANGE:10@0\n#EXTINF:4,\n0.ts'],
    ['discontinuities', '#EXTINF:4,\n0.ts\n#EXT-X-DISCONTINUITY\n#EXTINF:4,\n1.ts'],
    [
      'two initialisation parts',
      '#EXT-X-MAP:URI="a"\n#EXTINF:4,\n0.m4s\n#EXT-X-MAP:URI="b"\n#EXTINF:4,\n1.m4s',
    ],
  ])('refuses what cannot be kept by index: %s', (_, lines) => {
    const playlist = parseMediaPlaylist(vod(lines))
    expect(() => gridOfPlaylist(playlist)).toThrow(expect.objectContaining({ code: 'bad-playlist' }) as Error)
  })
})

describe('segment names', () => {
  it('name every piece once, and nothing else', () => {
    const containers = fc.constantFrom('ts' as const, 'fmp4' as const)
    const strandIds = fc.option(fc.integer({ min: 1, max: 1e9 }))
    fc.assert(
      fc.property(containers, fc.integer({ min: -1, max: 99_999 }), strandIds, (container, seq, strandId) => {
        fc.pre(container === 'fmp4' || seq >= 0)
        const name = segmentName(container, seq, strandId)
        expect(parseSegmentName(name)).toEqual({ container, seq, strandId })
      }),
    )
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^(init|\d{1,3})(-s\d)?\.(ts|m4s|mp4)$/)),
        (name) => {
          const parsed = parseSegmentName(name)
          if (parsed !== null) expect(segmentName(parsed.container, parsed.seq, parsed.strandId)).toBe(name)
        },
      ),
    )
    for (const name of ['00.ts', '-1.ts', '0.ts?x=1', '../0.ts', 'init.ts', '0.mp4', '0-s0.ts', '0-s.ts', ''])
      expect(parseSegmentName(name)).toBeNull()
  })
})

it('finds the segment that is on at a time', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 20_000, max: 20_000_000 }), { minLength: 1 }), (durationsUs) => {
      const grid = segmentGrid('ts', 20, durationsUs)
      for (const seq of durationsUs.keys()) {
        const [startUs = 0, endUs = 0] = [grid.startsUs[seq], grid.startsUs[seq + 1]]
        expect(segmentAt(grid, Math.ceil(startUs / 1000))).toBe(seq)
        expect(segmentAt(grid, (startUs + endUs) / 2000)).toBe(seq)
      }
      expect(segmentAt(grid, 1e9)).toBe(durationsUs.length - 1)
    }),
  )
})
