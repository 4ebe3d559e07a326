import { beforeEach, describe, expect, it } from 'vitest'
import { priority, type Priority } from '../schedule/priority.ts'
import { ManualClock } from '../test-support/manual-clock.ts'
import { DownloadGate, type Toll } from './background-gate.ts'

let clock: ManualClock
beforeEach(() => {
  clock = new ManualClock()
})
/** Goes on by a thousandth of a millisecond with every look at it, as real clocks do while code runs. */
class MovingClock extends ManualClock {
  override monotonicMs(): number {
    super.advance(0.001)
    return super.monotonicMs()
  }
}
const forever = new AbortController().signal
const toll = (bytes = 1, of: Priority = priority.download, sourceId = 'a'): Toll => ({
  bytes,
  priority: of,
  sourceId,
})
const settled = async (promise: Promise<unknown>): Promise<boolean> => {
  let isSettled = false
  promise.then(
    () => (isSettled = true),
    () => (isSettled = true),
  )
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
  return isSettled
}
/** What passes in pieces of 50 kB. */
const passedIn = (gate: DownloadGate, forMs: number, stepMs = 10): number => {
  let passed = 0
  for (let gone = 0; gone < forMs; gone += stepMs) {
    while (passed < 1e9 && gate.tryPass(toll(50_000))) passed += 50_000
    clock.advance(stepMs)
  }
  return passed
}

describe('the ceiling', () => {
  it('lets everything pass when there is none', () => {
    const gate = new DownloadGate(clock, null)
    for (let turn = 0; turn < 100; turn += 1) expect(gate.tryPass(toll(1e9))).toBe(true)
  })

  it('is kept to over time', () => {
    const gate = new DownloadGate(clock, 8_000)
    // 8000 kbit/s are 1000 bytes per ms.
    const passed = passedIn(gate, 10_000)
    expect(passed).toBeGreaterThan(9_700_000)
    expect(passed).toBeLessThan(10_400_000)
  })

  it('wakes who waits for the debt to be paid', async () => {
    const gate = new DownloadGate(clock, 8)
    expect(gate.tryPass(toll(1000))).toBe(true)
    const passing = gate.pass(toll(), forever)
    expect(await settled(passing)).toBe(false)
    clock.advance(800)
    expect(await settled(passing)).toBe(true)
  })

  it('wakes who comes at the very moment when the debt is paid', async () => {
    const stuck: number[] = []
    for (let early = 0; early < 20; early += 1) {
      const moving = new MovingClock()
      const gate = new DownloadGate(moving, 8)
      gate.tryPass(toll(350))
      const dueMs = 100
      moving.advance(dueMs - 0.02 + early / 1000)
      const passing = gate.pass(toll(), forever)
      await settled(passing)
      moving.advance(5)
      if (!(await settled(passing))) stuck.push(early)
    }
    expect(stuck).toEqual([])
  })

  it('lets go of who gives up, and of everybody when it is taken away', async () => {
    const gate = new DownloadGate(clock, 1)
    gate.tryPass(toll(1_000_000))
    const abort = new AbortController()
    const given = gate.pass(toll(), abort.signal)
    abort.abort(new Error('enough'))
    await expect(given).rejects.toThrow('enough')
    const passing = gate.pass(toll(), forever)
    gate.setRate(null)
    expect(await settled(passing)).toBe(true)
    expect(gate.waiting).toBe(0)
  })

  it('lets the more urgent pass first, and the first of those as urgent', async () => {
    const gate = new DownloadGate(clock, 8)
    gate.tryPass(toll(1_000))
    const passed: string[] = []
    for (const [name, of] of [
      ['check', priority.upkeep],
      ['own', priority.fill],
      ['one', priority.download],
      ['two', priority.download],
    ] as const)
      void gate.pass(toll(100, of), forever).then(() => passed.push(name))
    for (let turn = 0; turn < 12; turn += 1) {
      clock.advance(100)
      await settled(Promise.resolve())
    }
    expect(passed).toEqual(['one', 'two', 'own', 'check'])
  })
})

