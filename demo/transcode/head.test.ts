import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerSegment, FAR_SEGMENTS, oldestToKeep, shouldEncode, THROTTLE_AHEAD_S } from './head.ts'

const head = { firstSegment: 100, oldestSegment: 100, nextSegment: 120 }

test.each([
  [99, 'restart'],
  [100, 'serve'],
  [119, 'serve'],
  [120, 'wait'],
  [120 + FAR_SEGMENTS, 'wait'],
  [121 + FAR_SEGMENTS, 'restart'],
  [999, 'restart'],
  [1000, 'missing'],
  [-1, 'missing'],
] as const)('segment %i of 1000 with the head at 120: %s', (index, answer) => {
  expect(answerSegment(index, 1000, head)).toBe(answer)
})

test('without a head, any segment of the title starts one', () => {
  expect(answerSegment(0, 10, null)).toBe('restart')
  expect(answerSegment(10, 10, null)).toBe('missing')
})

test('the encoder rests a minute ahead of the lesser of fetched and played', () => {
  const demand = { segmentSeconds: 2, fetchedS: 500, timelineS: 100, awaitedSegment: null }
  const limit = (100 + THROTTLE_AHEAD_S) / 2
  expect(shouldEncode(limit - 1, demand)).toBe(true)
  expect(shouldEncode(limit, demand)).toBe(false)
  expect(shouldEncode(limit, { ...demand, timelineS: 600 })).toBe(true)
})

test('a segment that somebody waits for is always made, and never more than the throttle allows besides', () => {
  const anyDemand = fc.record({
    segmentSeconds: fc.integer({ min: 1, max: 10 }),
    fetchedS: fc.nat(10_000),
    timelineS: fc.nat(10_000),
    awaitedSegment: fc.option(fc.nat(10_000)),
  })
  fc.assert(
    fc.property(fc.nat(10_000), anyDemand, (next, demand) => {
      const isAwaited = demand.awaitedSegment !== null && demand.awaitedSegment >= next
      const aheadS = next * demand.segmentSeconds - Math.min(demand.fetchedS, demand.timelineS)
      expect(shouldEncode(next, demand)).toBe(isAwaited || aheadS < THROTTLE_AHEAD_S)
    }),
  )
})

test('segments more than five minutes behind the head are given up', () => {
  expect(oldestToKeep({ firstSegment: 0, oldestSegment: 0, nextSegment: 400 }, 1)).toBe(100)
  expect(oldestToKeep({ firstSegment: 0, oldestSegment: 0, nextSegment: 400 }, 2)).toBe(250)
  expect(oldestToKeep(head, 1)).toBe(100)
})
