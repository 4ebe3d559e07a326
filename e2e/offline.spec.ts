import { startDemo } from './support/demo-process.ts'
import { keepAll } from './support/cached.ts'
import { expect, test } from './support/fixtures.ts'
import { expectOnTime, pictureOfRung } from './support/picture.ts'
import { PlayerScreen } from './support/player.ts'
import { films, findTitle, framesPerSecondOf, keyOf } from './support/titles.ts'
import { setTrap } from './support/trap.ts'
import { createDataDir, startApp } from './support/app-process.ts'

const framesPerSecond = framesPerSecondOf(films.short)

test('what is complete plays and seeks without the server, the rest says why not', async ({ page }) => {
  test.setTimeout(240_000)
  // A server of its own: this test ends it.
  const demo = await startDemo()
  await using folder = createDataDir()
  const app = await startApp({ demo, dataDir: folder.path })
  const title = await findTitle(app, films.short)
  const player = new PlayerScreen(page)
  let offSince = 0

  await test.step('keep Original and 720p, and a piece of 480p', async () => {
    await keepAll(app, keyOf(title, 'original'))
    await keepAll(app, keyOf(title, '720p'))
    await player.open(app, title, '480p-1500k')
    await player.movesOn(1)
    await player.leave()
    const partial = await app.call('cache.isCached', keyOf(title, '480p'))
    expect(partial.cached).toBe(false)
    expect(partial.bytesPresent).toBeGreaterThan(0)
  })

  await test.step('stop the server; a banner says so', async () => {
    await demo.control({ serving: false })
    await demo.resetCounters()
    await page.goto(app.app)
    await expect(page.getByText('What is on this computer still plays', { exact: false })).toBeVisible({
      timeout: 20_000,
    })
    const { requests } = await demo.counters()
    expect(requests, 'nothing was answered').toBe(0)
    await demo.resetCounters()
    offSince = performance.now()
  })

  await test.step('the title still browses', async () => {
    await expect(page.getByRole('heading', { name: 'Ready offline' })).toBeVisible()
    await page
      .getByRole('link', { name: new RegExp(title.item.title) })
      .first()
      .click()
    await expect(page.getByRole('heading', { level: 1, name: title.item.title })).toBeVisible()
  })

  for (const [quality, rung] of [
    ['original', 0],
    ['720p-4000k', 8],
  ] as const) {
    await test.step(`${quality} plays and seeks`, async () => {
      await player.open(app, title, quality)
      expectOnTime(await pictureOfRung(page, rung), framesPerSecond)
      await player.seekToTenth(7)
      await expect.poll(() => player.position()).toBeGreaterThan((0.69 * (title.item.durationMs ?? 0)) / 1000)
      await player.movesOn(1)
      expectOnTime(await pictureOfRung(page, rung), framesPerSecond)
    })
  }

  await test.step('480p says what is missing', async () => {
    const menu = await player.openQualityMenu()
    await expect(menu.getByRole('menuitemradio', { name: /^480p/ })).toContainText(
      'needs the server for the rest',
    )
    await page.keyboard.press('Escape')
    const fresh = await app.ask('cache.getCachedStreamWithQuality', keyOf(title, '360p'))
    expect(fresh).toMatchObject({ ok: false, error: { code: 'source-unreachable' } })
  })

  await test.step('nothing left but one GET /identity in ten seconds', async () => {
    // The steps above may take less than the interval: wait until the server was asked at least once.
    await expect.poll(async () => (await demo.counters()).refused, { timeout: 12_000 }).toBeGreaterThan(0)
    const { refused, requests } = await demo.counters()
    expect(requests, 'nothing was answered').toBe(0)
    expect(refused).toBeLessThanOrEqual(Math.ceil((performance.now() - offSince) / 10_000))
    const startedAt = performance.now()
    await demo.stop()
    await using trap = await setTrap(Number(new URL(demo.url).port))
    await player.seekToTenth(2)
    await player.movesOn(1)
    await page.waitForTimeout(21_000)
    expect(new Set(trap.requests.map(({ line }) => line))).toEqual(new Set(['GET /identity']))
    expect(trap.requests.length).toBeLessThanOrEqual(Math.ceil((performance.now() - startedAt) / 10_000))
  })
  await app.stop()
})
