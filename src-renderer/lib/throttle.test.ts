import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { throttle } from './throttle.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('once at once, once at the end, never more', () => {
  let runs = 0
  const throttled = throttle(() => (runs += 1), 100)
  for (let call = 0; call < 5; call += 1) throttled()
  expect(runs).toBe(1)
  vi.advanceTimersByTime(100)
  expect(runs).toBe(2)
  vi.advanceTimersByTime(1000)
  expect(runs).toBe(2)
  throttled()
  expect(runs).toBe(3)
})

test('cancelled, nothing is left to run', () => {
  let runs = 0
  const throttled = throttle(() => (runs += 1), 100)
  throttled()
  throttled()
  throttled.cancel()
  vi.advanceTimersByTime(1000)
  expect(runs).toBe(1)
})
