import { films, findTitle, keyOf } from './support/titles.ts'
import { expect, test } from './support/fixtures.ts'
import type { App } from './support/app-process.ts'
import { PlayerScreen } from './support/player.ts'
import type { Page } from '@playwright/test'

const universal = '/video/:/transcode/universal'
const card = (page: Page) => page.getByRole('alert')

/** Opens a title where it may be anything but playing at first. */
async function open(page: Page, app: App, ratingKey: string, quality = 'automatic'): Promise<PlayerScreen> {
  const title = await findTitle(app, ratingKey)
  await page.goto(app.app)
  await expect(page.getByRole('navigation').first()).toBeVisible()
  const query = new URLSearchParams({ media: title.mediaId, quality, t: '0' })
  const path = `/play/${encodeURIComponent(title.sourceId)}/${title.ratingKey}?${query}`
  await page.goto(new URL(path, app.app).href)
  return new PlayerScreen(page)
}

async function reach(app: App, connection: 'wan' | 'relay'): Promise<void> {
  const [source] = await app.call('library.getSources', {})
  if (!source) throw new Error('the app knows no server')
  await app.call('accounts.setConnection', { sourceId: source.sourceId, connection })
}

test('from afar, an Original over the owner’s limit becomes the best quality below it, and says so', async ({
  app,
  demo,
  page,
}) => {
  await reach(app, 'wan')
  await demo.control({ maxKbps: 3000 })
  const player = await open(page, app, films.heavy, 'original')
  await expect(page.getByRole('status')).toContainText('over this connection', { timeout: 60_000 })
  await player.plays('480p-1500k')
  await player.movesOn(1)

  // What was refused can be asked for again: the sentence why, or the picture.
  const refused = /^720p · 4 Mbps/
  const menu = await player.openQualityMenu()
  await expect(menu.getByRole('menuitemradio', { name: refused })).toContainText(
    'More than the server sends (3 Mbps) · ask again',
  )
  await menu.getByRole('menuitemradio', { name: refused }).click()
  await expect(page.getByRole('status')).toContainText('Could not switch to 720p', { timeout: 30_000 })
  await player.plays('480p-1500k')
  await demo.control({ maxKbps: null })
  await player.pickQuality(refused)
  await player.plays('720p-4000k')
  const again = await player.openQualityMenu()
  await expect(again.getByText('More than the server sends')).toHaveCount(0)
})

test('by relay, Automatic takes a low rung, and the menu says why not more', async ({ app, demo, page }) => {
  await reach(app, 'relay')
  await demo.control({ relay: true })
  const player = await open(page, app, films.heavy)
  await expect(player.root).toHaveAttribute('data-quality', /^(480p-1500k|360p-720k|240p-320k)$/)
  await player.isIn('playing', 60_000)
  const menu = await player.openQualityMenu()
  await expect(menu.getByRole('menuitemradio', { name: /Original/ })).toContainText(
    'More than Plex Relay carries (2 Mbps)',
  )
})

test('a limit that comes while a rung plays moves it to a lower one', async ({ app, demo, page }) => {
  await reach(app, 'wan')
  const player = await open(page, app, films.heavy, '720p-4000k')
  await player.plays('720p-4000k')
  await demo.control({ maxKbps: 2000, refuse: { [`${universal}/session/*/base/0`]: 509 } })
  await player.seekToTenth(8)
  // What is refused meanwhile is each next lower one, until the server gives segments again.
  await expect(page.getByRole('status')).toContainText(/does not send (720p|480p)/, { timeout: 45_000 })
  await demo.control({ refuse: {} })
  const lower = /^(480p-1500k|360p-720k|240p-320k)$/
  await expect(player.root).toHaveAttribute('data-quality', lower, { timeout: 45_000 })
  await player.isIn('playing', 60_000)
  await player.movesOn(1)
})

