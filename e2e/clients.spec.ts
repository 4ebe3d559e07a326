import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { becomesComplete } from './support/cached.ts'
import { expect, test } from './support/fixtures.ts'
import {
  isMpvInstalled,
  readChromiumFrames,
  readFfmpegFrames,
  readMpvFrames,
  type FrameReader,
} from './support/frames.ts'
import { fetchServerFile, sha256 } from './support/server-file.ts'
import { films, findTitle, keyOf, type Playable } from './support/titles.ts'
import type { App } from './support/app-process.ts'
import type { Demo } from './support/demo-process.ts'

/** Halfway between two pictures, so that no rounding decides which one is meant; back and forth, into what is here and what is not. */
const jumpsOf = (title: Playable): readonly number[] =>
  [0, 0.55, 0.1, 0.97, 0.6, 0.31].map(
    (part) => Math.floor(((title.item.durationMs ?? 0) / 1000) * part) + 0.52,
  )

/** The same jumps through the local address and into the file itself, cold, then with all of it here and the server gone. */
async function seesTheFile(
  app: App,
  demo: Demo,
  ratingKey: string,
  suffix: string,
  read: FrameReader,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'spool-clients-'))
  try {
    const title = await findTitle(app, ratingKey)
    const key = keyOf(title, 'original')
    const { externalUrl } = await app.call('cache.getCachedStreamWithQuality', key)
    if (externalUrl === null) throw new Error('external players are switched off')
    const { bytes, sha256: hash } = await fetchServerFile(demo, ratingKey)
    const file = join(folder, `film${suffix}`)
    writeFileSync(file, bytes)
    // One after the other, because a page opens one film at a time.
    const expected: (readonly string[])[] = []
    const jumps = jumpsOf(title)
    for (const at of jumps) expected.push(await read(pathToFileURL(file).href, at))
    expect(new Set(expected.flat()).size, 'every jump shows other pictures').toBe(expected.flat().length)

    for (const [index, at] of jumps.entries()) expect(await read(externalUrl, at)).toEqual(expected[index])

    await app.call('cache.preCache', key)
    await becomesComplete(app, key)
    await demo.control({ serving: false })
    for (const [index, at] of jumps.entries()) expect(await read(externalUrl, at)).toEqual(expected[index])
    expect(sha256(Buffer.from(await (await fetch(externalUrl)).arrayBuffer()))).toBe(hash)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

for (const [name, ratingKey, suffix] of [
  ['MP4', films.heavy, '.mp4'],
  ['Matroska', films.short, '.mkv'],
] as const) {
  test(`ffmpeg sees the ${name} file itself through the local address`, ({ app, demo }) =>
    seesTheFile(app, demo, ratingKey, suffix, readFfmpegFrames))

  test(`mpv sees the ${name} file itself through the local address`, ({ app, demo }) => {
    test.skip(!isMpvInstalled(), 'mpv is not installed here')
    return seesTheFile(app, demo, ratingKey, suffix, readMpvFrames)
  })
}

test('Chromium sees the file itself through the local address', async ({ app, demo, page }) => {
  await page.setViewportSize({ width: 1920, height: 1080 })
  await seesTheFile(app, demo, films.heavy, '.mp4', readChromiumFrames(page))
})
