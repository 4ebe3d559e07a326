import type { App } from '../../e2e/support/app-process.ts'
import type { Demo } from '../../e2e/support/demo-process.ts'
import { longestGapMs } from '../../e2e/support/frame-watch.ts'
import { findTitle, keyOf, type Playable } from '../../e2e/support/titles.ts'
import type { PlayerPage } from './player-page.ts'

export interface PlayerBench {
  readonly app: App
  readonly demo: Demo
  readonly player: PlayerPage
  readonly random: () => number
  readonly say: (text: string) => void
}

/** One figure, measured several times, in ms. */
export interface Series {
  readonly name: string
  readonly values: readonly number[]
  /** What the median and the 95th percentile should be at most. */
  readonly target?: { readonly median?: number; readonly p95?: number }
}

/** 90 s, 1080p at 24 pictures a second: pictures of the film itself are 42 ms apart. */
const smooth = '105'
/** 20 minutes, 1080p at 8 pictures a second: quick to convert, and long enough to jump about. */
const long = '101'
const rungs = [
  ['720p', '720p-4000k'],
  ['480p', '480p-1500k'],
  ['360p', '360p-720k'],
] as const
const segmentMs = 3000

/** Changes among rungs, to what the server must make and to what is kept. */
export async function measureRungs({ app, player, random, say }: PlayerBench): Promise<readonly Series[]> {
  const title = await findTitle(app, smooth)
  const kept = '480p-1500k'
  for (let fromMs = 0; fromMs < 90_000; fromMs += 10 * segmentMs)
    await app.call('cache.holdAhead', { ...keyOf(title, kept), fromMs, segments: 10 })
  await player.open(title, '720p-4000k', 0)
  const steady = await steadyGaps(player)
  const gaps: number[] = []
  const made: number[] = []
  const fromKept: number[] = []
  let playing: string = '720p-4000k'
  let givenUp = 0
  for (let count = 0; count < 20; count += 1) {
    if ((await player.position()) > 65) await restartAt(player, 5)
    const others = rungs.filter(([, quality]) => quality !== playing)
    const [label, quality] = others[Math.floor(random() * others.length)] ?? rungs[0]
    await player.frames()
    const tookMs = await player.pick(label, quality)
    await player.wait(1500)
    const gapMs = longestGapMs(await player.frames())
    say(`  ${playing} → ${quality}: ${tookWords(tookMs)}, longest picture ${Math.round(gapMs)} ms`)
    gaps.push(gapMs)
    if (tookMs === null) {
      givenUp += 1
      continue
    }
    if (quality === kept) fromKept.push(tookMs)
    else made.push(tookMs)
    playing = quality
  }
  await player.leave()
  return [
    { name: 'longest picture while playing on, the same rung', values: steady },
    {
      name: `longest picture at a change among rungs (${givenUp} given up)`,
      values: gaps,
      target: { median: 100, p95: 300 },
    },
    { name: 'time to change, rung that is made', values: made },
    { name: 'time to change, rung that is kept', values: fromKept },
  ]
}

/** Changes between the file and a rung. */
export async function measureFiles({ app, player, say }: PlayerBench): Promise<readonly Series[]> {
  const title = await findTitle(app, smooth)
  await player.open(title, 'original', 0)
  const gaps: number[] = []
  const took: number[] = []
  for (let count = 0; count < 12; count += 1) {
    if ((await player.position()) > 60) await restartAt(player, 5)
    const [label, quality] =
      count % 2 === 0 ? (['480p', '480p-1500k'] as const) : (['Original', 'original'] as const)
    await player.frames()
    const tookMs = await player.pick(label, quality)
    if (tookMs !== null) took.push(tookMs)
    await player.wait(1500)
    gaps.push(longestGapMs(await player.frames()))
    say(`  → ${quality}: ${tookWords(tookMs)}, longest picture ${Math.round(gaps.at(-1) ?? 0)} ms`)
  }
  await player.leave()
  return [
    { name: 'longest picture at a change between file and rung', values: gaps, target: { median: 500 } },
    { name: 'time to change between file and rung', values: took },
  ]
}

