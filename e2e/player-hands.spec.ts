import { expect, test } from './support/fixtures.ts'
import { PlayerScreen } from './support/player.ts'
import { films, findTitle } from './support/titles.ts'

test('a double click goes full screen and plays on; Escape leaves full screen first', async ({
  app,
  page,
}) => {
  const player = new PlayerScreen(page)
  await player.open(app, await findTitle(app, films.long), 'original', 60_000)
  await page.mouse.dblclick(640, 300)
  await expect.poll(() => page.evaluate(() => document.fullscreenElement !== null)).toBe(true)
  await player.movesOn(1)
  await player.isIn('playing')
  await page.keyboard.press('Escape')
  await expect.poll(() => page.evaluate(() => document.fullscreenElement !== null)).toBe(false)
  await expect(player.root).toBeVisible()
})

test('controls hide again after a menu was opened and closed by keys', async ({ app, page }) => {
  const player = new PlayerScreen(page)
  await player.open(app, await findTitle(app, films.long), 'original', 60_000)
  await page.keyboard.press('q')
  await expect(page.getByRole('menu')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('menu')).toBeHidden()
  await expect(player.root).toHaveCSS('cursor', 'none', { timeout: 10_000 })
})

test('pointing at the seek bar shows the picture of that time, also at its ends', async ({ app, page }) => {
  const player = new PlayerScreen(page)
  await player.open(app, await findTitle(app, films.short), 'original')
  const bar = await page.getByRole('slider', { name: 'Position' }).boundingBox()
  if (bar === null) throw new Error('there is no seek bar')
  for (const at of [0, 0.5, 1]) {
    await page.mouse.move(bar.x + 1 + (bar.width - 2) * at, bar.y + bar.height / 2)
    const picture = page.getByRole('slider', { name: 'Position' }).locator('img')
    await expect
      .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth), { timeout: 30_000 })
      .toBeGreaterThan(0)
    const box = await picture.boundingBox()
    expect(box?.x).toBeGreaterThanOrEqual(bar.x)
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(bar.x + bar.width)
  }
})

test('ten hasty changes of quality end in the last one, with one transcode', async ({ app, demo, page }) => {
  const player = new PlayerScreen(page)
  await player.open(app, await findTitle(app, films.long), 'original', 60_000)
  for (const label of ['720p', '480p', '360p', '720p', '480p', 'Original', '720p', '360p', '480p', '720p'])
    await player.chooseQuality(new RegExp(`^${label}`))
  await player.plays('720p-4000k')
  await player.movesOn(1)
  expect((await demo.counters()).encoders.length).toBe(1)
  await expect(page.locator('video')).toHaveCount(1)
})

test('hammered seeks end at the last place', async ({ app, page }) => {
  const player = new PlayerScreen(page)
  await player.open(app, await findTitle(app, films.long), 'original')
  for (let press = 0; press < 30; press++) await player.seekToTenth((press * 7) % 10)
  await player.seekToTenth(3)
  await expect.poll(() => player.position(), { timeout: 40_000 }).toBeGreaterThan(360)
  expect(await player.position()).toBeLessThan(390)
  await player.isIn('playing')
})

test('says who is waited for when the server goes, and goes on by itself when it is back', async ({
  app,
  demo,
  page,
}) => {
  const player = new PlayerScreen(page)
  await player.open(app, await findTitle(app, films.long), '480p-1500k')
  await demo.control({ serving: false })
  await player.seekToTenth(8)
  await expect(page.getByText('Attic does not answer. Spool keeps trying.').first()).toBeVisible({
    timeout: 30_000,
  })
  await demo.control({ serving: true })
  await expect.poll(() => player.position(), { timeout: 60_000 }).toBeGreaterThan(961)
})

test('leaving one film never starts the film before it', async ({ app, page }) => {
  const player = new PlayerScreen(page)
  await player.open(app, await findTitle(app, films.long), 'original')
  const { sourceId, ratingKey } = await findTitle(app, films.short)
  await page.goto(new URL(`/play/${sourceId}/${ratingKey}?quality=original`, app.app).href)
  await player.plays('original')
  await player.leave()
  await expect(page).toHaveURL(new RegExp(`/item/${sourceId}/${ratingKey}$`))
})

test('a title that is gone says so, and lets go', async ({ app, page }) => {
  await page.goto(app.app)
  const { sourceId } = await findTitle(app, films.long)
  await page.goto(new URL(`/play/${sourceId}/99999`, app.app).href)
  await expect(page.getByRole('alert')).toContainText('no longer has this title')
  await page.getByRole('button', { name: 'Back' }).click()
  await expect(page.getByRole('heading', { name: /Continue watching|Recently added/ }).first()).toBeVisible()
})
