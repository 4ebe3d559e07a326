import { expect, test } from './support/fixtures.ts'
import { heardToneHz } from './support/heard-tone.ts'
import { PlayerScreen } from './support/player.ts'
import { films, findTitle } from './support/titles.ts'

// Four openings and five changes, each with the server's own time.
test.setTimeout(240_000)

/** Of the film with two sounds and two subtitles beside it. */
const tones = { plain: 220, other: 330 } as const
const cue = '[class*="cue"]'

test('another sound goes through the server by its name, and stays through qualities, leaving and coming back', async ({
  app,
  page,
}) => {
  const title = await findTitle(app, films.short)
  const [, other] = title.item.versions[0]?.parts[0]?.tracks.filter(({ kind }) => kind === 'audio') ?? []
  const player = new PlayerScreen(page)
  await player.open(app, title, 'original')
  expect(Math.abs((await heardToneHz(page)) - tones.plain)).toBeLessThan(10)

  await page.keyboard.press('a')
  const row = page.getByRole('menuitemradio', { name: /Français/ })
  await expect(row).toContainText('through the server')
  // With keys alone: the checked row has the focus, the other is below it.
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(player.root).toHaveAttribute(
    'data-quality',
    new RegExp(`^\\d+p-\\d+k\\.a${other?.streamId}$`),
    {
      timeout: 60_000,
    },
  )
  await expect.poll(async () => Math.abs((await heardToneHz(page)) - tones.other)).toBeLessThan(10)

  await player.pickQuality(/^480p ·/)
  await player.plays(`480p-1500k.a${other?.streamId}`)
  await page.keyboard.press('c')
  await expect(page.locator(cue).first()).toBeVisible({ timeout: 20_000 })
  await expect.poll(async () => Math.abs((await heardToneHz(page)) - tones.other)).toBeLessThan(10)

  await player.leave()
  const again = await findTitle(app, films.short)
  expect(again.item.versions[0]?.parts[0]?.chosen.audioId).toBe(other?.streamId)
  await player.start(app, again, '480p-1500k')
  await player.plays(`480p-1500k.a${other?.streamId}`)
  await expect(page.locator(cue).first()).toBeVisible({ timeout: 20_000 })
  // Original brings its own sound, and the subtitles beside it.
  await player.pickQuality(/^Original/)
  await player.plays('original')
  await expect.poll(async () => Math.abs((await heardToneHz(page)) - tones.plain)).toBeLessThan(10)
})

test('what is chosen on the title’s page is what plays', async ({ app, page }) => {
  const title = await findTitle(app, films.short)
  await page.goto(app.app)
  await page.goto(new URL(`/item/${title.sourceId}/${title.ratingKey}`, app.app).href)
  await page.getByRole('button', { name: /^Audio:/ }).click()
  await page.getByRole('menuitemradio', { name: /Français/ }).click()
  await expect(page.getByRole('button', { name: /^Audio: Français/ })).toBeVisible()
  await page.locator('[data-focus-id="play"]').click()
  await expect(new PlayerScreen(page).root).toHaveAttribute('data-quality', /^\d+p-\d+k\.a\d+$/, {
    timeout: 60_000,
  })
  await expect
    .poll(async () => Math.abs((await heardToneHz(page)) - tones.other), { timeout: 30_000 })
    .toBeLessThan(10)
})

test('subtitles inside a file are drawn into the picture, as a quality of their own', async ({
  app,
  page,
}) => {
  const title = await findTitle(app, '109')
  const subtitle = title.item.versions[0]?.parts[0]?.tracks.find(({ kind }) => kind === 'subtitle')
  const player = new PlayerScreen(page)
  await player.open(app, title, '480p-1500k')
  // Nothing can be switched on without the server: C lets one choose.
  await page.keyboard.press('c')
  await page.getByRole('menuitemradio', { name: /English/ }).click()
  await player.plays(`480p-1500k.s${subtitle?.streamId}`)
  await page.keyboard.press('c')
  await player.plays('480p-1500k')
})

test('another version goes on at the same moment', async ({ app, page }) => {
  const title = await findTitle(app, '106')
  const second = title.item.versions[1]?.parts[0]?.mediaId ?? ''
  const player = new PlayerScreen(page)
  await player.open(app, title, 'original', 20_000)
  await player.movesOn(1)
  const from = await player.position()
  await page.mouse.move(300, 300)
  await page.getByRole('button', { name: /^Version/ }).click()
  await page.getByRole('menuitemradio').last().click()
  await expect(page).toHaveURL(new RegExp(encodeURIComponent(second)))
  await player.plays('original')
  await expect.poll(() => page.evaluate(() => document.querySelector('video')?.videoHeight)).toBe(720)
  expect(await player.position()).toBeGreaterThan(from - 1)
})
