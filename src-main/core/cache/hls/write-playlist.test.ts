import { execFileSync } from 'node:child_process'
import { createCipheriv, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findFfmpeg } from '../../../../demo/media/run-ffmpeg.ts'
import { parseMediaPlaylist } from './parse-playlist.ts'
import type { MediaPlaylist, PlaylistKey, PlaylistSegment } from './playlist-model.ts'
import { makeFmp4Segments, makeTsSegments } from './test-support/make-segments.ts'
import { writePlaylist } from './write-playlist.ts'

const uris = fc.stringMatching(/^[a-z0-9][a-z0-9./-]{0,11}$/)
const ranges = fc.option(
  fc.record({ offsetBytes: fc.nat(1e9), lengthBytes: fc.integer({ min: 1, max: 1e9 }) }),
)
const ivs = fc.stringMatching(/^[0-9a-f]{32}$/)
const keys: fc.Arbitrary<PlaylistKey | null> = fc.option(
  fc.record({ method: fc.constant('AES-128'), uri: uris, iv: fc.option(ivs) }),
)
/** An encrypted initialisation part must have an IV of its own. */
const mapKeys: fc.Arbitrary<PlaylistKey | null> = fc.option(
  fc.record({ method: fc.constant('AES-128'), uri: uris, iv: ivs }),
)
const segments: fc.Arbitrary<PlaylistSegment> = fc.record({
  uri: uris,
  durationUs: fc.integer({ min: 10_001, max: 12_000_000 }),
  isDiscontinuity: fc.boolean(),
  byteRange: ranges,
  map: fc.constant(null),
  key: keys,
})
/** From some segment on there is always an initialisation part: no tag takes one back. */
const playlists: fc.Arbitrary<MediaPlaylist> = fc
  .record({
    targetDurationS: fc.integer({ min: 12, max: 30 }),
    mediaSequence: fc.nat(1e6),
    list: fc.array(segments, { minLength: 1, maxLength: 12 }),
    maps: fc.array(fc.record({ uri: uris, byteRange: ranges, key: mapKeys }), { maxLength: 12 }),
  })
  .map(({ targetDurationS, mediaSequence, list, maps }) => ({
    kind: 'media' as const,
    targetDurationS,
    mediaSequence,
    segments: list.map((segment, at) => ({ ...segment, map: maps[Math.min(at, maps.length - 1)] ?? null })),
  }))

/** What a playlist says of its keys without saying it. */
const spelledOut = (playlist: MediaPlaylist): MediaPlaylist => ({
  ...playlist,
  segments: playlist.segments.map((segment, index) => ({
    ...segment,
    key: segment.key && {
      ...segment.key,
      iv: segment.key.iv ?? (playlist.mediaSequence + index).toString(16).padStart(32, '0'),
    },
  })),
})

it('writes what reads back as the same, with every IV and offset said outright', () => {
  fc.assert(
    fc.property(playlists, (playlist) => {
      const text = writePlaylist(playlist)
      expect(parseMediaPlaylist(text)).toEqual(spelledOut(playlist))
      // And what was said outright stays word for word.
      expect(writePlaylist(parseMediaPlaylist(text))).toBe(text)
    }),
    { numRuns: 300 },
  )
})

it('keeps quotes and line ends out of its tags', () => {
  const key = { method: 'AES-128', uri: 'a"b\nc', iv: '0'.repeat(32) }
  const segment = { uri: '0.ts', durationUs: 1e6, isDiscontinuity: false, byteRange: null, map: null, key }
  const text = writePlaylist({ kind: 'media', targetDurationS: 1, mediaSequence: 0, segments: [segment] })
  expect(text).toContain('URI="a%22b%0Ac"')
})

/** Checksums of all pictures and sounds that ffmpeg decodes from a playlist in a folder of these files. */
function decoded(files: Readonly<Record<string, Uint8Array | string>>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'spool-playlist-'))
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    const args = ['-v', 'error', '-allowed_extensions', 'ALL', '-i', 'index.m3u8', '-map', '0']
    const text = execFileSync(findFfmpeg(), [...args, '-f', 'framemd5', '-'], {
      cwd: folder,
      encoding: 'utf8',
    })
    return text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split(',').at(-1)?.trim() ?? '')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const header = '#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n'
