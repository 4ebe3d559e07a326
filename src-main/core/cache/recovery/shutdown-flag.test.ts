import { afterEach, beforeEach, expect, it } from 'vitest'
import { openTestDatabase, readAll, testData, testKey } from '../test-support/cache-fixture.ts'
import { MemoryRig } from '../test-support/memory-rig.ts'

const data = testData(70_013)
const forever = new AbortController().signal

let rig: MemoryRig
beforeEach(async () => {
  rig = new MemoryRig()
  rig.upstream.put('1', data)
  await rig.open(openTestDatabase(':memory:'))
})
afterEach(() => rig.db.close())

const isCalledClean = (): boolean =>
  rig.db.prepare("SELECT v FROM cache_meta WHERE k = 'clean_shutdown'").pluck().get() === 1
const dirty = (): unknown => rig.db.prepare('SELECT COUNT(*) FROM cache_entries WHERE is_dirty').pluck().get()

async function readAFew(): Promise<number> {
  const { entryId } = await rig.cache.getCachedStreamWithQuality(testKey('1'))
  const media = await rig.cache.openMedia(entryId)
  if (media.kind !== 'file') throw new Error('not a file')
  using file = media
  await rig.outcomeOf(readAll(file.read(0, 20_000, forever)))
  return entryId
}

async function endCache(deadlineMs = 2_000): Promise<void> {
  const closing = rig.cache.close(deadlineMs)
  await rig.settle()
  await rig.pass(deadlineMs + 250)
  await closing
}

it('is down from the start until everything is closed', async () => {
  expect(isCalledClean()).toBe(false)
  await readAFew()
  await endCache()
  expect(isCalledClean()).toBe(true)
  expect(dirty()).toBe(0)
  await rig.open(rig.db)
  expect(isCalledClean()).toBe(false)
  await endCache()
})

it('stays down when the disk does not come to an end in time', async () => {
  await readAFew()
  const held = Promise.withResolvers<void>()
  rig.disk.step = (call) => (call === 'sync' ? held.promise : Promise.resolve())
  await endCache()
  expect(isCalledClean()).toBe(false)
  held.resolve()
  await rig.settle()
  expect(isCalledClean()).toBe(false)
})

it('opens nothing any more once closing has begun, also for who waits until an entry has closed', async () => {
  const entryId = await readAFew()
  const held = Promise.withResolvers<void>()
  rig.disk.step = (call) => (call === 'close' ? held.promise : Promise.resolve())
  // It is being closed because nobody uses it; somebody comes; and the cache is closed.
  await rig.pass(12_000)
  const opening = rig.cache.openMedia(entryId).then(
    () => 'open',
    (error: unknown) => error,
  )
  await rig.settle()
  const closing = rig.cache.close(2_000)
  await rig.settle()
  held.resolve()
  await rig.settle()
  await rig.pass(2_250)
  await closing
  expect(await opening).toMatchObject({ code: 'cancelled' })
  expect(rig.disk.openFiles).toBe(0)
  expect(dirty()).toBe(0)
  expect(isCalledClean()).toBe(true)
})
