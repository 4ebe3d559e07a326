import { watchEncoders } from './support/encoder-watch.ts'
import { films, findTitle, framesPerSecondOf, keyOf } from './support/titles.ts'
import { expect, test } from './support/fixtures.ts'
import { expectOnTime, pictureOfRung, readPicture } from './support/picture.ts'
import { PlayerScreen } from './support/player.ts'

const framesPerSecond = framesPerSecondOf(films.long)
const rungNumber = { original: 0, '720p-4000k': 8, '480p-1500k': 11 } as const

test('plays Original over a slow link, and a far part of it that was never fetched', async ({
  app,
  demo,
  page,
}) => {
  await demo.control({ mbps: 12, latencyMs: 30 })
  const title = await findTitle(app, films.long)
  const player = new PlayerScreen(page)
  await player.open(app, title, 'original')
  await player.movesOn(2)
  expectOnTime(await pictureOfRung(page, rungNumber.original), framesPerSecond)

  const before = await app.call('cache.getCurrentStats', keyOf(title, 'original'))
  expect(
    // The last seconds may be: the end of a file is fetched when it is opened.
    before.present.some(({ startMs, endMs }) => startMs < 1_100_000 && endMs > 950_000),
    'the far part is not here yet',
  ).toBe(false)
  await player.seekToTenth(8)
  await expect.poll(() => player.position(), { timeout: 40_000 }).toBeGreaterThan(961)
  const far = await pictureOfRung(page, rungNumber.original)
  expectOnTime(far, framesPerSecond)
  expect(far.frame).toBeGreaterThan(960 * framesPerSecond)
  expect(far.film).toBe((await readPicture(page))?.film)
})

test('changes to 720p and 480p while playing, with one live transcode at a time and none afterwards', async ({
  app,
  demo,
  page,
}) => {
  const title = await findTitle(app, films.long)
  const player = new PlayerScreen(page)
  const transcodes = watchEncoders(demo)
  await player.open(app, title, 'original', 300_000)
  await player.movesOn(1)

  for (const quality of ['720p-4000k', '480p-1500k'] as const) {
    const startedAt = performance.now()
    const from = await player.position()
    await player.chooseQuality(new RegExp(`^${quality.split('-')[0]} ·`))
    await player.plays(quality)
    const elapsedSeconds = (performance.now() - startedAt) / 1000
    const to = await player.position()
    // Playing goes on meanwhile, so the clock may be anywhere between standing still and running through.
    expect(to).toBeGreaterThan(from - 1)
    expect(to).toBeLessThan(from + elapsedSeconds + 1)
    expectOnTime(await pictureOfRung(page, rungNumber[quality]), framesPerSecond)
    await player.movesOn(2)
  }

  await player.leave()
  await expect.poll(async () => (await demo.counters()).encoders.length, { timeout: 20_000 }).toBe(0)
  expect(await transcodes.stop()).toBe(1)
})

test('keeps paused paused and muted muted across a change of quality', async ({ app, page }) => {
  const title = await findTitle(app, films.long)
  const player = new PlayerScreen(page)
  await player.open(app, title, 'original', 120_000)
  await player.movesOn(1)
  await page.keyboard.press('m')
  await page.keyboard.press('k')
  await player.isIn('paused')
  const from = await player.position()
  await player.chooseQuality(/^480p ·/)
  await expect(player.root).toHaveAttribute('data-quality', '480p-1500k', { timeout: 60_000 })
  await player.isIn('paused')
  expect(Math.abs((await player.position()) - from)).toBeLessThan(1)
  const isMuted = await page.evaluate(
    () => document.querySelector<HTMLVideoElement>('[data-testid="player"] video:not([data-standby])')?.muted,
  )
  expect(isMuted).toBe(true)
})

test('goes on where it was left, here and on the server', async ({ app, demo, page }) => {
  const title = await findTitle(app, films.long)
  const player = new PlayerScreen(page)
  await player.open(app, title, 'original', 400_000)
  await player.movesOn(3)
  await player.leave()
  const metadata = async (): Promise<number> => {
    const reply = await fetch(`${demo.url}/library/metadata/${films.long}`, {
      headers: { 'x-plex-token': demo.token, accept: 'application/json' },
    })
    const body = (await reply.json()) as { MediaContainer: { Metadata: { viewOffset?: number }[] } }
    return body.MediaContainer.Metadata[0]?.viewOffset ?? 0
  }
  await expect.poll(metadata).toBeGreaterThan(402_000)
  await expect.poll(async () => (await findTitle(app, films.long)).item.positionMs).toBeGreaterThan(402_000)
  await page.goto(app.app)
  await expect(page.getByRole('heading', { name: 'Continue watching' })).toBeVisible()
})
