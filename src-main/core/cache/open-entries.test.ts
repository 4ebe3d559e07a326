import { expect, it } from 'vitest'
import { openTestDatabase, readAll, testData, testKey } from './test-support/cache-fixture.ts'
import { MemoryRig, rigChunkBytes } from './test-support/memory-rig.ts'

it('opens nothing for who waited for an entry to close while all were closed', async () => {
  const rig = new MemoryRig()
  const data = testData(4 * rigChunkBytes + 5)
  rig.upstream.put('1', data)
  await rig.open(openTestDatabase(':memory:'))
  const { entryId } = await rig.cache.getCachedStreamWithQuality(testKey('1'))
  const media = await rig.cache.openMedia(entryId)
  if (media.kind !== 'file') throw new Error('not a file')
  const reading = readAll(media.read(0, data.length, new AbortController().signal))
  await rig.outcomeOf(reading)
  media[Symbol.dispose]()
  // Idle for long enough to be closed; the disk takes its time for that.
  const disk = Promise.withResolvers<void>()
  rig.disk.step = (call) => (call === 'close' ? disk.promise : Promise.resolve())
  await rig.pass(11_000)
  expect(rig.disk.openFiles).toBe(1)
  const asked = rig.cache.openMedia(entryId).then(
    () => 'opened',
    (error: unknown) => error,
  )
  await rig.settle()
  const closing = rig.cache.close(2_000)
  await rig.settle()
  disk.resolve()
  await rig.pass(2_500)
  await closing
  expect(await asked).toMatchObject({ code: 'cancelled' })
  expect(rig.disk.openFiles).toBe(0)
  expect(rig.cache.counters().resources).toBe(0)
  rig.db.close()
})
