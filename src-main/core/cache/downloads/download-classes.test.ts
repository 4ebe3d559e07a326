import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { priority } from '../schedule/priority.ts'
import { openTestDatabase, readAll, testData, testKey } from '../test-support/cache-fixture.ts'
import { MemoryRig, placeOf, rigChunkBytes } from '../test-support/memory-rig.ts'

const data = testData(20 * rigChunkBytes)

let rig: MemoryRig
beforeEach(async () => {
  rig = new MemoryRig()
  for (const mediaId of ['1', '2', '3']) rig.upstream.put(mediaId, data)
  await rig.open(openTestDatabase(':memory:'))
})
afterEach(() => rig.close())

const classes = (): Record<string, number> =>
  Object.fromEntries(
    rig.db
      .prepare<[], [string, number]>(
        'SELECT media_id, priority FROM cache_downloads JOIN cache_entries ON id = entry_id',
      )
      .raw()
      .all(),
  )

/** The source sends a piece for each turn of this. */
function holdSource(): () => Promise<void> {
  let held = Promise.withResolvers<void>()
  rig.upstream.step = (call) => (call === 'body' ? held.promise : Promise.resolve())
  return async () => {
    const { resolve } = held
    held = Promise.withResolvers()
    resolve()
    await rig.settle()
  }
}

const fetched = (): string[] => rig.upstream.fetched.map(({ mediaId }) => mediaId)

async function readAllOf(mediaId: string): Promise<Buffer> {
  const { entryId } = await rig.cache.getCachedStreamWithQuality(testKey(mediaId))
  const media = await rig.cache.openMedia(entryId)
  if (media.kind !== 'file') throw new Error('not a file')
  using file = media
  return await rig.outcomeOf(readAll(file.read(0, data.length, new AbortController().signal)))
}

it('what somebody asked to keep goes before what may go again, which makes room for it and goes on afterwards', async () => {
  const send = holdSource()
  await rig.cache.preCache(testKey('1'), false)
  await rig.settle()
  await send()
  expect(fetched()).toEqual(['1'])
  await rig.cache.preCache(testKey('2'), true)
  await rig.cache.preCache(testKey('3'), false)
  await rig.pass(1_000)
  expect(classes()).toEqual({ 1: priority.fill, 2: priority.download, 3: priority.fill })
  expect(fetched().slice(0, 2)).toEqual(['1', '2'])
  rig.upstream.step = () => Promise.resolve()
  await send()
  await rig.pass(10_000)
  expect([...new Set(fetched().slice(1))]).toEqual(['2', '1', '3'])
  for (const mediaId of ['1', '2', '3']) expect((await readAllOf(mediaId)).equals(data)).toBe(true)
  // What had come when it made room was not fetched again.
  const ofFirst = rig.upstream.fetched.filter(({ mediaId }) => mediaId === '1')
  const bytes = ofFirst.reduce((sum, { start, end }) => sum + end - start, 0)
  expect(bytes).toBeLessThanOrEqual(data.length + 10_000)
})

it('what is asked for again becomes as urgent as it is asked for, and never less', async () => {
  holdSource()
  await rig.cache.preCache(testKey('1'), false)
  await rig.cache.preCache(testKey('2'), false)
  expect(classes()).toEqual({ 1: priority.fill, 2: priority.fill })
  await rig.cache.preCache(testKey('2'), true)
  await rig.cache.preCache(testKey('2'), false)
  expect(classes()).toEqual({ 1: priority.fill, 2: priority.download })
  rig.upstream.step = () => Promise.resolve()
})

it('what was found damaged is fetched again after everything that somebody asked for', async () => {
  await rig.cache.preCache(testKey('1'), true)
  await rig.pass(20_000)
  expect(classes()).toEqual({})
  const storeName = rig.db.prepare<[], string>('SELECT store_name FROM cache_generations').pluck().get() ?? ''
  const place = placeOf(3 * rigChunkBytes)
  rig.disk.flipBit(join(rig.cacheFolder, storeName, place.name), place.position)
  rig.upstream.fetched.length = 0
  const send = holdSource()
  const checking = rig.cache.verify(testKey('1'))
  await rig.pass(250)
  expect(classes()).toEqual({ 1: priority.upkeep })
  await rig.cache.preCache(testKey('2'), true)
  await rig.pass(250)
  expect(fetched()).toEqual(['1', '2'])
  rig.upstream.step = () => Promise.resolve()
  await send()
  await rig.pass(20_000)
  expect(await rig.outcomeOf(checking)).toMatchObject({ damaged: 1 })
  expect((await rig.cache.isCached(testKey('1'))).cached).toBe(true)
  const again = rig.upstream.fetched.filter(({ mediaId }) => mediaId === '1')
  for (const { start, end } of again)
    expect([start >= 3 * rigChunkBytes, end <= 4 * rigChunkBytes]).toEqual([true, true])
})
