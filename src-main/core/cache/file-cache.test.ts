import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SpoolError } from '../spool-error.ts'
import { CacheFixture, mebibyte, testData, testKey, until } from './test-support/cache-fixture.ts'

const size = 3 * mebibyte + 4_321
const data = testData(size)
const film = testKey('film')
const other = testKey('other')
const third = testKey('third')
const isComplete = async (fixture: CacheFixture, key = film): Promise<boolean> =>
  (await fixture.cache.isCached(key)).cached

/** Complete copies of these keys, oldest first. */
async function withCopies(keys = [film, other, third], limits = {}): Promise<CacheFixture> {
  const fixture = await CacheFixture.create(data, limits)
  for (const key of keys) {
    await fixture.read(0, size, key)
    await until(() => isComplete(fixture, key))
  }
  return fixture
}

describe('getCachedStreamWithQuality', () => {
  it('makes one entry for a key however many ask at once', async () => {
    await using fixture = await CacheFixture.create(data)
    const streams = await Promise.all(
      Array.from({ length: 20 }, () => fixture.cache.getCachedStreamWithQuality(film)),
    )
    expect(new Set(streams.map(({ entryId }) => entryId)).size).toBe(1)
    expect(fixture.upstream.plans).toBe(1)
    expect(streams[0]).toMatchObject({
      kind: 'file',
      mime: 'video/x-matroska',
      complete: false,
      bytesPresent: 0,
      bytesTotal: size,
      bytesTotalIsEstimate: false,
    })
  })

  it('answers for what it knows without asking the source, also when it is off', async () => {
    await using fixture = await withCopies([film])
    fixture.upstream.setReachable(false)
    await fixture.reopen()
    expect(await fixture.cache.getCachedStreamWithQuality(film)).toMatchObject({
      complete: true,
      bytesPresent: size,
      bytesTotal: size,
    })
    await expect(fixture.cache.getCachedStreamWithQuality(other)).rejects.toMatchObject({
      code: 'source-unreachable',
    })
  })

  it('does not promise what is planned from memory while the source is off', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.upstream.setReachable(false)
    fixture.upstream.plansOffline = true
    await expect(fixture.cache.getCachedStreamWithQuality(film)).rejects.toMatchObject({
      code: 'source-unreachable',
    })
    expect(await fixture.cache.getEntries()).toEqual([])
    expect(await fixture.cache.preCache(film, true)).toEqual({ state: 'filling' })
    await expect(fixture.cache.getCachedStreamWithQuality(film)).rejects.toMatchObject({
      code: 'source-unreachable',
    })
    fixture.upstream.setReachable(true)
    await until(async () => (await fixture.cache.isCached(film)).cached)
  })

  it('passes on why there is no plan, and asks again next time', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.upstream.planError = new SpoolError('quality-above-source')
    await expect(fixture.cache.getCachedStreamWithQuality(film)).rejects.toMatchObject({
      code: 'quality-above-source',
    })
    expect(await fixture.cache.getEntries()).toEqual([])
    fixture.upstream.planError = null
    expect((await fixture.cache.getCachedStreamWithQuality(film)).bytesTotal).toBe(size)
  })

  it('answers other commands while a source thinks', async () => {
    await using fixture = await CacheFixture.create(data)
    const plan = fixture.upstream.plan.bind(fixture.upstream)
    const gate = Promise.withResolvers<void>()
    fixture.upstream.plan = async (key, signal) => {
      await gate.promise
      return plan(key, signal)
    }
    const slow = fixture.cache.getCachedStreamWithQuality(film)
    expect(await fixture.cache.isCached(film)).toMatchObject({ state: 'none' })
    const abort = new AbortController()
    const given = fixture.cache.getCachedStreamWithQuality(film, abort.signal)
    abort.abort()
    await expect(given).rejects.toMatchObject({ code: 'cancelled' })
    gate.resolve()
    expect((await slow).bytesTotal).toBe(size)
  })

  it('knows no entry that is gone', async () => {
    await using fixture = await CacheFixture.create(data)
    const { entryId } = await fixture.cache.getCachedStreamWithQuality(film)
    await fixture.cache.removeFromCache(film, false)
    await expect(fixture.cache.openMedia(entryId)).rejects.toMatchObject({ code: 'unknown-media' })
    expect((await fixture.cache.getCachedStreamWithQuality(film)).entryId).not.toBe(entryId)
  })
})