/** From the click on Play to the first picture. */
export async function measureFirstFrames({ app, demo, player }: PlayerBench): Promise<readonly Series[]> {
  const title = await findTitle(app, smooth)
  const press = async (label: string): Promise<number> => {
    const pressedAt = await player.pressPlay(title, label)
    return (await player.firstFrame(pressedAt)) - pressedAt
  }
  const direct: number[] = []
  const cached: number[] = []
  const made: number[] = []
  const beyond: number[] = []
  for (let count = 0; count < 6; count += 1) {
    await forget(app, player, title, ['original', '480p-1500k'])
    direct.push(await press('Original'))
    await forget(app, player, title, ['480p-1500k'])
    const madeMs = await press('480p · 1.5 Mbps')
    made.push(madeMs)
    beyond.push(madeMs - ((await demo.counters()).starts.at(-1)?.ms ?? 0))
    // Its beginning was played just now, so it is here.
    await player.wait(1500)
    await player.leave()
    cached.push(await press('480p · 1.5 Mbps'))
  }
  await player.leave()
  return [
    { name: 'click to first picture, cached rung', values: cached },
    { name: 'click to first picture, direct play', values: direct },
    { name: 'click to first picture, transcode', values: made },
    { name: 'the same without the server’s start', values: beyond },
  ]
}

/** Jumps in a rung: to what is kept, and to where the encoder has not been or is past. */
export async function measureSeeks({ app, demo, player }: PlayerBench): Promise<readonly Series[]> {
  const title = await findTitle(app, long)
  const quality = '480p-1500k'
  await forget(app, player, title, [quality])
  const keptFromMs = 1_080_000
  await app.call('cache.holdAhead', { ...keyOf(title, quality), fromMs: keptFromMs, segments: 10 })
  await player.open(title, quality, 600_000)
  const jump = async (seconds: number): Promise<{ readonly all: number; readonly own: number }> => {
    const known = (await demo.counters()).starts.length
    const clickedAt = await player.seekTo(seconds)
    const at = await player.firstFrame(clickedAt, ({ mediaTime }) => Math.abs(mediaTime - seconds) < 10)
    const { starts } = await demo.counters()
    const start =
      starts.length > known
        ? starts.findLast(({ segment }) => Math.abs(segment * 3 - seconds) <= 6)
        : undefined
    await player.wait(1000)
    return { all: at - clickedAt, own: at - clickedAt - (start?.ms ?? 0) }
  }
  const series = {
    cached: [] as number[],
    ahead: [] as number[],
    behind: [] as number[],
    own: [] as number[],
  }
  for (let round = 0; round < 6; round += 1) {
    const ahead = await jump(700 + round * 60)
    const behind = await jump(500 - round * 60)
    series.cached.push((await jump(keptFromMs / 1000 + 5)).all)
    series.ahead.push(ahead.all)
    series.behind.push(behind.all)
    series.own.push(ahead.own, behind.own)
  }
  await player.leave()
  return [
    { name: 'jump in a rung, to what is kept', values: series.cached },
    { name: 'jump in a rung, ahead of the encoder', values: series.ahead },
    { name: 'jump in a rung, behind the encoder', values: series.behind },
    { name: 'both without the server’s start', values: series.own, target: { median: 500 } },
  ]
}

const tookWords = (ms: number | null): string => (ms === null ? 'given up' : `${Math.round(ms)} ms`)

/** Gaps of two seconds each, in which nothing is done. */
async function steadyGaps(player: PlayerPage): Promise<readonly number[]> {
  const gaps: number[] = []
  for (let count = 0; count < 6; count += 1) {
    await player.frames()
    await player.wait(2000)
    gaps.push(longestGapMs(await player.frames()))
  }
  return gaps
}

async function restartAt(player: PlayerPage, seconds: number): Promise<void> {
  const clickedAt = await player.seekTo(seconds)
  await player.firstFrame(clickedAt, ({ mediaTime }) => Math.abs(mediaTime - seconds) < 20)
  await player.wait(3000)
}

async function forget(
  app: App,
  player: PlayerPage,
  title: Playable,
  qualities: readonly string[],
): Promise<void> {
  await player.leave()
  for (const quality of qualities)
    await app.call('cache.removeFromCache', { ...keyOf(title, quality), force: true })
}
