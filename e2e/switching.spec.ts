import { randomOf } from '../bench/statistics.ts'
import { transcodesAsked, watchEncoders } from './support/encoder-watch.ts'
import { expect, test } from './support/fixtures.ts'
import { largestJumpSeconds, longestGapMs, takeFrames, watchFrames } from './support/frame-watch.ts'
import { expectOnTime, pictureOfRung } from './support/picture.ts'
import { PlayerScreen } from './support/player.ts'
import { films, findTitle, framesPerSecondOf, keyOf } from './support/titles.ts'

const rungNumber = { original: 0, '720p-4000k': 8, '480p-1500k': 11, '360p-720k': 12 } as const
type Name = keyof typeof rungNumber
const names = Object.keys(rungNumber) as readonly Name[]
const kept: Name = '480p-1500k'
const switches = 30
const seed = 20_261_123
const fromMs = 300_000
const segmentMs = 3000

// Recording the page would take the processor time that playing needs.
test.use({ trace: 'off' })
test.setTimeout(400_000)

test('changes thirty times among four qualities without a break, with one encoder, and none for what is kept', async ({
  app,
  demo,
  page,
}) => {
  const title = await findTitle(app, films.long)
  // Enough of one rung for all of the test.
  for (let at = 0; at < 12; at += 1)
    await app.call('cache.holdAhead', {
      ...keyOf(title, kept),
      fromMs: fromMs - 2 * segmentMs + at * 10 * segmentMs,
      segments: 10,
    })
  const encoders = watchEncoders(demo)
  await watchFrames(page)
  const player = new PlayerScreen(page)
  await player.open(app, title, 'original', fromMs)
  await player.movesOn(3)
  for (let press = 0; press < 8; press += 1) await page.keyboard.press('ArrowDown')
  await takeFrames(page)

  const random = randomOf(seed)
  let playing: Name = 'original'
  for (let count = 1; count <= switches; count += 1) {
    const others = names.filter((name) => name !== playing)
    const next: Name = others[Math.floor(random() * others.length)] ?? kept
    const said = `switch ${count}: ${playing} to ${next}`
    const before = transcodesAsked(await demo.counters())
    await player.pickQuality(next === 'original' ? /^Original/ : new RegExp(`^${next.split('-')[0]} ·`))
    await player.plays(next)
    expectOnTime(await pictureOfRung(page, rungNumber[next]), framesPerSecondOf(films.long))
    const frames = await takeFrames(page)
    expect(longestGapMs(frames), said).toBeLessThan(3000)
    expect(largestJumpSeconds(frames), said).toBeLessThanOrEqual(0.1)
    if (next === kept) expect(transcodesAsked(await demo.counters()) - before, said).toBe(0)
    playing = next
  }

  expect(await player.sound()).toEqual({ volume: 0.6, isMuted: false })
  await player.leave()
  await expect.poll(async () => (await demo.counters()).encoders.length, { timeout: 20_000 }).toBe(0)
  expect(await encoders.stop()).toBe(1)
})

test('without the server, changes among what is kept in the same way', async ({ app, demo, page }) => {
  const title = await findTitle(app, films.long)
  const rungs = ['480p-1500k', '360p-720k'] as const
  for (const rung of rungs)
    for (const fromMs of [0, 30_000])
      await app.call('cache.holdAhead', { ...keyOf(title, rung), fromMs, segments: 10 })
  await demo.control({ serving: false })
  await watchFrames(page)
  const player = new PlayerScreen(page)
  await player.open(app, title, rungs[0])
  await player.movesOn(1)
  await takeFrames(page)
  for (const rung of [rungs[1], rungs[0], rungs[1]]) {
    await player.pickQuality(new RegExp(`^${rung.split('-')[0]} ·`))
    await player.plays(rung)
    expectOnTime(await pictureOfRung(page, rungNumber[rung]), framesPerSecondOf(films.long))
  }
  const frames = await takeFrames(page)
  expect(longestGapMs(frames)).toBeLessThan(3000)
  expect(largestJumpSeconds(frames)).toBeLessThanOrEqual(0.1)
  await expect(page.locator('video')).toHaveCount(1)
})