describe('preCache', () => {
  it('fetches everything, pins it, and says so', async () => {
    await using fixture = await CacheFixture.create(data)
    const changes: boolean[] = []
    using _ = fixture.cache.onEntryChange(({ complete }) => changes.push(complete))
    expect(await fixture.cache.preCache(film, true)).toEqual({ state: 'filling' })
    expect(await fixture.cache.preCache(film, true)).toEqual({ state: 'filling' })
    await until(() => isComplete(fixture))
    expect(fixture.origin.requests).toHaveLength(1)
    const [entry] = await fixture.cache.getEntries()
    expect(entry).toMatchObject({ isPinned: true, state: 'complete', bytesPresent: size })
    expect(await fixture.cache.preCache(film, true)).toEqual({ state: 'complete' })
    await until(() => changes.includes(true))
    await until(async () => (await fixture.cache.getStats()).job === null)
    expect(await fixture.cache.getHistory(10)).toMatchObject([{ action: 'completed' }])
  })

  it('fills one after another, in the order they were asked for', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.bytesPerSecond = 20 * mebibyte
    const done: string[] = []
    using _ = fixture.cache.onEntryChange(({ key, complete }) => {
      if (complete && !done.includes(key.mediaId)) done.push(key.mediaId)
    })
    for (const key of [film, other, third]) await fixture.cache.preCache(key, false)
    const stats = await fixture.cache.getStats()
    expect(stats.job?.key).toEqual(film)
    expect(stats.jobsWaiting).toBe(2)
    await until(() => isComplete(fixture, third))
    expect(done.slice(0, 2)).toEqual(['film', 'other'])
  })

  it('stops when told to, and keeps what is here', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.bytesPerSecond = 2 * mebibyte
    await fixture.cache.preCache(film, false)
    await until(async () => (await fixture.cache.getStats()).bytesFetched > 1.2 * mebibyte)
    const { state } = await fixture.cache.stopPreCache(film)
    expect(['partial', 'none']).toContain(state)
    await until(() => fixture.cache.counters().transfers === 0)
    await fixture.reopen()
    expect(await fixture.cache.isCached(film)).toMatchObject({ state: 'partial', bytesPresent: mebibyte })
    expect((await fixture.cache.getStats()).jobsWaiting).toBe(0)
  })

  it('waits while the source is off and goes on when it is back, also after a restart', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.bytesPerSecond = 4 * mebibyte
    await fixture.cache.preCache(film, true)
    await until(async () => (await fixture.cache.getStats()).bytesFetched > 1.5 * mebibyte)
    fixture.upstream.setReachable(false)
    fixture.origin.resetConnections()
    await until(
      async () => (await fixture.cache.getCurrentStats(film)).waitingReason === 'source-unreachable',
    )
    await until(async () => (await fixture.cache.getStats()).job === null)
    await fixture.reopen()
    expect((await fixture.cache.isCached(film)).state).toBe('filling')
    fixture.origin.bytesPerSecond = null
    fixture.upstream.setReachable(true)
    await until(() => isComplete(fixture))
  })

  it('fails for good on an answer that will not change, and starts afresh when asked again', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.script = () => (_request, response) => void response.writeHead(403).end()
    await fixture.cache.preCache(film, false)
    await until(async () => (await fixture.cache.isCached(film)).state === 'failed')
    expect(await fixture.cache.getHistory(1)).toMatchObject([{ action: 'failed', reason: 'not-allowed' }])
    fixture.origin.script = () => undefined
    expect(await fixture.cache.preCache(film, false)).toEqual({ state: 'filling' })
    await until(() => isComplete(fixture))
  })

  it('keeps to the background rate, which does not slow a player down', async () => {
    await using fixture = await CacheFixture.create(data, { backgroundKbps: 800 })
    await fixture.cache.preCache(film, false)
    await until(async () => (await fixture.cache.getStats()).bytesFetched > 100_000)
    const { bytesFetched } = await fixture.cache.getStats()
    expect(bytesFetched).toBeLessThan(mebibyte)
    expect((await fixture.read(0, size, film)).equals(data)).toBe(true)
    await until(() => isComplete(fixture))
  })

  it('is finished by a player that reads everything', async () => {
    await using fixture = await CacheFixture.create(data, { backgroundKbps: 1 })
    await fixture.cache.preCache(film, false)
    await fixture.read(0, size, film)
    await until(() => isComplete(fixture))
    await until(async () => (await fixture.cache.getStats()).job === null)
    expect(fixture.origin.requests.length).toBeLessThanOrEqual(2)
  })
})

