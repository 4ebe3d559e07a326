import { expect, test } from 'vitest'
import { afterScrobble, afterTimeline, type WatchRecord } from './watch-state.ts'

const HOUR_MS = 3_600_000

test('a position is kept to resume from', () => {
  expect(afterTimeline({}, 600_000, HOUR_MS, 50)).toEqual({ viewOffsetMs: 600_000, lastViewedAt: 50 })
})

test('crossing nine tenths counts one viewing, however often it is reported after', () => {
  const reports = [0.5, 0.8, 0.91, 0.95, 1]
  const record = reports.reduce<WatchRecord>(
    (each, share) => afterTimeline(each, share * HOUR_MS, HOUR_MS, 60),
    {},
  )
  expect(record).toEqual({ viewCount: 1, lastViewedAt: 60 })
})

test('a lone report near the end marks nothing', () => {
  expect(afterTimeline({}, 0.95 * HOUR_MS, HOUR_MS, 60).viewCount).toBeUndefined()
})

test('scrobbling counts and forgets the position', () => {
  expect(afterScrobble({ viewCount: 1, viewOffsetMs: 5 }, 70)).toEqual({ viewCount: 2, lastViewedAt: 70 })
})
