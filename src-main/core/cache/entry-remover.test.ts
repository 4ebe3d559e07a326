import { expect, it } from 'vitest'
import { openTestDatabase, readAll, testData, testKey } from './test-support/cache-fixture.ts'
import { MemoryRig } from './test-support/memory-rig.ts'

const data = testData(50_000)

async function readWhole(rig: MemoryRig): Promise<Buffer> {
  const { entryId } = await rig.cache.getCachedStreamWithQuality(testKey())
  using media = await rig.cache.openMedia(entryId)
  if (media.kind !== 'file') throw new Error('not a file')
  return await readAll(media.read(0, data.length, new AbortController().signal))
}

it('takes nothing for a stray that begins while the cache is cleared', async () => {
  const rig = new MemoryRig()
  rig.upstream.put('1', data)
  await rig.open(openTestDatabase(':memory:'))
  const held = Promise.withResolvers<void>()
  // The folder is looked at late, when the new entry has written already.
  rig.disk.step = (call) => (call === 'folders' ? held.promise : Promise.resolve())
  const clearing = rig.cache.clearCache(true)
  await rig.settle()
  expect((await readWhole(rig)).equals(data)).toBe(true)
  await rig.settle()
  held.resolve()
  await clearing
  expect((await rig.cache.isCached(testKey())).cached).toBe(true)
  expect(rig.disk.paths).toHaveLength(1)
  await rig.close()
  expect(rig.disk.openFiles).toBe(0)
})
