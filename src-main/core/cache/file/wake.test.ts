import { describe, expect, it } from 'vitest'
import { CacheFixture, mebibyte, passing, testData, until } from '../test-support/cache-fixture.ts'
import { ManualClock } from '../test-support/manual-clock.ts'
import { cutAfter } from '../test-support/reply-faults.ts'

const size = 2 * mebibyte + 777
const data = testData(size)

describe('after a sleep', () => {
  it('what was under way begins again at once from the first missing byte', async () => {
    await using fixture = await CacheFixture.create(data)
    // As a connection looks whose other end forgot it: nothing comes, and nothing fails.
    fixture.origin.script = (index) =>
      index > 0
        ? undefined
        : (request, response) => cutAfter(300_001, 'silence')(fixture.origin, request, response)
    const reading = fixture.read(0, size)
    await until(async () => (await fixture.cache.getStats()).bytesFetched === 300_001)
    await fixture.cache.wake()
    expect((await reading).equals(data)).toBe(true)
    expect(fixture.origin.requests.at(1)?.start).toBe(300_001)
  })

  it('counts for no attempt, however often', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.script = () => () => undefined
    const reading = fixture.read(0, size)
    for (let sleeps = 1; sleeps <= 15; sleeps += 1) {
      await until(() => fixture.origin.requests.length === sleeps)
      await fixture.cache.wake()
    }
    fixture.origin.script = () => undefined
    await fixture.cache.wake()
    expect((await reading).equals(data)).toBe(true)
  })

  it('what waits for a retry waits no longer', async () => {
    const clock = new ManualClock()
    await using fixture = await CacheFixture.create(data, {}, clock)
    fixture.origin.script = (index) =>
      index > 0
        ? undefined
        : (_request, response) => void response.writeHead(503, { 'retry-after': '60' }).end()
    const started = clock.monotonicMs()
    const reading = fixture.read(0, size)
    await until(
      async () => (await fixture.cache.getStats()).bytesFetched === 0 && fixture.origin.requests.length === 1,
    )
    await fixture.cache.wake()
    expect((await passing(clock, reading, 5_000)).equals(data)).toBe(true)
    expect(clock.monotonicMs() - started).toBeLessThan(10_000)
  })

  it('nobody is told to have waited for hours where the clock went on', async () => {
    const clock = new ManualClock()
    await using fixture = await CacheFixture.create(data, {}, clock)
    fixture.origin.script = (index) => (index > 0 ? undefined : () => undefined)
    const reading = fixture.read(0, size)
    await until(() => fixture.origin.requests.length === 1)
    clock.oversleep(8 * 60 * 60_000)
    expect((await passing(clock, reading, 5_000)).equals(data)).toBe(true)
  })
})
