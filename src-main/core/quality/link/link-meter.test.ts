import { expect, it } from 'vitest'
import { ManualClock } from '../../cache/test-support/manual-clock.ts'
import { LinkMeter, type BodyMeter } from './link-meter.ts'

const mebibyte = 1024 * 1024

function rig() {
  const clock = new ManualClock()
  const meter = new LinkMeter(clock)
  /** A reply of pieces that come at `kbps`, read as fast as they come. */
  const read = (kbps: number, ms: number, body: BodyMeter = meter.body()): BodyMeter => {
    const pieceMs = 20
    body.asked()
    body.came(1)
    for (let at = 0; at < ms; at += pieceMs) {
      body.asked()
      clock.advance(pieceMs)
      body.came((kbps * pieceMs) / 8)
    }
    return body
  }
  const kbps = (): number | null => meter.estimate?.kbps ?? null
  return { clock, meter, read, kbps }
}

it('knows nothing before something was read', () => {
  const { meter, clock } = rig()
  expect(meter.estimate).toBeNull()
  const body = meter.body()
  body.asked()
  clock.advance(5000)
  body.came(mebibyte)
  expect(meter.estimate).toBeNull()
})

it('measures what comes while somebody waits for it', () => {
  const { read, kbps } = rig()
  read(5000, 3000)
  expect(kbps()).toBe(5000)
})

it('does not count the time in which nobody asks', () => {
  const { read, kbps, clock } = rig()
  for (let piece = 0; piece < 5; piece++) {
    read(5000, 500).ended()
    clock.advance(3000)
  }
  expect(kbps()).toBe(5000)
})

it('does not count the time in which the server prepares', () => {
  const { meter, clock, read, kbps } = rig()
  for (let piece = 0; piece < 3; piece++) {
    const begun = meter.preparing(3000)
    clock.advance(6000)
    begun(true)
    read(20_000, 200).ended()
  }
  expect(kbps()).toBe(20_000)
  expect(meter.preparingPace).toBeCloseTo(2)
})

it('does not take what stood in a buffer for a fast link', () => {
  const { meter, read, kbps, clock } = rig()
  const body = read(2000, 4000, meter.body())
  clock.advance(10_000)
  // Two megabytes came meanwhile, and are read at once.
  for (let piece = 0; piece < 32; piece++) {
    body.asked()
    body.came(65_536)
  }
  expect(kbps()).toBe(2000)
})

it('adds up what comes side by side', () => {
  const { meter, clock, kbps } = rig()
  const bodies = [meter.body(), meter.body()]
  for (const body of bodies) {
    body.asked()
    body.came(1)
  }
  for (let turn = 0; turn < 100; turn++) {
    for (const body of bodies) body.asked()
    clock.advance(20)
    for (const body of bodies) body.came((3000 * 20) / 8)
  }
  expect(kbps()).toBe(6000)
})

it('sees a fall at once and a rise late', () => {
  const { read, kbps } = rig()
  read(20_000, 20_000)
  read(1000, 3000)
  expect(kbps()).toBeLessThan(6000)
  read(1000, 10_000)
  expect(kbps()).toBeLessThan(1100)
  read(20_000, 3000)
  expect(kbps()).toBeLessThan(10_000)
  read(20_000, 30_000)
  expect(kbps()).toBeGreaterThan(19_000)
})

it('falls while a reply stands still, and says how old its last word is', () => {
  const { meter, read, kbps, clock } = rig()
  const body = read(8000, 5000, meter.body())
  body.asked()
  clock.advance(500)
  expect(kbps()).toBe(8000)
  clock.advance(3000)
  expect(kbps()).toBeLessThan(3000)
  expect(meter.estimate?.ageMs).toBe(0)
  body.ended()
  expect(meter.estimate?.ageMs).toBe(3500)
})

it('a server that prepares faster than is played is not busy; one that does not answer is', () => {
  const { meter, clock } = rig()
  expect(meter.preparingPace).toBeNull()
  const begun = meter.preparing(3000)
  clock.advance(600)
  begun(true)
  expect(meter.preparingPace).toBeCloseTo(0.2)
  const gone = meter.preparing(3000)
  clock.advance(9000)
  expect(meter.preparingPace).toBeGreaterThan(1.5)
  gone(false)
  expect(meter.preparingPace).toBeCloseTo(0.2)
})
