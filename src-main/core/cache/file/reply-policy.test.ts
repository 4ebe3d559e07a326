import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import {
  CacheFixture,
  mebibyte,
  passing,
  readAll,
  testData,
  testKey,
  until,
} from '../test-support/cache-fixture.ts'
import { ManualClock } from '../test-support/manual-clock.ts'

const size = 2 * mebibyte + 777
const data = testData(size)
const key = testKey()
const forever = (): AbortSignal => new AbortController().signal
const isComplete = (fixture: CacheFixture): Promise<boolean> =>
  fixture.cache.isCached(key).then(({ cached }) => cached)

/** Every request is answered so. */
const always = (
  fixture: CacheFixture,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): void => {
  fixture.origin.script = () => answer
}

async function readsRight(fixture: CacheFixture, start: number, end: number, of = key): Promise<void> {
  expect((await fixture.read(start, end, of)).equals(data.subarray(start, end))).toBe(true)
}

describe('a source that knows no ranges', () => {
  const withoutRanges = (fixture: CacheFixture): void =>
    always(fixture, (_request, response) => fixture.origin.serveWhole(response))

  it.each([
    ['from the start', 0, size],
    ['from the middle', mebibyte + 5, mebibyte + 500_005],
    ['at the tail', size - 9, size],
  ])('is read %s, from its beginning and only once', async (_, start, end) => {
    await using fixture = await CacheFixture.create(data)
    withoutRanges(fixture)
    await readsRight(fixture, start, end)
    expect(fixture.origin.requests.length).toBeLessThanOrEqual(2)
    await until(() => fixture.cache.counters().transfers === 0)
  })

  it('is read in several places at once, and all of it is kept', async () => {
    await using fixture = await CacheFixture.create(data)
    withoutRanges(fixture)
    await Promise.all([
      readsRight(fixture, size - 1000, size),
      readsRight(fixture, 5, 1000),
      readsRight(fixture, mebibyte - 1, mebibyte + 1),
    ])
    await readsRight(fixture, 0, size)
    await until(() => isComplete(fixture))
  })

  it('is remembered for ten minutes, for all its titles', async () => {
    const clock = new ManualClock()
    await using fixture = await CacheFixture.create(data, {}, clock)
    withoutRanges(fixture)
    await passing(clock, fixture.read(mebibyte, size), 20_000)
    const before = fixture.origin.requests.length
    await passing(clock, fixture.read(mebibyte, size, testKey('2')), 20_000)
    expect(fixture.origin.requests.slice(before)).toEqual([{ start: 0, end: size }])
    clock.advance(10 * 60_000)
    fixture.origin.script = () => undefined
    await passing(clock, fixture.read(mebibyte, mebibyte + 5, testKey('3')), 20_000)
    expect(fixture.origin.requests.at(-1)).toEqual({ start: mebibyte, end: mebibyte + 5 })
  })

  it('is not closed while a slow player holds it, since there is no way back in', async () => {
    const clock = new ManualClock()
    const large = testData(24 * mebibyte)
    await using fixture = await CacheFixture.create(large, {}, clock)
    fixture.upstream.planChange = { durationMs: 3_600_000 }
    withoutRanges(fixture)
    using file = await fixture.openFile()
    const reader = file.read(0, large.length, forever())
    let read = 0
    while (read < 2 * mebibyte) read += (await passing(clock, reader.read(), 20_000))?.length ?? 0
    for (let second = 0; second < 30; second += 1) {
      clock.advance(1_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    const rest = await passing(clock, readAll(reader), 60_000)
    expect(rest.equals(large.subarray(read))).toBe(true)
    // Besides the look at the film's end, made before anybody knew.
    expect(fixture.origin.requests.filter(({ start }) => start === 0)).toHaveLength(1)
    expect(fixture.origin.requests.length).toBeLessThanOrEqual(2)
  })
})

it('a source that stumbles over conditions is asked without them, and keeps its ranges', async () => {
  await using fixture = await CacheFixture.create(data)
  fixture.origin.etag = '"one"'
  always(fixture, (request, response) => {
    if (request.headers['if-range'] === undefined) fixture.origin.serve(request, response)
    else fixture.origin.serveWhole(response)
  })
  await readsRight(fixture, 0, 1000)
  await readsRight(fixture, mebibyte, mebibyte + 1000)
  await readsRight(fixture, size - 1000, size)
  expect(fixture.origin.headers.filter((headers) => headers['if-range'] !== undefined)).toHaveLength(1)
  expect(fixture.origin.requests.slice(-1)).toEqual([{ start: size - 1000, end: size }])
})

describe('a source that refuses', () => {
  it('is asked with new credentials just once for all who wait, and nothing is lost', async () => {
    await using fixture = await CacheFixture.create(data)
    await readsRight(fixture, 0, mebibyte)
    await fixture.reopen()
    always(fixture, (_request, response) => void response.writeHead(401).end())
    const reads = [key, key, testKey('2')].map((of) => fixture.read(mebibyte, size, of))
    for (const outcome of await Promise.allSettled(reads))
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'source-refused' } })
    expect(fixture.upstream.renewals).toBe(1)
    expect(fixture.origin.requests.length).toBeLessThan(10)
    await readsRight(fixture, 0, mebibyte)
    expect((await fixture.cache.isCached(key)).bytesPresent).toBe(mebibyte)
  })

  it('is read through however often its token changes', async () => {
    await using fixture = await CacheFixture.create(data)
    let token = 0
    fixture.upstream.nextToken = () => `token-${token}`
    always(fixture, (request, response) => {
      if (request.headers['x-token'] !== `token-${token}`) return void response.writeHead(401).end()
      token += 1
      fixture.origin.serve(request, response, 300_000)
    })
    await readsRight(fixture, 0, size)
    expect(fixture.upstream.renewals).toBeGreaterThan(3)
    // One refusal for each change, at most.
    expect(fixture.upstream.renewals).toBeLessThanOrEqual(token)
  })

  it('does not hold anybody up when new credentials do not come', async () => {
    const clock = new ManualClock()
    await using fixture = await CacheFixture.create(data, {}, clock)
    fixture.upstream.nextToken = () => new Promise(() => undefined)
    always(fixture, (_request, response) => void response.writeHead(403).end())
    await expect(passing(clock, fixture.read(0, size), 60_000)).rejects.toMatchObject({ code: 'not-allowed' })
    expect(fixture.upstream.renewals).toBe(1)
  })
})