describe('removing', () => {
  it('takes one key and leaves the others byte for byte', async () => {
    await using fixture = await withCopies()
    const before = fixture.storeNames()
    const { freedBytes } = await fixture.cache.removeFromCache(other, false)
    expect(freedBytes).toBeGreaterThanOrEqual(size)
    const after = fixture.storeNames()
    expect(after).toHaveLength(before.length - 1)
    for (const folder of after) expect(fixture.mediaContent(folder).equals(data)).toBe(true)
    expect(await isComplete(fixture, other)).toBe(false)
    expect(await isComplete(fixture, film)).toBe(true)
    expect(await fixture.cache.removeFromCache(other, false)).toEqual({ freedBytes: 0 })
    expect(await fixture.cache.getHistory(1)).toMatchObject([
      { action: 'removed', mediaId: 'other', title: 'Film other', bytes: size },
    ])
  })

  it('lets readers finish, and deletes the folder after them', async () => {
    await using fixture = await withCopies([film])
    const file = await fixture.openFile(film)
    const reader = file.read(0, size, new AbortController().signal)
    const first = await reader.read()
    expect(await fixture.cache.removeFromCache(film, false)).toEqual({ freedBytes: 0 })
    expect(await fixture.cache.isCached(film)).toMatchObject({ state: 'none' })
    let got = first?.length ?? 0
    for (let piece = await reader.read(); piece !== null; piece = await reader.read()) got += piece.length
    expect(got).toBe(size)
    expect(fixture.storeNames()).toHaveLength(1)
    file[Symbol.dispose]()
    await until(() => fixture.storeNames().length === 0)
    expect(fixture.origin.requests).toHaveLength(1)
  })

  it('ends readers when forced', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.bytesPerSecond = 100_000
    using file = await fixture.openFile(film)
    const reader = file.read(0, size, new AbortController().signal)
    await reader.read()
    await fixture.cache.removeFromCache(film, true)
    await expect(
      (async () => {
        while ((await reader.read()) !== null);
      })(),
    ).rejects.toMatchObject({ code: 'cancelled' })
    await until(() => fixture.storeNames().length === 0)
    expect(fixture.cache.counters().transfers).toBe(0)
  })

  it('interrupts a download', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.bytesPerSecond = mebibyte
    await fixture.cache.preCache(film, true)
    await until(async () => (await fixture.cache.getStats()).bytesFetched > 0)
    await fixture.cache.removeFromCache(film, false)
    await until(async () => (await fixture.cache.getStats()).job === null)
    expect(fixture.storeNames()).toHaveLength(0)
  })

  it('clears everything but what is pinned', async () => {
    await using fixture = await withCopies()
    await fixture.cache.setPinned(other, true)
    await fixture.cache.clearCache(false)
    expect((await fixture.cache.getEntries()).map(({ key }) => key.mediaId)).toEqual(['other'])
    await fixture.cache.clearCache(true)
    expect(await fixture.cache.getEntries()).toEqual([])
    expect(fixture.storeNames()).toEqual([])
    expect((await fixture.cache.getStats()).bytesUsed).toBe(0)
  })

  it('leaves folders that no row knows until the cache is cleared, and others for ever', async () => {
    await using fixture = await CacheFixture.create(data)
    const stray = 'server__film-1__original~0123456789abcdef-abcdef0123'
    for (const name of [stray, 'holiday photos']) mkdirSync(join(fixture.cacheFolder, name))
    writeFileSync(join(fixture.cacheFolder, stray, 'media.mkv'), 'left over')
    await fixture.reopen()
    expect(fixture.storeNames()).toHaveLength(2)
    expect((await fixture.cache.clearCache(false)).freedBytes).toBeGreaterThan(0)
    expect(fixture.storeNames()).toEqual(['holiday photos'])
  })

  it('finishes at the next start what it could not delete', async () => {
    await using fixture = await withCopies([film])
    const [folder = ''] = fixture.storeNames()
    // As a crash between the rows and the files leaves it.
    fixture.db.exec('DELETE FROM cache_entries')
    fixture.db
      .prepare('INSERT INTO cache_doomed (store_name, bytes, since) VALUES (?, ?, 0)')
      .run(folder, size)
    await fixture.reopen()
    const doomed = fixture.db.prepare('SELECT * FROM cache_doomed')
    await until(() => doomed.all().length === 0)
    expect(existsSync(join(fixture.cacheFolder, folder))).toBe(false)
  })
})

