import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createStandBy } from './stand-by.ts'

let attempts: number
let hasWorked: boolean
let givenUp: number
const make = () =>
  createStandBy({
    attempt: () => {
      attempts += 1
      return hasWorked ? Promise.resolve(true) : Promise.reject(new Error('not yet'))
    },
    giveUp: () => (givenUp += 1),
  })

beforeEach(() => {
  vi.useFakeTimers()
  attempts = givenUp = 0
  hasWorked = false
})
afterEach(() => void vi.useRealTimers())

test('tries again until it works', async () => {
  const standBy = make()
  standBy.begin()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(attempts).toBe(2)
  hasWorked = true
  await vi.advanceTimersByTimeAsync(60_000)
  expect(attempts).toBe(3)
  expect([standBy.isWaiting, givenUp]).toEqual([false, 0])
})

test('gives up on a source that answers and sends nothing', async () => {
  const standBy = make()
  standBy.begin()
  await vi.advanceTimersByTimeAsync(120_000)
  expect([standBy.isWaiting, givenUp]).toEqual([false, 1])
  expect(attempts).toBe(15)
})

test('waits as long as it takes for one that is away, without asking, and goes on at once when it is back', async () => {
  const standBy = make()
  standBy.begin()
  standBy.sourceChanged(false)
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect([attempts, givenUp, standBy.isWaiting]).toEqual([0, 0, true])
  hasWorked = true
  standBy.sourceChanged(true)
  await vi.advanceTimersByTimeAsync(0)
  expect([attempts, standBy.isWaiting]).toEqual([1, false])
})

test('a stop ends it, also in the middle of an attempt', async () => {
  let finish: (worked: boolean) => void = () => undefined
  const standBy = createStandBy({
    attempt: () => new Promise((resolve) => (finish = resolve)),
    giveUp: () => (givenUp += 1),
  })
  standBy.begin()
  await vi.advanceTimersByTimeAsync(4000)
  standBy.stop()
  finish(false)
  await vi.advanceTimersByTimeAsync(120_000)
  expect([standBy.isWaiting, givenUp]).toEqual([false, 0])
})