describe('players first', () => {
  it('nothing passes while a player has nothing, nor right after', async () => {
    const gate = new DownloadGate(clock, null)
    const wait = gate.foregroundWait('a')
    expect(gate.tryPass(toll())).toBe(false)
    const passing = gate.pass(toll(), forever)
    wait[Symbol.dispose]()
    expect(await settled(passing)).toBe(false)
    clock.advance(100)
    expect(await settled(passing)).toBe(true)
  })

  it('stays shut while any player waits', () => {
    const gate = new DownloadGate(clock, null)
    const first = gate.foregroundWait('a')
    const second = gate.foregroundWait('a')
    first[Symbol.dispose]()
    first[Symbol.dispose]()
    clock.advance(200)
    expect(gate.isHeld).toBe(true)
    second[Symbol.dispose]()
    clock.advance(200)
    expect(gate.isHeld).toBe(false)
  })

  it('after a wait of more than 300 ms beside a download, ten seconds of nothing, then less than before', () => {
    const gate = new DownloadGate(clock, null, () => 20_000)
    gate.served()
    expect(gate.kbps).toBe(16_000)
    gate.tryPass(toll())
    const wait = gate.foregroundWait('a')
    clock.advance(350)
    wait[Symbol.dispose]()
    gate.served()
    clock.advance(9_900)
    expect(gate.tryPass(toll())).toBe(false)
    clock.advance(100)
    expect(gate.tryPass(toll())).toBe(true)
    expect(gate.kbps).toBeLessThan(9_000)
  })

  it('a wait that no download had a part in costs downloads nothing but the wait', () => {
    const gate = new DownloadGate(clock, null, () => 20_000)
    const wait = gate.foregroundWait('a')
    clock.advance(5_000)
    wait[Symbol.dispose]()
    gate.served()
    clock.advance(100)
    expect(gate.kbps).toBe(16_000)
  })

  it('leaves a fifth of the link free while somebody watches, and no longer', () => {
    const gate = new DownloadGate(clock, null, () => 20_000)
    expect(gate.kbps).toBeNull()
    gate.served()
    const passed = passedIn(gate, 10_000)
    expect(passed).toBeGreaterThan(19_400_000)
    expect(passed).toBeLessThan(20_800_000)
    clock.advance(30_000)
    expect(gate.kbps).toBeNull()
  })

  it('tells whether a player of a source has nothing, and takes short breaks for none', () => {
    const gate = new DownloadGate(clock, null)
    const [first, second] = [gate.foregroundWait('a'), gate.foregroundWait('a')]
    expect([gate.isStalled('a'), gate.isStalled('b')]).toEqual([true, false])
    first[Symbol.dispose]()
    clock.advance(200)
    expect(gate.isStalled('a')).toBe(true)
    second[Symbol.dispose]()
    clock.advance(99)
    expect(gate.isStalled('a')).toBe(true)
    clock.advance(1)
    expect(gate.isStalled('a')).toBe(false)
  })

  it('what a player will need holds up downloads of its source, and of no other', async () => {
    const gate = new DownloadGate(clock, null)
    const fetching = gate.foregroundFetch('a')
    expect(gate.tryPass(toll(1, priority.download, 'b'))).toBe(true)
    const passing = gate.pass(toll(), forever)
    expect(await settled(passing)).toBe(false)
    // It waits for its own source: that is nothing to a less urgent one of another.
    expect(gate.tryPass(toll(1, priority.fill, 'b'))).toBe(true)
    fetching[Symbol.dispose]()
    expect(await settled(passing)).toBe(true)
  })

  it('who stands behind a download of another source passes as soon as that one has to wait', async () => {
    const gate = new DownloadGate(clock, 8)
    gate.tryPass(toll(1_000, priority.download, 'b'))
    const passed: string[] = []
    for (const [sourceId, of] of [
      ['a', priority.download],
      ['b', priority.fill],
    ] as const)
      void gate.pass(toll(1, of, sourceId), forever).then(() => passed.push(sourceId))
    clock.advance(500)
    gate.foregroundFetch('a')
    clock.advance(1_000)
    await settled(Promise.resolve())
    expect(passed).toEqual(['b'])
  })
})
