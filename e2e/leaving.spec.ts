import type { DemoCounters } from './support/demo-process.ts'
import { expect, test } from './support/fixtures.ts'
import { PlayerScreen } from './support/player.ts'
import { films, findTitle } from './support/titles.ts'

const rung = '480p-1500k'

interface Counted {
  counters(): Promise<DemoCounters>
}

/** Whatever became of the page or the app: the server soon has nothing to do for them. */
async function nothingRuns(demo: Counted): Promise<void> {
  await expect
    .poll(
      async () => {
        const { sessions, encoders } = await demo.counters()
        return [sessions, encoders.length]
      },
      { timeout: 20_000 },
    )
    .toEqual([0, 0])
}

test('a page that crashes leaves nothing on the server', async ({ app, demo, page }) => {
  const player = new PlayerScreen(page)
  await player.open(app, await findTitle(app, films.long), rung, 60_000)
  expect((await demo.counters()).sessions).toBe(1)
  await page.goto('chrome://crash').catch(() => undefined)
  await nothingRuns(demo)
})

test('a page whose connection is cut leaves nothing', async ({ app, demo, page }) => {
  const cuts: (() => Promise<void>)[] = []
  let isCut = false
  await page.routeWebSocket(/.*/, (socket) => {
    if (isCut) return void socket.close()
    const server = socket.connectToServer()
    cuts.push(() => server.close())
  })
  const player = new PlayerScreen(page)
  await player.open(app, await findTitle(app, films.long), rung, 60_000)
  await player.movesOn(1)
  isCut = true
  await page.context().setOffline(true)
  for (const cut of cuts) await cut()
  await nothingRuns(demo)
})

test('quitting the app while it switches leaves nothing', async ({ app, demo, page }) => {
  const player = new PlayerScreen(page)
  await player.open(app, await findTitle(app, films.long), rung, 60_000)
  await demo.control({ encoderSpeed: 1 })
  await player.pickQuality(/^720p ·/)
  await expect.poll(async () => (await demo.counters()).encoders[0]?.width).toBe(1280)
  const { exitCode, durationMs } = await app.stop()
  expect(exitCode).toBe(0)
  expect(durationMs).toBeLessThan(5000)
  await nothingRuns(demo)
})

test('changing to the file ends the transcode; a switch that is taken back leaves one', async ({
  app,
  demo,
  page,
}) => {
  const player = new PlayerScreen(page)
  await player.open(app, await findTitle(app, films.long), rung, 60_000)
  await player.pickQuality(/^Original/)
  await player.plays('original')
  await nothingRuns(demo)
  await player.pickQuality(/^720p ·/)
  await player.pickQuality(/^360p ·/)
  await player.plays('360p-720k')
  await player.movesOn(1)
  expect((await demo.counters()).sessions).toBe(1)
})