test.describe('a refusal of everything is a sentence with a way out', () => {
  const refusals: readonly (readonly [string, Readonly<Record<string, number>>, string, RegExp])[] = [
    ['403 for the file and conversions', { [universal]: 403, '/library/parts': 403 }, 'original', /account/],
    ['503 for conversions', { [universal]: 503 }, '720p-4000k', /busy/],
    ['509 for all', { [universal]: 509, '/library/parts': 509 }, 'original', /connection/],
    ['503 for segments', { [`${universal}/session/*/base/0`]: 503 }, '720p-4000k', /busy/],
  ]
  for (const [name, refuse, quality, sentence] of refusals)
    test(name, async ({ app, demo, page }) => {
      await demo.control({ refuse })
      const player = await open(page, app, films.short, quality)
      // Where another quality can be had, it plays; else the card says what is wrong.
      await expect(player.root).toHaveAttribute('data-state', /^(playing|failed)$/, { timeout: 60_000 })
      if ((await player.root.getAttribute('data-state')) === 'playing') return player.movesOn(1)
      await expect(card(page)).toContainText(sentence)
      await expect(card(page).getByRole('button', { name: 'Try again' })).toBeVisible()
      await demo.control({ refuse: {} })
      await card(page).getByRole('button', { name: 'Try again' }).click()
      await player.plays(quality)
      await player.movesOn(1)
    })

  for (const decision of [2000, 4005])
    test(`decision ${decision}, where the file plays`, async ({ app, demo, page }) => {
      await demo.control({ decision })
      const player = await open(page, app, films.short, '720p-4000k')
      await expect(page.getByRole('status')).toContainText('does not make 720p', { timeout: 30_000 })
      await player.plays('original')
    })

  test('decision 2003, where the file does not play either', async ({ app, demo, page }) => {
    await demo.control({ decision: 2003 })
    const player = await open(page, app, films.dolby, '480p-1500k')
    await player.isIn('failed')
    await expect(card(page)).toContainText('DoVi (Profile 5) color space is not supported')
    await expect(card(page).getByRole('button', { name: 'Back to details' })).toBeVisible()
  })
})

test('a server that was asked to start too often is left alone for longer and longer, and then gives what is waited for', async ({
  app,
  demo,
}) => {
  // From the second decision on it answers 400 for a while.
  await demo.control({ transcode: { startLimit: { starts: 1, refusedS: 5 } } })
  const title = await findTitle(app, films.short)
  const stream = await app.call('cache.getCachedStreamWithQuality', keyOf(title, '360p'))
  const externalUrl = stream.externalUrl ?? ''
  const names = (await (await fetch(externalUrl)).text()).split('\n').filter((line) => line.endsWith('.ts'))
  const segment = (seq: number): Promise<Response> => fetch(new URL(names[seq] ?? '', externalUrl))
  expect((await segment(0)).status).toBe(200)
  await demo.resetCounters()
  const far = await segment(20)
  expect(far.status).toBe(200)
  expect((await far.arrayBuffer()).byteLength).toBeGreaterThan(0)
  const decisions = (await demo.counters()).byPath[`${universal}/decision`]?.requests ?? 0
  expect(decisions).toBeGreaterThan(1)
  // Every 250 ms would be twenty times.
  expect(decisions).toBeLessThanOrEqual(8)
})

test('an owner who ends a playback is quoted', async ({ app, demo, page }) => {
  const player = await open(page, app, films.long, 'original')
  await player.plays('original')
  await demo.control({ terminate: 'The stream is needed for the kitchen.' })
  await expect(card(page)).toContainText('The stream is needed for the kitchen.', { timeout: 30_000 })
  await demo.control({ terminate: null })
  await card(page).getByRole('button', { name: 'Try again' }).click()
  await player.plays('original')
})

test('when the server goes away, Original waits with a sentence and goes on by itself', async ({
  app,
  demo,
  page,
}) => {
  await demo.control({ mbps: 4 })
  const player = await open(page, app, films.heavy, 'original')
  await player.plays('original')
  await demo.control({ serving: false })
  await player.isIn('buffering')
  await expect(page.getByTestId('waiting')).toContainText('does not answer', { timeout: 45_000 })
  await expect(card(page)).toBeHidden()
  const stoodAt = await player.position()
  await demo.control({ serving: true, mbps: null })
  await player.isIn('playing', 40_000)
  await player.movesOn(1)
  expect(await player.position()).toBeGreaterThan(stoodAt)
})