describe('a file that is not found', () => {
  const missing = (fixture: CacheFixture): void =>
    always(fixture, (_request, response) => void response.writeHead(404).end())

  it('is gone only when the source does not list it either; a complete copy plays on, and pins stay', async () => {
    await using fixture = await CacheFixture.create(data)
    await fixture.cache.setPinned(key, true)
    await readsRight(fixture, 0, size)
    await until(() => isComplete(fixture))
    await readsRight(fixture, 0, 1000, testKey('2'))
    missing(fixture)
    fixture.upstream.isGone = true
    await fixture.reopen()
    await expect(fixture.read(mebibyte, size, testKey('2'))).rejects.toMatchObject({ code: 'unknown-media' })
    await readsRight(fixture, 0, size)
    await readsRight(fixture, 0, 1000, testKey('2')).catch(() => undefined)
    const entries = await fixture.cache.getEntries()
    expect(entries.find((entry) => entry.key.mediaId === key.mediaId)).toMatchObject({ isPinned: true })
    expect(entries).toHaveLength(2)
  })

  it('is asked for again while the source lists it, a bounded number of times', async () => {
    const clock = new ManualClock()
    await using fixture = await CacheFixture.create(data, {}, clock)
    missing(fixture)
    await expect(passing(clock, fixture.read(0, size), 60_000)).rejects.toMatchObject({ code: 'bad-reply' })
    expect(fixture.origin.requests).toHaveLength(6)
    expect(fixture.upstream.confirmations).toBe(6)
    fixture.origin.script = () => undefined
    expect((await passing(clock, fixture.read(0, size), 60_000)).equals(data)).toBe(true)
  })

  it('was replaced when the source lists another in its place', async () => {
    await using fixture = await CacheFixture.create(data)
    await readsRight(fixture, 0, mebibyte)
    await fixture.reopen()
    const newer = testData(size + 5, 9)
    always(fixture, (_request, response) => {
      // From now on it is the new one that is asked for.
      fixture.origin.data = newer
      fixture.origin.script = () => undefined
      fixture.upstream.planChange = { partKey: '/library/parts/1/2/file.mkv' }
      response.writeHead(404).end()
    })
    await expect(fixture.read(mebibyte, size)).rejects.toMatchObject({ code: 'bad-reply' })
    await until(async () => (await fixture.cache.getHistory(1))[0]?.action === 'replaced')
    expect((await fixture.read(0, newer.length)).equals(newer)).toBe(true)
  })
})

describe('attempts', () => {
  it('are counted by position: bytes elsewhere neither forgive nor slow down', async () => {
    const clock = new ManualClock()
    await using fixture = await CacheFixture.create(data, {}, clock)
    const bad = mebibyte + 5_000
    let attempts = 0
    fixture.origin.script = (_, { start }) => {
      if (start !== bad) return undefined
      attempts += 1
      return (_request, response) => void response.socket?.resetAndDestroy()
    }
    using file = await fixture.openFile()
    const elsewhere = file.read(0, bad, forever())
    const stuck = passing(clock, fixture.read(bad, size), 60_000)
    const failed = stuck.then(
      () => 'read',
      (error: unknown) => (error as { code: string }).code,
    )
    // Piece by piece, as the other one fails.
    const pieces: Uint8Array[] = []
    for (let piece = await elsewhere.read(); piece !== null; piece = await elsewhere.read()) {
      pieces.push(piece)
      clock.advance(250)
    }
    expect(Buffer.concat(pieces).equals(data.subarray(0, bad))).toBe(true)
    expect(await failed).toBe('source-unreachable')
    expect(attempts).toBe(6)
  })

  it('wait for as long as the source asks, but no longer than a minute', async () => {
    const clock = new ManualClock()
    await using fixture = await CacheFixture.create(data, {}, clock)
    const times: number[] = []
    fixture.origin.script = (index) => {
      times.push(clock.monotonicMs())
      return index > 0
        ? undefined
        : (_request, response) => void response.writeHead(503, { 'retry-after': '7' }).end()
    }
    expect((await passing(clock, fixture.read(0, size), 30_000)).equals(data)).toBe(true)
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(7_000)
  })
})