describe('space', () => {
  it('makes room in order, with a line for each', async () => {
    await using fixture = await withCopies([film, other, third], { limitBytes: 3.5 * size })
    await fixture.cache.setPinned(film, true)
    fixture.cache.setWatched(third.sourceId, third.mediaId, true)
    const fourth = testKey('fourth')
    await fixture.read(0, size, fourth)
    await until(() => isComplete(fixture, fourth))
    expect(await isComplete(fixture, third)).toBe(false)
    expect(await isComplete(fixture, other)).toBe(true)
    const fifth = testKey('fifth')
    await fixture.read(0, size, fifth)
    await until(() => isComplete(fixture, fifth))
    expect(await isComplete(fixture, other)).toBe(false)
    expect(await isComplete(fixture, film)).toBe(true)
    const evicted = (await fixture.cache.getHistory(10)).filter(({ action }) => action === 'evicted')
    expect(evicted).toMatchObject([
      { mediaId: 'other', reason: 'least recently used', bytes: size },
      { mediaId: 'third', reason: 'watched', bytes: size },
    ])
    expect((await fixture.cache.getStats()).bytesUsed).toBeLessThanOrEqual(3.5 * size)
  })

  it('plays on without keeping when nothing may go', async () => {
    await using fixture = await withCopies([film], { limitBytes: 1.5 * size })
    await fixture.cache.setPinned(film, true)
    expect((await fixture.read(0, size, other)).equals(data)).toBe(true)
    const stats = await fixture.cache.getStats()
    expect(stats.trouble).toBe('disk-full')
    expect(stats.bytesPassedThrough).toBeGreaterThan(0)
    expect(stats.bytesUsed).toBeLessThanOrEqual(1.5 * size)
    expect(await isComplete(fixture, film)).toBe(true)
    await fixture.cache.removeFromCache(film, false)
    expect((await fixture.cache.getStats()).trouble).toBeNull()
    await fixture.cache.removeFromCache(other, false)
    await fixture.read(0, size, third)
    await until(() => isComplete(fixture, third))
  })

  it('never takes what is protected or read', async () => {
    await using fixture = await withCopies([film, other, third])
    fixture.cache.setProtected([other])
    using _file = await fixture.openFile(third)
    await fixture.cache.cleanupCache(0)
    expect(new Set((await fixture.cache.getEntries()).map(({ key }) => key.mediaId))).toEqual(
      new Set(['other', 'third']),
    )
  })

  it('shrinks when the limit does', async () => {
    await using fixture = await withCopies()
    fixture.cache.setLimits({ limitBytes: 1.5 * size, reserveBytes: 0, backgroundKbps: null })
    await until(async () => (await fixture.cache.getStats()).bytesUsed <= 1.5 * size)
    expect(await isComplete(fixture, third)).toBe(true)
    await until(() => fixture.storeNames().length === 1)
  })
})

describe('statistics', () => {
  it('add up: every byte served came from memory, from disk, or passed through', async () => {
    await using fixture = await withCopies([film, other], { limitBytes: 2.2 * size })
    await fixture.cache.setPinned(film, true)
    await fixture.cache.setPinned(other, true)
    await fixture.read(0, size, third)
    await fixture.reopen()
    const before = await fixture.cache.getStats()
    expect(before.bytesServed).toBe(0)
    await Promise.all([
      fixture.read(0, size, film),
      fixture.read(1000, size, third),
      fixture.read(0, 777, other),
    ])
    const stats = await fixture.cache.getStats()
    expect(stats.bytesServed).toBe(size + size - 1000 + 777)
    expect(stats.bytesFromMemory + stats.bytesFromDisk + stats.bytesPassedThrough).toBe(stats.bytesServed)
    expect(stats).toMatchObject({ entries: 3, entriesComplete: 2, entriesPinned: 2 })
  })

  it('tell what one entry holds, on its timeline', async () => {
    await using fixture = await withCopies([film])
    expect(await fixture.cache.getCurrentStats(film)).toMatchObject({
      state: 'complete',
      bytesPresent: size,
      bytesTotal: size,
      waitingReason: null,
      present: [{ startMs: 0, endMs: 60_000 }],
    })
    expect(await fixture.cache.getCurrentStats(other)).toMatchObject({ state: 'none', present: [] })
    const shelves = await fixture.cache.getShelves(film.sourceId, [film.mediaId, other.mediaId])
    expect(shelves.get(film.mediaId)?.get(film.quality)).toMatchObject({ state: 'complete', isPinned: false })
    expect(shelves.get(other.mediaId)?.size).toBe(0)
  })
})
