import { describe, expect, it } from 'vitest'
import { ManualClock } from '../test-support/manual-clock.ts'
import { LinkMeter } from './link-meter.ts'

const meterOf = (): { clock: ManualClock; meter: LinkMeter } => {
  const clock = new ManualClock()
  return { clock, meter: new LinkMeter(clock) }
}

describe('LinkMeter', () => {
  it('measures a request that is read as fast as it comes', () => {
    const { clock, meter } = meterOf()
    const flow = meter.flow()
    for (let piece = 0; piece < 100; piece += 1) {
      clock.advance(25)
      flow.piece(62_500, 25)
    }
    expect(meter.kbps).toBe(20_000)
  })

  it('counts requests of one source together', () => {
    const { clock, meter } = meterOf()
    const flows = [meter.flow(), meter.flow()]
    for (let piece = 0; piece < 200; piece += 1) {
      clock.advance(25)
      for (const flow of flows) flow.piece(31_250, 25)
    }
    expect(Math.abs((meter.kbps ?? 0) - 20_000)).toBeLessThan(2_500)
  })

  it('says nothing when we were what was slow, nor of what came while we did not read', () => {
    const { clock, meter } = meterOf()
    const slowReader = meter.flow()
    for (let piece = 0; piece < 100; piece += 1) {
      clock.advance(25)
      slowReader.piece(62_500, 1)
    }
    const throttled = meter.flow()
    for (let piece = 0; piece < 100; piece += 1) {
      throttled.pause()
      clock.advance(100)
      throttled.piece(1_000_000, 0)
    }
    expect(meter.kbps).toBeNull()
  })

  it('follows the link, and forgets', () => {
    const { clock, meter } = meterOf()
    const flow = meter.flow()
    const run = (piece: number): void => {
      for (let passed = 0; passed < 10_000; passed += 25) {
        clock.advance(25)
        flow.piece(piece, 25)
      }
    }
    run(62_500)
    run(6_250)
    expect(meter.kbps).toBeLessThan(2_500)
    clock.advance(120_001)
    expect(meter.kbps).toBeNull()
    run(6_250)
    meter.forget()
    expect(meter.kbps).toBeNull()
  })
})
