import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createTestClock } from '../base/test-support/test-clock.ts'
import { Coalescer } from './coalescer.ts'

it('lets the first through at once, then the latest of each quarter second, and never loses the last', () => {
  const clock = createTestClock()
  const told: string[] = []
  const coalescer = new Coalescer<string>(clock, (value) => told.push(`${clock.monotonicMs()} ${value}`))
  for (const value of ['a', 'b', 'c']) coalescer.push('key', value)
  expect(told).toEqual(['0 a'])
  clock.advance(250)
  expect(told).toEqual(['0 a', '250 c'])
  clock.advance(100)
  coalescer.push('key', 'd')
  coalescer.push('other', 'x')
  expect(told).toEqual(['0 a', '250 c', '350 x'])
  clock.advance(1000)
  expect(told).toEqual(['0 a', '250 c', '350 x', '500 d'])
  expect(clock.pending).toBe(0)
})

it('tells nothing after it is disposed', () => {
  const clock = createTestClock()
  const told: string[] = []
  const coalescer = new Coalescer<string>(clock, (value) => told.push(value))
  coalescer.push('key', 'a')
  coalescer.push('key', 'b')
  coalescer[Symbol.dispose]()
  clock.advance(1000)
  expect(told).toEqual(['a'])
  expect(clock.pending).toBe(0)
})

it('keeps to four events a second per key and ends with the last value of each', () => {
  const event = fc.record({ key: fc.constantFrom('a', 'b', 'c'), waitMs: fc.integer({ min: 0, max: 400 }) })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const clock = createTestClock()
      const told: { key: string; value: number; atMs: number }[] = []
      const coalescer = new Coalescer<{ key: string; value: number }>(clock, (event) =>
        told.push({ ...event, atMs: clock.monotonicMs() }),
      )
      const last = new Map<string, number>()
      for (const [value, { key, waitMs }] of events.entries()) {
        clock.advance(waitMs)
        coalescer.push(key, { key, value })
        last.set(key, value)
      }
      clock.advance(250)
      for (const [key, value] of last) {
        const ofKey = told.filter((event) => event.key === key)
        expect(ofKey.at(-1)?.value).toBe(value)
        for (const [at, event] of ofKey.slice(1).entries())
          expect(event.atMs - (ofKey[at]?.atMs ?? 0)).toBeGreaterThanOrEqual(250)
      }
    }),
  )
})
