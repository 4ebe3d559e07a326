import type { Page } from '@playwright/test'
import type { App } from './support/app-process.ts'
import { expect, test } from './support/fixtures.ts'
import { PlayerScreen } from './support/player.ts'
import { films, findTitle, keyOf, type Playable } from './support/titles.ts'

const kept = '480p-1500k'
const segments = '/video/:/transcode/universal/session/*/base/0'

/** Keeps the beginning of one rung, in half minutes. */
async function keepBeginning(app: App, halfMinutes: number): Promise<Playable> {
  const title = await findTitle(app, films.dear)
  for (let fromMs = 0; fromMs < halfMinutes * 30_000; fromMs += 30_000)
    await app.call('cache.holdAhead', { ...keyOf(title, kept), fromMs, segments: 10 })
  return title
}

const said = (page: Page) => page.getByRole('status')

test('a rung that is refused after seeks within the change leaves the one that played', async ({
  app,
  demo,
  page,
}) => {
  const title = await keepBeginning(app, 3)
  const player = new PlayerScreen(page)
  await player.open(app, title, kept)
  // The new rung is not ready before the seeks.
  await demo.control({ encoderSpeed: 0.02 })
  await player.pickQuality(/^360p ·/)
  await player.isIn('switching')
  const from = await player.position()
  for (let press = 0; press < 2; press += 1) await page.keyboard.press('ArrowRight')
  await demo.control({ refuse: { [segments]: 509 } })
  await expect(said(page)).toContainText('Still playing 480p', { timeout: 30_000 })
  await player.plays(kept, 15_000)
  expect(await player.position()).toBeGreaterThan(from + 18)
  await player.movesOn(1)
})

test('a change that is taken back while the buffer is being cut goes on in what played', async ({
  app,
  demo,
  page,
}) => {
  // The buffer is cut, and in the same moment the person chooses what played before.
  await page.addInitScript(() => {
    const { remove } = SourceBuffer.prototype
    SourceBuffer.prototype.remove = function (start, end) {
      remove.call(this, start, end)
      const row = document.querySelector<HTMLElement>('[role="menuitemradio"][data-taken-back]')
      queueMicrotask(() => row?.click())
    }
  })
  const title = await keepBeginning(app, 1)
  const player = new PlayerScreen(page)
  await player.open(app, title, kept)
  await player.movesOn(1)
  // A picture that stands is made anew: all of the buffer goes.
  await page.keyboard.press(' ')
  await player.isIn('paused')
  await demo.control({ latencyMs: 700 })
  await player.pickQuality(/^360p ·/)
  const menu = await player.openQualityMenu()
  const row = menu.getByRole('menuitemradio', { name: /^480p ·/ })
  await row.evaluate((element) => element.setAttribute('data-taken-back', ''))
  await expect(said(page)).toContainText('Already playing 480p', { timeout: 30_000 })
  await player.isIn('paused')
  await page.keyboard.press('k')
  await player.plays(kept, 15_000)
  await player.movesOn(1)
})
