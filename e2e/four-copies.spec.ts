import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { createDataDir, startApp, type App } from './support/app-process.ts'
import { becomesComplete, foldersOf, keepAll } from './support/cached.ts'
import { startDemo } from './support/demo-process.ts'
import { expectOnTime, pictureOfRung } from './support/picture.ts'
import { PlayerScreen } from './support/player.ts'
import { seededRandom } from './support/seeded-random.ts'
import { sha256 } from './support/server-file.ts'
import { films, findTitle, framesPerSecondOf, keyOf } from './support/titles.ts'
import { setTrap } from './support/trap.ts'

const random = seededRandom(Number(process.env['SPOOL_SEED'] ?? 20_261_124))
const framesPerSecond = framesPerSecondOf(films.heavy)
const seeks = 20
/** One film at four qualities: as it is, as files that the server made, and as segments. */
const copies = [
  { quality: 'original', rung: 0, kind: 'file' },
  { quality: '1080p-8000k', rung: 7, kind: 'file' },
  { quality: '720p-4000k', rung: 8, kind: 'hls' },
  { quality: '480p-1500k', rung: 11, kind: 'file' },
] as const

test('four qualities side by side: each plays offline to its last second, and none touches another', async ({
  page,
}) => {
  test.setTimeout(900_000)
  const demo = await startDemo()
  await using folder = createDataDir()
  const app = await startApp({ demo, dataDir: folder.path })
  const title = await findTitle(app, films.heavy)

  await test.step('keep all four', async () => {
    const atOnce = copies.filter(({ kind }) => kind === 'file').map(({ quality }) => keyOf(title, quality))
    for (const key of atOnce) await app.call('cache.preCache', key)
    for (const key of atOnce) await becomesComplete(app, key, 300_000)
    await demo.control({ queue: false })
    await keepAll(app, keyOf(title, '720p'), 300_000)
    for (const { quality, kind } of copies)
      expect(await app.call('cache.getCachedStreamWithQuality', keyOf(title, quality))).toMatchObject({
        kind,
        complete: true,
      })
  })

  await test.step('the sizes on disk add up', async () => {
    const entries = await app.call('cache.getEntries', {})
    const { bytesUsed } = await app.call('cache.getStats', {})
    const sum = entries.reduce((bytes, entry) => bytes + entry.bytesPresent, 0)
    expect(entries).toHaveLength(4)
    expect(bytesUsed).toBe(sum)
    const onDisk = copies.flatMap(({ quality }) => filesOf(app, quality)).map((path) => statSync(path).size)
    expect(onDisk.reduce((bytes, size) => bytes + size, 0)).toBe(sum)
  })

  const player = new PlayerScreen(page)
  await demo.stop()
  await using trap = await setTrap(Number(new URL(demo.url).port))
  // What is asked before the app knows that the server is gone is the price of finding out.
  await page.goto(app.app)
  await expect(page.getByText('What is on this computer still plays', { exact: false })).toBeVisible({
    timeout: 20_000,
  })
  const known = trap.requests.length
  const offSince = performance.now()

  for (const { quality, rung } of copies)
    await test.step(`${quality} plays to its last second, with ${seeks} seeks`, async () => {
      await player.open(app, title, quality)
      const durationS = (title.item.durationMs ?? 0) / 1000
      for (let seek = 0; seek < seeks; seek += 1) {
        const to = random() * (durationS - 4)
        await seekTo(page, to)
        const picture = await pictureOfRung(page, rung)
        expectOnTime(picture, framesPerSecond)
        expect(Math.abs(picture.mediaTime - to)).toBeLessThan(3)
      }
      await seekTo(page, durationS - 2.5)
      expectOnTime(await pictureOfRung(page, rung), framesPerSecond)
      // The player lets go of the film when it is over: the last picture it presented tells how far it came.
      const lastS = await page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const video = document.querySelector<HTMLVideoElement>('video:not([data-standby])')
            if (!video) return resolve(-1)
            let last = -1
            const note = (_now: number, { mediaTime }: { mediaTime: number }): void => {
              last = Math.max(last, mediaTime)
              video.requestVideoFrameCallback(note)
            }
            video.requestVideoFrameCallback(note)
            for (const over of ['ended', 'emptied'])
              video.addEventListener(over, () => resolve(last), { once: true })
          }),
      )
      expect(lastS).toBeGreaterThan(durationS - 0.2)
    })

  await test.step('nothing was asked of the server but whether it is there', () => {
    const asked = trap.requests.slice(known)
    expect(new Set(asked.map(({ line }) => line))).toEqual(new Set(['GET /identity']))
    expect(asked.length).toBeLessThanOrEqual(Math.ceil((performance.now() - offSince) / 10_000))
  })

  await test.step('removing one leaves the others byte for byte', async () => {
    const before = new Map(copies.map(({ quality }) => [quality, hashesOf(app, quality)]))
    await app.call('cache.removeFromCache', { ...keyOf(title, '1080p'), force: true })
    await expect.poll(() => foldersOf(app, '1080p-8000k')).toEqual([])
    for (const { quality } of copies.filter((copy) => copy.quality !== '1080p-8000k'))
      expect(hashesOf(app, quality)).toEqual(before.get(quality))
  })
  await app.stop()
})

async function seekTo(page: Page, seconds: number): Promise<void> {
  await page.evaluate(async (to) => {
    const video = document.querySelector<HTMLVideoElement>('video:not([data-standby])')
    if (!video) throw new Error('no player')
    const seeked = new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }))
    video.currentTime = to
    await seeked
    await video.play()
  }, seconds)
}

function filesOf(app: App, quality: string): string[] {
  return foldersOf(app, quality).flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      // Beside the media, a note of what the folder holds.
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.json'))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort(),
  )
}

const hashesOf = (app: App, quality: string): string[] =>
  filesOf(app, quality).map((path) => `${path} ${sha256(readFileSync(path))}`)
