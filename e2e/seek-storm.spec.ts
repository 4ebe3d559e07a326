import { median, randomOf } from '../bench/statistics.ts'
import { watchEncoders } from './support/encoder-watch.ts'
import { expect, test } from './support/fixtures.ts'
import { takeFrames, watchFrames } from './support/frame-watch.ts'
import { expectOnTime, pictureOfRung } from './support/picture.ts'
import { PlayerScreen } from './support/player.ts'
import { films, findTitle, framesPerSecondOf } from './support/titles.ts'
import type { Demo } from './support/demo-process.ts'
import type { Page } from '@playwright/test'

const rung = '480p-1500k'
/** The film has 1200 s: a tenth is 120. */
const tenthSeconds = 120
/** What Spool may add to the server's own time after a storm, more than after one calm seek. */
const mostMoreMs = 500

test.use({ trace: 'off' })
test.setTimeout(240_000)

test('a storm of seeks on a transcode ends where it ended, with one encoder, and leaving ends it', async ({
  app,
  demo,
  page,
}) => {
  await watchFrames(page)
  const title = await findTitle(app, films.long)
  const player = new PlayerScreen(page)
  await player.open(app, title, rung)
  const encoders = watchEncoders(demo)

  const calm = [await seekAndWait(page, demo, [3]), await seekAndWait(page, demo, [6])]
  const random = randomOf(7)
  const storms: number[] = []
  for (const last of [8, 2, 5]) {
    const tenths = Array.from({ length: 30 }, () => Math.floor(random() * 10))
    storms.push(await seekAndWait(page, demo, [...tenths.filter((tenth) => tenth !== last), last]))
  }
  console.log(
    `beyond the server's own time: calm ${calm.join(', ')} ms, after storms ${storms.join(', ')} ms`,
  )
  expectOnTime(await pictureOfRung(page, 11), framesPerSecondOf(films.long))
  expect(await encoders.stop()).toBe(1)
  expect(median(storms)).toBeLessThanOrEqual(Math.max(...calm) + mostMoreMs)

  await player.leave()
  await expect.poll(async () => (await demo.counters()).sessions, { timeout: 20_000 }).toBe(0)
  expect((await demo.counters()).encoders).toEqual([])
})

/** Presses the tenths, and gives how long the last one took to be seen without the server's own time to restart, in ms. */
async function seekAndWait(page: Page, demo: Demo, tenths: readonly number[]): Promise<number> {
  const last = (tenths.at(-1) ?? 0) * tenthSeconds
  for (const tenth of tenths.slice(0, -1)) await page.keyboard.press(String(tenth))
  await takeFrames(page)
  const pressedAt = await page.evaluate(() => performance.now())
  await page.keyboard.press(String(tenths.at(-1)))
  let shownAt = 0
  await expect
    .poll(
      async () => {
        const frame = (await takeFrames(page)).find(
          ({ atMs, mediaTime }) => atMs > pressedAt && mediaTime >= last - 0.2 && mediaTime < last + 30,
        )
        shownAt = frame?.atMs ?? 0
        return shownAt > 0
      },
      { timeout: 60_000 },
    )
    .toBe(true)
  const start = (await demo.counters()).starts.findLast(({ segment }) => Math.abs(segment * 3 - last) <= 3)
  return Math.round(shownAt - pressedAt - (start?.ms ?? 0))
}
