import { afterEach, beforeEach, expect, it } from 'vitest'
import { mebibyte, openTestDatabase, testData, testKey } from '../test-support/cache-fixture.ts'
import { MemoryRig } from '../test-support/memory-rig.ts'
import type { OpenFile } from '../handle.ts'

let rig: MemoryRig
beforeEach(() => {
  rig = new MemoryRig()
})
afterEach(() => rig.close())

const open = async (limitBytes: number, backgroundKbps: number | null = null): Promise<void> => {
  rig.limits = { limitBytes, reserveBytes: 0, backgroundKbps }
  await rig.open(openTestDatabase(':memory:'))
}

it('a download that finds no room stops fetching, also with a rest of room that fits nothing', async () => {
  const limitBytes = 6 * mebibyte
  await open(limitBytes, 80_000)
  rig.upstream.put('film', testData(60 * mebibyte, 1))
  await rig.cache.preCache(testKey('film'), false)
  await rig.pass(20_000)
  const [download] = await rig.cache.getDownloads()
  expect(download).toMatchObject({ state: 'parked', reason: 'disk-full' })
  expect((await rig.cache.getStats()).bytesFetched).toBeLessThan(limitBytes + mebibyte)
})

it('whoever waits for a picture gets it unkept while the disk takes its time to make room', async () => {
  await open(24 * mebibyte)
  const size = 40 * mebibyte
  const film = testData(size, 2)
  rig.upstream.put('old', testData(6 * mebibyte, 1))
  rig.upstream.put('film', film)
  await rig.cache.preCache(testKey('old'), false)
  await rig.pass(5_000)
  const { entryId } = await rig.cache.getCachedStreamWithQuality(testKey('film'))
  const file = (await rig.cache.openMedia(entryId)) as OpenFile
  const deleted = Promise.withResolvers<void>()
  let deletions = 0
  rig.disk.step = async (call) => {
    if (!call.startsWith('bytes below')) return
    deletions += 1
    await deleted.promise
  }
  const reader = file.read(0, size, new AbortController().signal)
  const readAll = async (): Promise<Buffer> => {
    const pieces: Uint8Array[] = []
    for (let piece = await reader.read(); piece !== null; piece = await reader.read())
      pieces.push(Buffer.from(piece))
    return Buffer.concat(pieces)
  }
  expect((await rig.outcomeOf(readAll())).equals(film)).toBe(true)
  expect(deletions).toBeGreaterThan(0)
  deleted.resolve()
  file[Symbol.dispose]()
})

it('a download waits for room, however long it is in the making, and lets go when it is taken back', async () => {
  await open(24 * mebibyte)
  rig.upstream.put('old', testData(6 * mebibyte, 1))
  rig.upstream.put('film', testData(22 * mebibyte, 2))
  await rig.cache.preCache(testKey('old'), false)
  await rig.pass(5_000)
  const deleted = Promise.withResolvers<void>()
  rig.disk.step = async (call) => {
    if (call.startsWith('bytes below')) await deleted.promise
  }
  await rig.cache.preCache(testKey('film'), false)
  await rig.pass(60_000)
  expect((await rig.cache.getStats()).bytesFetched).toBeLessThan(28 * mebibyte)
  await rig.cache.stopPreCache(testKey('film'))
  await rig.pass(1_000)
  expect(rig.upstream.openReplies).toBe(0)
  deleted.resolve()
})
