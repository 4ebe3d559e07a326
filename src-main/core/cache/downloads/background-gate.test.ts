import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../test-support/manual-clock.ts'
import { DownloadGate } from './background-gate.ts'

let clock: ManualClock
beforeEach(() => {
  clock = new ManualClock()
})
const forever = new AbortController().signal
const settled = async (promise: Promise<unknown>): Promise<boolean> => {
  let isSettled = false
  promise.then(
    () => (isSettled = true),
    () => (isSettled = true),
  )
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
  return isSettled
}

describe('DownloadGate', () => {
  it('lets everything pass without a ceiling', () => {
    const gate = new DownloadGate(clock, null)
    for (let turn = 0; turn < 100; turn += 1) expect(gate.tryPass(1e9)).toBe(true)
  })

  it('keeps to the ceiling over time', async () => {
    const gate = new DownloadGate(clock, 8_000)
    let passed = 0
    const started = clock.monotonicMs()
    while (clock.monotonicMs() - started < 10_000) {
      while (gate.tryPass(50_000)) passed += 50_000
      clock.advance(10)
    }
    // 8000 kbit/s are 1000 bytes per ms.
    expect(passed).toBeGreaterThan(9_700_000)
    expect(passed).toBeLessThan(10_400_000)
    await Promise.resolve()
  })

  it('wakes who waits for the debt to be paid', async () => {
    const gate = new DownloadGate(clock, 8)
    expect(gate.tryPass(1000)).toBe(true)
    const passing = gate.pass(1, forever)
    expect(await settled(passing)).toBe(false)
    clock.advance(800)
    expect(await settled(passing)).toBe(true)
  })

  it('holds still for a player that waits longer than a moment, and a little after', async () => {
    const gate = new DownloadGate(clock, null)
    const wait = gate.foregroundWait()
    clock.advance(250)
    expect(gate.tryPass(1)).toBe(true)
    clock.advance(100)
    expect(gate.tryPass(1)).toBe(false)
    const passing = gate.pass(1, forever)
    wait[Symbol.dispose]()
    expect(await settled(passing)).toBe(false)
    clock.advance(1_000)
    expect(await settled(passing)).toBe(true)
  })

  it('does not hold for short waits', () => {
    const gate = new DownloadGate(clock, null)
    for (let turn = 0; turn < 20; turn += 1) {
      const wait = gate.foregroundWait()
      clock.advance(100)
      wait[Symbol.dispose]()
    }
    expect(gate.isHeld).toBe(false)
  })

  it('stays held while any player waits', () => {
    const gate = new DownloadGate(clock, null)
    const first = gate.foregroundWait()
    clock.advance(400)
    const second = gate.foregroundWait()
    first[Symbol.dispose]()
    first[Symbol.dispose]()
    clock.advance(2_000)
    expect(gate.isHeld).toBe(true)
    second[Symbol.dispose]()
    clock.advance(2_000)
    expect(gate.isHeld).toBe(false)
  })

  it('lets go of who gives up, and of everybody when the ceiling is taken away', async () => {
    const gate = new DownloadGate(clock, 1)
    gate.tryPass(1_000_000)
    const abort = new AbortController()
    const given = gate.pass(1, abort.signal)
    abort.abort(new Error('enough'))
    await expect(given).rejects.toThrow('enough')
    const passing = gate.pass(1, forever)
    gate.setRate(null)
    expect(await settled(passing)).toBe(true)
  })
})
