import { becomesComplete } from './support/cached.ts'
import { createDataDir, startApp, type App } from './support/app-process.ts'
import { startDemo } from './support/demo-process.ts'
import { expect, test } from './support/fixtures.ts'
import { PlayerScreen } from './support/player.ts'
import { jointsOf, keptSegments } from './support/segment-rows.ts'
import { readStripFrames } from './support/strip-frames.ts'
import { films, findTitle, framesPerSecondOf, keyOf, type Playable } from './support/titles.ts'
import { watchStretch } from './support/watch-stretch.ts'

const playlistUrl = async (app: App, title: Playable, quality: string): Promise<string> =>
  (await app.call('cache.getCachedStreamWithQuality', keyOf(title, quality))).externalUrl ?? ''

const share = async (app: App, title: Playable, quality: string): Promise<number> => {
  const { present } = await app.call('cache.getCurrentStats', keyOf(title, quality))
  const presentMs = present.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0)
  return presentMs / (title.item.durationMs ?? Number.NaN)
}

test('720p of twenty minutes, filled over three sessions, plays with no gap and no repeat', async ({
  page,
}) => {
  // A minute and a half where nothing else runs; there are machines that do ten things at once.
  test.setTimeout(900_000)
  // A server of its own: this test ends it.
  let demo = await startDemo()
  await demo.control({ queue: false })
  await using folder = createDataDir()
  let app = await startApp({ demo, dataDir: folder.path })
  const title = await findTitle(app, films.long)
  const framesPerSecond = framesPerSecondOf(films.long)
  const frames = Math.round(((title.item.durationMs ?? 0) / 1000) * framesPerSecond)
  const player = new PlayerScreen(page)
  const fillsTo = (part: number) =>
    expect.poll(() => share(app, title, '720p'), { timeout: 400_000, intervals: [200] }).toBeGreaterThan(part)

  await test.step('watch here and there, leave, download on, restart the app in the middle', async () => {
    await player.open(app, title, '720p-4000k', 5_000)
    await player.movesOn(1)
    for (const tenth of [3, 7]) {
      await player.seekToTenth(tenth)
      await expect.poll(() => player.position(), { timeout: 40_000 }).toBeGreaterThan(tenth * 120)
      await player.movesOn(1)
    }
    await player.leave()
    await app.call('cache.preCache', keyOf(title, '720p'))
    await fillsTo(0.2)
    await app.stop()
  })

  await test.step('it goes on by itself; restart the server in the middle', async () => {
    app = await startApp({ demo, dataDir: folder.path })
    await fillsTo(0.5)
    const port = new URL(demo.url).port
    await demo.stop()
    demo = await startDemo(['--port', port])
    await demo.control({ queue: false })
    await fillsTo(0.55)
  })

  await test.step('seek around while it downloads, then wait for the rest', async () => {
    await player.open(app, title, '720p-4000k', 1_100_000)
    await player.movesOn(1)
    await player.leave()
    await becomesComplete(app, keyOf(title, '720p'), 600_000)
    await demo.stop()
  })

  const segments = keptSegments(folder.path, '720p')
  const joints = jointsOf(segments)
  await test.step('one strand of several sessions holds every segment once', () => {
    expect(segments.map(({ seq }) => seq)).toEqual(segments.map((_, index) => index))
    expect(new Set(segments.map(({ strand }) => strand)).size).toBe(1)
    expect(joints.length).toBeGreaterThanOrEqual(4)
  })

  await test.step('every picture is there once, in order', async () => {
    const shown = await readStripFrames(await playlistUrl(app, title, '720p'))
    expect(shown.findIndex((frame, index) => frame?.frame !== index || frame.rung !== 8)).toBe(-1)
    expect(shown).toHaveLength(frames)
  })

  await test.step('Chromium plays over the joints without one missing or twice', async () => {
    await player.open(app, title, '720p-4000k')
    for (const jointMs of joints.slice(0, 3)) {
      const seen = await watchStretch(page, jointMs / 1000 - 1, 2)
      const from = (jointMs / 1000 - 1) * framesPerSecond
      expect(seen[0]).toBeGreaterThanOrEqual(from - 1.5)
      // A busy machine skips pictures; none comes twice or out of order.
      expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => a - b))
      expect(seen.at(-1)).toBeGreaterThanOrEqual(from + 2 * framesPerSecond - 2)
    }
  })
  await app.stop()
})

test('sessions that are cut elsewhere, encode otherwise or copy are never mixed in', async ({
  demo,
  dataDir,
  restartApp,
}) => {
  test.setTimeout(240_000)
  const quality = '360p'
  let app = await restartApp()
  const title = await findTitle(app, films.short)
  const fetchSegments = async (...numbers: number[]): Promise<void> => {
    const url = await playlistUrl(app, title, quality)
    const names = (await (await fetch(url)).text()).split('\n').filter((line) => line.endsWith('.ts'))
    for (const seq of numbers) {
      const reply = await fetch(new URL(names[seq] ?? '', url))
      expect(reply.status).toBe(200)
      await reply.arrayBuffer()
    }
  }
  const anew = async (transcode: Parameters<typeof demo.control>[0]['transcode'] = {}): Promise<void> => {
    await app.stop()
    await demo.control({ transcode })
    app = await restartApp()
  }

  await fetchSegments(0, 1, 2, 3)
  await anew({ gridShiftS: 0.5 })
  await fetchSegments(4, 5)
  await anew({ otherSettings: true })
  await fetchSegments(10, 11, 12)
  await anew({ copies: true })
  await fetchSegments(17, 18)
  await anew()
  const kept = keptSegments(dataDir, quality)
  expect(kept.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5, 10, 11, 12])
  const [usual, late, other] = [...new Set(kept.map(({ strand }) => strand))]
  expect(kept.map(({ strand }) => strand)).toEqual([
    usual,
    usual,
    usual,
    usual,
    late,
    late,
    other,
    other,
    other,
  ])
  await fetchSegments(4, 20)
  await anew({ clockShiftS: -8.6 })
  // Another clock is no other cut: this one fills up what is kept.
  await app.call('cache.preCache', keyOf(title, quality))
  await becomesComplete(app, keyOf(title, quality))
  const whole = keptSegments(dataDir, quality)
  expect(new Set(whole.map(({ strand }) => strand))).toEqual(new Set([usual]))
  expect(jointsOf(whole).length).toBeGreaterThanOrEqual(2)
  const history = await app.call('cache.getHistory', { limit: 50 })
  expect(history.filter(({ action }) => action === 'replaced')).toHaveLength(2)
  await demo.control({ serving: false })
  const shown = await readStripFrames(await playlistUrl(app, title, quality))
  expect(shown.findIndex((frame, index) => frame?.frame !== index)).toBe(-1)
  expect(shown).toHaveLength(75 * framesPerSecondOf(films.short))
})
