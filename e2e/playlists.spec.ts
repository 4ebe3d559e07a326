import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFfmpeg } from '../demo/media/run-ffmpeg.ts'
import { parseMediaPlaylist } from '../src-main/core/cache/hls/parse-playlist.ts'
import { writePlaylist } from '../src-main/core/cache/hls/write-playlist.ts'
import { expect, test } from '@playwright/test'
import { playList } from './support/hls-page.ts'

/** What the servers of Plex do not send and the playlists' writer can write all the same, played by the player's hls.js. */

const ffmpeg = findFfmpeg()

/** Seconds of pictures and a tone in segments of 2 s, and their list. The clock of each begins anew. */
function makeList(
  name: string,
  seconds: number,
  width: number,
  secret: Buffer | null = null,
): { readonly text: string; readonly files: ReadonlyMap<string, Buffer> } {
  const folder = mkdtempSync(join(tmpdir(), 'spool-list-'))
  try {
    const info = join(folder, 'key-info')
    if (secret !== null) {
      writeFileSync(join(folder, 'secret.key'), secret)
      writeFileSync(info, `secret.key\n${join(folder, 'secret.key')}\n`)
    }
    execFileSync(ffmpeg, [
      ...['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=${width}x180:rate=24:duration=${seconds}`],
      ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`],
      ...[
        '-c:v',
        'libx264',
        '-preset',
        'ultrafast',
        '-pix_fmt',
        'yuv420p',
        '-g',
        '48',
        '-c:a',
        'aac',
        '-ac',
        '2',
      ],
      ...['-f', 'hls', '-hls_time', '2', '-hls_playlist_type', 'vod', '-hls_list_size', '0'],
      ...(secret === null ? [] : ['-hls_key_info_file', info]),
      ...['-hls_segment_filename', join(folder, `${name}-%d.ts`), join(folder, 'index.m3u8')],
    ])
    const names = readdirSync(folder).filter((name) => /\.(ts|key)$/.test(name))
    return {
      text: readFileSync(join(folder, 'index.m3u8'), 'utf8'),
      files: new Map(names.map((name) => [name, readFileSync(join(folder, name))])),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const rewritten = (text: string): string => writePlaylist(parseMediaPlaylist(text))
const largestStep = (times: readonly number[]): number =>
  Math.max(...times.slice(1).map((time, at) => time - (times[at] ?? 0)))

test('AES-128: what the writer says of key and IV decrypts in Chromium', async ({ page }) => {
  const { text, files } = makeList('sealed', 6, 320, randomBytes(16))
  expect(text).toContain('METHOD=AES-128')
  const list = rewritten(text)
  // The numbering may begin elsewhere: said outright, the IVs stay those of the segments.
  const moved = list.replace('#EXT-X-MEDIA-SEQUENCE:0', '#EXT-X-MEDIA-SEQUENCE:70')
  expect(moved).not.toBe(list)
  const { errors, hasEnded, durationSeconds, shown } = await playList(
    page,
    new Map<string, string | Uint8Array>([...files, ['index.m3u8', moved]]),
  )
  expect(errors).toEqual([])
  expect(hasEnded).toBe(true)
  expect(Math.abs(durationSeconds - 6)).toBeLessThan(0.3)
  expect(shown.at(-1)?.mediaTime).toBeGreaterThan(5)
})

test('EXT-X-DISCONTINUITY: what begins on a clock of its own follows where the last ended, alike or not', async ({
  page,
}) => {
  const parts = [makeList('a', 4, 320), makeList('b', 4, 320), makeList('c', 4, 426)]
  const head = parts[0]?.text.split('#EXTINF')[0] ?? ''
  const bodies = parts.map(({ text }) => text.slice(head.length).replace('#EXT-X-ENDLIST\n', ''))
  const list = rewritten(`${head}${bodies.join('#EXT-X-DISCONTINUITY\n')}#EXT-X-ENDLIST\n`)
  expect(list.match(/#EXT-X-DISCONTINUITY/g)).toHaveLength(2)
  const files = new Map<string, string | Uint8Array>(parts.flatMap((part) => [...part.files]))
  const { errors, hasEnded, durationSeconds, continuity, shown } = await playList(
    page,
    files.set('index.m3u8', list),
  )
  expect(continuity).toEqual([0, 0, 1, 1, 2, 2])
  expect(errors).toEqual([])
  expect(hasEnded).toBe(true)
  expect(Math.abs(durationSeconds - 12)).toBeLessThan(0.5)
  const times = shown.map(({ mediaTime }) => mediaTime)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect(largestStep(times)).toBeLessThan(1.5)
  for (const { mediaTime, width } of shown) {
    if (mediaTime < 7.7) expect(width).toBe(320)
    if (mediaTime > 8.3) expect(width).toBe(426)
  }
})
