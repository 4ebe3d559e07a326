import { expect, test } from './support/fixtures.ts'
import { PlayerScreen } from './support/player.ts'
import { films, findTitle } from './support/titles.ts'

const rung = '480p-1500k'

test('a title whose playlist lists more than comes ends where its pictures do', async ({
  app,
  demo,
  page,
}) => {
  await demo.control({ transcode: { extraSegments: 2 } })
  const title = await findTitle(app, films.short)
  const lengthS = (title.item.durationMs ?? 0) / 1000
  const player = new PlayerScreen(page)
  await player.open(app, title, rung, (lengthS - 12) * 1000)
  await player.movesOn(3)
  // Nothing is said while there is something to play.
  await expect(page.getByRole('alert')).toBeHidden()
  await player.seekToTenth(2)
  await player.movesOn(1)
  await player.seekToTenth(9)
  await player.movesOn(2)
  // At its end the player is left for the title's page.
  await expect(player.root).toBeHidden({ timeout: 45_000 })
  await expect(page).toHaveURL(new RegExp(`/item/`))
})

test('a part that the server never sends is said, and the file plays on over it', async ({
  app,
  demo,
  page,
}) => {
  const missing = Array.from({ length: 500 }, () => 'missing' as const)
  await demo.control({ transcode: { segmentFaults: { 9: missing } } })
  const player = new PlayerScreen(page)
  await player.open(app, await findTitle(app, films.short), rung, 15_000)
  await expect(page.getByRole('status')).toContainText('does not send this part of 480p', { timeout: 45_000 })
  await player.plays('original')
  await expect.poll(() => player.position(), { timeout: 40_000 }).toBeGreaterThan(31)
})

test('where no other quality has the missing part, a sentence says so, and playing goes on where one seeks to', async ({
  app,
  demo,
  page,
}) => {
  const missing = Array.from({ length: 500 }, () => 'missing' as const)
  await demo.control({ transcode: { segmentFaults: { 4: missing } } })
  const player = new PlayerScreen(page)
  await player.start(app, await findTitle(app, films.dolby), rung, 12_500)
  const card = page.getByRole('alert')
  await expect(card).toContainText('does not send this part of the title', { timeout: 60_000 })
  await expect(card.getByRole('button', { name: 'Try again' })).toBeVisible()
  await player.seekToTenth(6)
  await expect(card).toBeHidden()
  await player.plays(rung)
  await player.movesOn(1)
})
