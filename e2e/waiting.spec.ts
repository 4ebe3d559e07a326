import type { Page } from '@playwright/test'
import { keepAll } from './support/cached.ts'
import type { Demo } from './support/demo-process.ts'
import { expect, test } from './support/fixtures.ts'
import { PlayerScreen } from './support/player.ts'
import { films, findTitle, keyOf } from './support/titles.ts'

/** What is said while the picture stands still. */
const sentence = (page: Page, text: RegExp) => page.getByTestId('waiting').getByText(text)
/** What the server has sent of files and of segments. */
async function sentBytes(demo: Demo): Promise<{ readonly file: number; readonly segments: number }> {
  const sum = (paths: readonly (readonly [string, { readonly bytes: number }])[]): number =>
    paths.reduce((total, [, { bytes }]) => total + bytes, 0)
  const paths = Object.entries((await demo.counters()).byPath)
  return {
    file: sum(paths.filter(([path]) => path.startsWith('/library/parts/'))),
    segments: sum(paths.filter(([path]) => path.includes('/session/'))),
  }
}
const help = (page: Page, name: RegExp) => page.getByTestId('waiting').getByRole('button', { name })

test('a slow link is named with both figures, and what fits it is a click away', async ({
  app,
  demo,
  page,
}) => {
  test.setTimeout(150_000)
  const player = new PlayerScreen(page)
  // Twice what the film needs: however long it takes to open, its end is not here yet.
  await demo.control({ mbps: 12 })
  await player.open(app, await findTitle(app, films.dear), 'original')
  await demo.control({ mbps: 2.2 })
  await player.seekToTenth(9)
  await expect(
    sentence(page, /^The link to Attic gives [12]([.]\d)? Mbps, and this quality needs 6([.]\d)? Mbps[.]$/),
  ).toBeVisible({ timeout: 30_000 })
  const { segments } = await sentBytes(demo)
  await help(page, /^Switch to 480p · 1[.]5 Mbps$/).click()
  await expect
    .poll(async () => (await sentBytes(demo)).segments, { timeout: 60_000, intervals: [50] })
    .toBeGreaterThan(segments)
  const before = await sentBytes(demo)
  await player.plays('480p-1500k', 90_000)
  const after = await sentBytes(demo)
  // The file that is left keeps nothing of the link from what comes instead.
  expect(after.file - before.file).toBeLessThan(after.segments - before.segments)
})

test('a server that converts too slowly is not taken for a slow link', async ({ app, demo, page }) => {
  test.setTimeout(120_000)
  const title = await findTitle(app, films.dear)
  const player = new PlayerScreen(page)
  // The link is known to be fast enough, and the file does not come whole at once.
  await demo.control({ mbps: 12 })
  await player.open(app, title, 'original')
  await demo.control({ encoderSpeed: 0.25 })
  await player.open(app, title, '480p-1500k', 30_000)
  await expect(sentence(page, /^Attic converts this quality more slowly than it plays[.]$/)).toBeVisible({
    timeout: 60_000,
  })
  await expect(help(page, /^Switch to Original$/)).toBeVisible()
})

test('a server that went: says so, and plays the copy that is here', async ({ app, demo, page }) => {
  const title = await findTitle(app, films.dear)
  await keepAll(app, keyOf(title, '360p'))
  const player = new PlayerScreen(page)
  await player.open(app, title, '480p-1500k')
  await demo.control({ serving: false })
  await player.seekToTenth(8)
  await expect(sentence(page, /^Attic does not answer[.] Spool keeps trying[.]$/)).toBeVisible({
    timeout: 30_000,
  })
  await help(page, /^Play 360p · 720 kbps from this computer$/).click()
  await player.plays('360p-720k')
})

test('a server that hangs leaves nobody with a ring and no words', async ({ app, demo, page }) => {
  const player = new PlayerScreen(page)
  await player.open(app, await findTitle(app, films.dear), '480p-1500k')
  await demo.control({ serving: false, mode: 'hang' })
  await player.seekToTenth(9)
  await expect(sentence(page, /[.]$/)).toBeVisible()
  await expect(sentence(page, /^Attic does not answer[.]/)).toBeVisible({ timeout: 60_000 })
  await expect(help(page, /^Try again$/)).toBeVisible()
  await demo.control({ serving: true, mode: 'reset' })
  await help(page, /^Try again$/).click()
  await expect.poll(() => player.position(), { timeout: 60_000 }).toBeGreaterThan(108.2)
})
