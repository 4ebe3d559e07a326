import { describe, expect, it } from 'vitest'
import { ladder } from '../ladder.ts'
import { limits } from './rules.ts'
import { meanKbps, readSawTooth, repeated, shifted, traceOf } from './test-support/link-trace.ts'
import { type Outcome, type SimulatedQuality, simulate } from './test-support/simulated-player.ts'

/*
 * Automatic on a virtual clock: the product's rules and its link meter, in a simulated player, on a recorded link. The recording rises from 1 to
 * 40 Mbit/s in 45 s and falls back at once, five times.
 */
const sawTooth = readSawTooth()
const mean = meanKbps(sawTooth)
/** How fast a server with two cores converts to a rung. */
const speedOf = (kbps: number): number => Math.max(1.2, Math.min(10, 24_000 / kbps))
const rung = (name: string, kbps: number): SimulatedQuality => ({ name, kbps, encoderSpeed: speedOf(kbps) })
const film: readonly SimulatedQuality[] = [
  { name: 'original', kbps: 48_000, encoderSpeed: null },
  rung('2160p-20000k', 20_000),
  rung('1080p-8000k', 8000),
  rung('720p-4000k', 4000),
  rung('480p-1500k', 1500),
  rung('360p-720k', 720),
]
const durationMs = 400_000

const play = (start: string, more: Partial<Parameters<typeof simulate>[0]> = {}): Outcome =>
  simulate({
    trace: repeated(sawTooth, 3),
    qualities: film,
    start,
    isAutomatic: true,
    durationMs,
    ...more,
  })

/** How soon a change was taken back, ms. */
const soonestReturn = ({ changes }: Outcome): number =>
  Math.min(
    ...changes.flatMap((change, at) => {
      const before = changes[at - 1]
      return before !== undefined && before.from === change.to ? [change.atMs - before.atMs] : []
    }),
  )

describe('on the recorded saw-tooth', () => {
  const phases = Array.from({ length: 9 }, (_, at) => at * 5000)
  const starts = ['original', '2160p-20000k', '1080p-8000k', '480p-1500k']
  const outcomes = phases.flatMap((byMs) =>
    starts.map((start) => play(start, { trace: repeated(shifted(sawTooth, byMs), 3) })),
  )

  it('the recording is what it says it is', () => {
    expect(sawTooth.kbps.length * sawTooth.everyMs).toBe(225_000)
    expect(Math.min(...sawTooth.kbps)).toBeLessThan(1500)
    expect(Math.max(...sawTooth.kbps)).toBeGreaterThan(38_000)
    expect(mean).toBeGreaterThan(19_000)
  })

  it('does not swing: five changes in 400 s at most, none taken back within 15 s', () => {
    for (const outcome of outcomes) {
      expect(outcome.changes.length).toBeLessThanOrEqual(5)
      expect(soonestReturn(outcome)).toBeGreaterThan(15_000)
    }
  })

  it('stalls less often and for less time than any fixed rung above the mean', () => {
    const above = ladder.filter(({ bitrateKbps }) => bitrateKbps > mean)
    expect(above.map(({ name }) => name)).toEqual([
      '2160p-40000k',
      '2160p-30000k',
      '2160p-20000k',
      '1080p-20000k',
    ])
    const worst = {
      stalls: Math.max(...outcomes.map(({ stalls }) => stalls)),
      stalledMs: Math.max(...outcomes.map(({ stalledMs }) => stalledMs)),
    }
    for (const { name, bitrateKbps } of above) {
      const fixed = play(name, { qualities: [rung(name, bitrateKbps)], isAutomatic: false })
      expect(worst.stalls).toBeLessThan(fixed.stalls)
      expect(worst.stalledMs).toBeLessThan(fixed.stalledMs)
    }
  })

  it('is no coward: it shows more than half as much again as the rung that never stalls by luck', () => {
    const average = outcomes.reduce((sum, { meanKbps: kbps }) => sum + kbps, 0) / outcomes.length
    expect(average).toBeGreaterThan(1.5 * 4000)
    for (const { playedMs } of outcomes) expect(playedMs).toBe(durationMs)
  })
})

describe('stall scripts', () => {
  it('a tunnel: 25 s of nothing, twice, are played through', () => {
    const tunnel = traceOf([60, 20_000], [25, 0], [60, 20_000], [25, 0], [600, 20_000])
    const outcome = play('1080p-8000k', { trace: tunnel, qualities: film.slice(2) })
    expect(outcome.stalls).toBe(0)
    expect(outcome.changes).toEqual([])
  })

  it('a hotel: from 20 to 2.2 Mbit/s for good, goes to what fits, once, and stays', () => {
    const outcome = play('1080p-8000k', { trace: traceOf([60, 20_000], [600, 2200]), durationMs: 500_000 })
    expect(outcome.changes.map(({ to }) => to)).toEqual(['480p-1500k'])
    expect(outcome.stalledMs).toBeLessThan(1000)
    const fixed = play('1080p-8000k', { trace: traceOf([60, 20_000], [600, 2200]), isAutomatic: false })
    expect(fixed.stalledMs).toBeGreaterThan(100_000)
  })

  it('a busy server on a fast link: leaves what it cannot convert in time, and does not blame the link', () => {
    const busy = film.slice(2).map((one) => ({ ...one, encoderSpeed: one.kbps >= 8000 ? 0.6 : 4 }))
    const outcome = play('1080p-8000k', {
      trace: traceOf([900, 40_000]),
      qualities: busy,
      durationMs: 300_000,
    })
    expect(outcome.changes.map(({ to, decision }) => [to, decision.why])).toEqual([
      ['720p-4000k', 'server-busy'],
    ])
    expect(outcome.stalls).toBe(1)
    for (const { seen } of outcome.log.filter(({ seen: { linkKbps } }) => linkKbps !== null))
      expect(seen.linkKbps).toBeGreaterThan(30_000)
  })

  it('a server that goes: copies of which none is whole play on from one to the next, to where all end', () => {
    const kept = (name: string, kbps: number, from: number, to: number): SimulatedQuality => ({
      ...rung(name, kbps),
      kept: [[from, to]],
    })
    const patchwork = [
      kept('1080p-8000k', 8000, 0, 20),
      kept('720p-4000k', 4000, 15, 40),
      kept('480p-1500k', 1500, 40, 70),
    ]
    const outcome = play('1080p-8000k', {
      trace: traceOf([10, 20_000]),
      qualities: patchwork,
      off: [[0, 9_999_999]],
      durationMs: 210_000,
    })
    expect(outcome.playedMs).toBe(210_000)
    expect(outcome.changes.map(({ to }) => to)).toEqual(['720p-4000k', '480p-1500k'])
    expect(outcome.stalledMs).toBeLessThan(1500)
  })
})

it('holds its own rules in every simulated second', () => {
  const outcome = play('original')
  const ups = outcome.changes.filter(({ decision }) => decision.do === 'go' && decision.move === 'up')
  for (const { atMs, to } of ups) {
    const seen = outcome.log.find((row) => row.seen.atMs === atMs)!.seen
    const { needKbps } = seen.candidates.find(({ quality }) => quality === to)!
    expect(seen.linkKbps).toBeGreaterThanOrEqual((needKbps ?? 0) * limits.headroom)
  }
  outcome.changes.slice(1).forEach(({ atMs, decision }, at) => {
    if (decision.do === 'go' && decision.move !== 'copy')
      expect(atMs - outcome.changes[at]!.atMs).toBeGreaterThanOrEqual(limits.betweenChangesMs)
  })
})
