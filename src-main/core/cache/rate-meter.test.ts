import fc from 'fast-check'
import { expect, it } from 'vitest'
import { RateMeter } from './rate-meter.ts'
import { ManualClock } from './test-support/manual-clock.ts'

const meterOf = (): { clock: ManualClock; meter: RateMeter } => {
  const clock = new ManualClock()
  return { clock, meter: new RateMeter(clock) }
}

it('knows no rate before the first byte, nor long after the last', () => {
  const { clock, meter } = meterOf()
  expect([meter.bytesPerSecond, meter.bytesPerSecondNow]).toEqual([null, null])
  meter.add(1_000)
  clock.advance(5_001)
  expect([meter.bytesPerSecond, meter.bytesPerSecondNow]).toEqual([null, null])
})

it('comes to the rate of a steady stream, whatever the pieces', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 1_000_000 }), (stepMs, piece) => {
      const { clock, meter } = meterOf()
      for (let passed = 0; passed < 20_000; passed += stepMs) {
        meter.add(piece)
        clock.advance(stepMs)
      }
      const rate = (piece / stepMs) * 1000
      for (const seen of [meter.bytesPerSecond, meter.bytesPerSecondNow])
        expect(Math.abs((seen ?? 0) / rate - 1)).toBeLessThan(stepMs / 900 + 0.05)
    }),
    { numRuns: 100 },
  )
})

it('follows a change sooner over one second than over five', () => {
  const { clock, meter } = meterOf()
  const run = (piece: number, forMs: number): void => {
    for (let passed = 0; passed < forMs; passed += 50) {
      meter.add(piece)
      clock.advance(50)
    }
  }
  run(100_000, 10_000)
  run(10_000, 2_000)
  const [long, short] = [meter.bytesPerSecond ?? 0, meter.bytesPerSecondNow ?? 0]
  expect(long).toBeGreaterThan(1_000_000)
  expect(short).toBeGreaterThan(200_000)
  expect(short).toBeLessThan(500_000)
})
