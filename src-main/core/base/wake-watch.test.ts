import { expect, it } from 'vitest'
import { ManualClock } from '../cache/test-support/manual-clock.ts'
import { WakeWatch } from './wake-watch.ts'

function watched(): { clock: ManualClock; wakes: () => number; watch: WakeWatch } {
  const clock = new ManualClock()
  let wakes = 0
  const watch = new WakeWatch(clock, () => (wakes += 1))
  return { clock, wakes: () => wakes, watch }
}

it('says nothing while time passes, nor when the clock is put right by a little', () => {
  const { clock, wakes } = watched()
  clock.advance(60 * 60_000)
  clock.jumpWall(4_000)
  clock.advance(60_000)
  expect(wakes()).toBe(0)
})

it.each([8 * 60 * 60_000, 6_000, -6_000])('says once that the wall clock went %i ms further', (ms) => {
  const { clock, wakes } = watched()
  clock.advance(12_000)
  clock.jumpWall(ms)
  clock.advance(60_000)
  expect(wakes()).toBe(1)
})

it('says so when both clocks went on and the timer came late', () => {
  const { clock, wakes } = watched()
  clock.oversleep(60_000)
  expect(wakes()).toBe(1)
  clock.advance(60_000)
  expect(wakes()).toBe(1)
})

it('is silent after its end', () => {
  const { clock, wakes, watch } = watched()
  watch[Symbol.dispose]()
  clock.jumpWall(60_000)
  clock.advance(60_000)
  expect(wakes()).toBe(0)
})