const end = '#EXT-X-ENDLIST\n'
const rewritten = (text: string): string => writePlaylist(parseMediaPlaylist(text))

describe('ffmpeg decodes the same from what is written', () => {
  const ts = makeTsSegments(4, 10)
  const whole = Object.fromEntries(ts.map((bytes, seq) => [`${seq}.ts`, bytes]))
  const list = (
    tags: (seq: number) => string,
    name: (seq: number) => string = (seq) => `${seq}.ts`,
  ): string => ts.map((_, seq) => `${tags(seq)}#EXTINF:1,\n${name(seq)}\n`).join('')
  const plain = decoded({ ...whole, 'index.m3u8': `${header}${list(() => '')}${end}` })

  it('with AES-128 keys whose IV follows from the media sequence, and with one that is given', () => {
    expect(plain.length).toBeGreaterThan(4 * 24)
    const secrets = [randomBytes(16), randomBytes(16)]
    const sequence = 1_000_007
    const given = randomBytes(16)
    const ivOf = (seq: number): Buffer => {
      const derived = Buffer.alloc(16)
      derived.writeUInt32BE(sequence + seq, 12)
      return seq === 3 ? given : derived
    }
    const sealed = ts.map((bytes, seq) => {
      const cipher = createCipheriv('aes-128-cbc', secrets[seq < 2 ? 0 : 1]!, ivOf(seq))
      return Buffer.concat([cipher.update(bytes), cipher.final()])
    })
    const tags = ['#EXT-X-KEY:METHOD=AES-128,URI="a.key"\n', '', '#EXT-X-KEY:METHOD=AES-128,URI="b.key"\n']
    const last = `#EXT-X-KEY:METHOD=AES-128,URI="b.key",IV=0x${given.toString('hex')}\n`
    const text = `${header}#EXT-X-MEDIA-SEQUENCE:${sequence}\n${list((seq) => tags[seq] ?? last)}${end}`
    // The numbering may begin elsewhere: what is written does not depend on it.
    const local = rewritten(text).replace(`SEQUENCE:${sequence}`, 'SEQUENCE:0')
    const files = {
      ...Object.fromEntries(sealed.map((bytes, seq) => [`${seq}.ts`, bytes])),
      'a.key': secrets[0]!,
      'b.key': secrets[1]!,
    }
    expect(decoded({ ...files, 'index.m3u8': text })).toEqual(plain)
    expect(decoded({ ...files, 'index.m3u8': local })).toEqual(plain)
  })

  it('with byte ranges, also those that only say how long they are', () => {
    let at = 0
    const tags = (seq: number): string => {
      const length = ts[seq]!.length
      const offset = seq % 2 === 0 ? `@${at}` : ''
      at += length
      return `#EXT-X-BYTERANGE:${length}${offset}\n`
    }
    const text = `${header.replace('VERSION:3', 'VERSION:4')}${list(tags, () => 'all.ts')}${end}`
    expect(decoded({ 'all.ts': Buffer.concat(ts), 'index.m3u8': rewritten(text) })).toEqual(plain)
  })

  it('with initialisation parts that change behind a discontinuity', () => {
    const { init, segments: fragments } = makeFmp4Segments(3)
    const files = {
      'a.mp4': init,
      'b.mp4': init,
      ...Object.fromEntries(fragments.map((bytes, seq) => [`${seq}.m4s`, bytes])),
    }
    const text = [
      `${header.replace('VERSION:3', 'VERSION:6')}#EXT-X-MAP:URI="a.mp4"`,
      ...['#EXTINF:1,', '0.m4s', '#EXTINF:1,', '1.m4s', '#EXT-X-DISCONTINUITY', '#EXT-X-MAP:URI="b.mp4"'],
      ...['#EXTINF:1,', '2.m4s', end],
    ].join('\n')
    const [before, after] = [text, rewritten(text)].map((each) => decoded({ ...files, 'index.m3u8': each }))
    expect(before).toHaveLength(72)
    expect(after).toEqual(before)
  })
})
