import type { Page } from '@playwright/test'
import { expect, test } from './support/fixtures.ts'
import { PlayerScreen } from './support/player.ts'
import { films, findTitle } from './support/titles.ts'

/** Of the element on screen: what it has decoded so far. */
const decoded = (page: Page): Promise<{ readonly soundBytes: number; readonly frames: number }> =>
  page.evaluate(() => {
    const video = document.querySelector<HTMLVideoElement>('[data-testid="player"] video:not([data-standby])')
    const counters: (HTMLVideoElement & { readonly webkitAudioDecodedByteCount?: number }) | null = video
    return {
      soundBytes: counters?.webkitAudioDecodedByteCount ?? -1,
      frames: video?.getVideoPlaybackQuality().totalVideoFrames ?? -1,
    }
  })

const hears = async (page: Page): Promise<void> => {
  const before = (await decoded(page)).soundBytes
  await expect.poll(async () => (await decoded(page)).soundBytes).toBeGreaterThan(before + 1000)
}

/** Makes the engine promise what it does not hold, before the page asks it. */
const promise = async (page: Page, pattern: string): Promise<void> => {
  await page.addInitScript((source) => {
    const real = navigator.mediaCapabilities.decodingInfo.bind(navigator.mediaCapabilities)
    navigator.mediaCapabilities.decodingInfo = async (config: MediaDecodingConfiguration) => {
      const info = await real(config)
      const type = config.video?.contentType ?? config.audio?.contentType ?? ''
      return new RegExp(source).test(type) ? { ...info, supported: true } : info
    }
  }, pattern)
}

test('an AC-3 film is heard at once by Automatic, and Original is labelled with the truth', async ({
  app,
  page,
}) => {
  const title = await findTitle(app, films.dolby)
  await page.goto(app.app)
  await page.goto(
    new URL(`/play/${title.sourceId}/${title.ratingKey}?media=${title.mediaId}&t=0`, app.app).href,
  )
  const player = new PlayerScreen(page)
  await player.isIn('playing', 60_000)
  await expect(player.root).toHaveAttribute('data-quality', /^\d+p-/)
  await hears(page)
  const menu = await player.openQualityMenu()
  await expect(menu.getByRole('menuitemradio', { name: /Original/ })).toContainText(
    'AC-3 sound does not play here',
  )
})

test('an Original that makes no sound is found out after a moment of playing, and left by itself', async ({
  app,
  page,
}) => {
  const title = await findTitle(app, films.dolby)
  const player = new PlayerScreen(page)
  await page.goto(app.app)
  await page.goto(
    new URL(`/play/${title.sourceId}/${title.ratingKey}?media=${title.mediaId}&quality=original&t=0`, app.app)
      .href,
  )
  await player.plays('original')
  await expect(player.root).toHaveAttribute('data-quality', /^\d+p-/, { timeout: 60_000 })
  await expect(page.getByRole('status')).toContainText('This computer cannot play AC-3 sound. Switched to')
  await player.isIn('playing')
  await hears(page)
})

test.describe('an engine that promises too much', () => {
  const wrong: readonly (readonly [string, string, string, RegExp])[] = [
    ['AC-3 sound', films.dolby, 'ac-3', /AC-3 sound does not play here/],
    ['HEVC pictures', films.hevc, 'hvc1|hev1', /HEVC pictures do not play here/],
  ]
  for (const [name, ratingKey, pattern, words] of wrong)
    test(`is believed until nothing of it is seen or heard: ${name}`, async ({ app, page }) => {
      await promise(page, pattern)
      const title = await findTitle(app, ratingKey)
      const player = new PlayerScreen(page)
      await page.goto(app.app)
      const path = `/play/${title.sourceId}/${title.ratingKey}?media=${title.mediaId}&t=0`
      const offered = page.getByRole('navigation').first()
      await expect(offered).toBeVisible()
      await page.goto(new URL(path, app.app).href)
      await player.plays('original')
      await expect(player.root).toHaveAttribute('data-quality', /^\d+p-/, { timeout: 60_000 })
      await player.isIn('playing')
      await hears(page)
      await expect.poll(async () => (await decoded(page)).frames).toBeGreaterThan(10)
      const menu = await player.openQualityMenu()
      await expect(menu.getByRole('menuitemradio', { name: /Original/ })).toContainText(words)
      // From then on it is not even tried, whatever the engine says.
      await page.goto(app.app)
      await page.goto(new URL(path, app.app).href)
      await expect(player.root).toHaveAttribute('data-quality', /./, { timeout: 30_000 })
      await expect(player.root).not.toHaveAttribute('data-quality', 'original')
    })
})
