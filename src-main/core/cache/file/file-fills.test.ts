import { describe, expect, it } from 'vitest'
import { deferred } from '../../base/control.ts'
import { FilePool } from '../store/file-pool.ts'
import { mebibyte, openTestDatabase, readAll, testData, testKey } from '../test-support/cache-fixture.ts'
import { createTestContext } from '../test-support/entry-context.ts'
import { ManualClock } from '../test-support/manual-clock.ts'
import { MemoryDisk } from '../test-support/memory-disk.ts'
import { MemoryRig, placeOf, rigChunkBytes } from '../test-support/memory-rig.ts'
import { FileEntry } from './file-entry.ts'

const first = testData(5 * rigChunkBytes + 5, 1)
const second = testData(2 * rigChunkBytes, 2)

async function openRig(data = first): Promise<MemoryRig> {
  const rig = new MemoryRig()
  rig.upstream.put('1', data)
  rig.upstream.put('2', second)
  await rig.open(openTestDatabase(':memory:'))
  return rig
}

const download = (rig: MemoryRig, id: string): Promise<unknown> =>
  rig.outcomeOf(rig.cache.preCache(testKey(id), true))
const isComplete = async (rig: MemoryRig, id: string): Promise<boolean> =>
  (await rig.outcomeOf(rig.cache.isCached(testKey(id)))).cached
const stateOf = async (rig: MemoryRig, id: string): Promise<string> => {
  const row = (await rig.outcomeOf(rig.cache.getDownloads())).find(({ key }) => key.mediaId === id)
  return row === undefined ? 'none' : `${row.state} ${row.reason ?? ''}`.trim()
}
const fetchedOf = (rig: MemoryRig, id: string): number =>
  rig.upstream.fetched
    .filter(({ mediaId }) => mediaId === id)
    .reduce((sum, { start, end }) => sum + end - start, 0)

/** Longer steps than `rig.pass` takes. */
async function leap(rig: MemoryRig, durationMs: number): Promise<void> {
  for (let passed = 0; passed < durationMs; passed += 2_500) {
    rig.clock.advance(2_500)
    await rig.settle()
  }
}

/** Reads the first bytes of a title, and holds it open until disposed. */
async function watch(rig: MemoryRig, id: string, bytes = rigChunkBytes): Promise<Disposable> {
  const { entryId } = await rig.outcomeOf(rig.cache.getCachedStreamWithQuality(testKey(id)))
  const media = await rig.outcomeOf(rig.cache.openMedia(entryId))
  if (media.kind !== 'file') throw new Error('not a file')
  await rig.outcomeOf(readAll(media.read(0, bytes, new AbortController().signal)))
  return media
}

/** A drive that spins up: holds every question for a size until it is let go. */
function holdSizes(
  disk: MemoryDisk,
  call: string,
): { readonly held: () => number; readonly letGo: () => void } {
  const spinning = deferred<void>()
  let held = 0
  disk.step = (name) => {
    if (name !== call) return Promise.resolve()
    held += 1
    return spinning.promise
  }
  return {
    held: () => held,
    letGo: () => {
      disk.step = () => Promise.resolve()
      spinning.resolve()
    },
  }
}

describe('a download on a disk that takes long to answer', () => {
  it('is not closed for being idle, and nothing behind it waits for ever', async () => {
    const rig = await openRig()
    const media = await watch(rig, '1', 2 * rigChunkBytes)
    media[Symbol.dispose]()
    await rig.pass(20_000)
    const drive = holdSizes(rig.disk, 'size')
    await download(rig, '1')
    await download(rig, '2')
    await rig.pass(15_000)
    expect(drive.held()).toBeGreaterThan(0)
    drive.letGo()
    await rig.pass(10_000)
    expect([await isComplete(rig, '1'), await isComplete(rig, '2')]).toEqual([true, true])
    await rig.close()
    expect(rig.errors).toEqual([])
  })

  it('can be stopped meanwhile, and the next one begins', async () => {
    const rig = await openRig()
    const media = await watch(rig, '1', 2 * rigChunkBytes)
    media[Symbol.dispose]()
    await rig.pass(20_000)
    const drive = holdSizes(rig.disk, 'size')
    await download(rig, '1')
    await download(rig, '2')
    await rig.pass(1_000)
    expect(drive.held()).toBeGreaterThan(0)
    await rig.outcomeOf(rig.cache.stopPreCache(testKey('1')))
    await rig.pass(5_000)
    expect(await isComplete(rig, '2')).toBe(true)
    drive.letGo()
    await rig.close()
    expect(rig.errors).toEqual([])
  })

  it.each(['close', 'retire'] as const)('ends when the entry is to %s', async (way) => {
    const clock = new ManualClock()
    using test = await createTestContext(1000, 64, clock)
    const disk = new MemoryDisk()
    const drive = holdSizes(disk, 'files')
    const entry = new FileEntry({ ...test.context, fs: disk }, new FilePool(64, disk))
    const { signal } = new AbortController()
    const filled = entry.fill(signal).then(
      () => 'filled',
      (error: unknown) => error,
    )
    expect(entry.isBusy).toBe(true)
    const ended = way === 'close' ? entry.close() : entry.retire(true, 'cancelled')
    drive.letGo()
    expect(await filled).toMatchObject({ code: 'cancelled' })
    await ended
    expect(entry.isBusy).toBe(false)
    // Nor does anything begin on it.
    await expect(entry.fill(signal)).rejects.toMatchObject({ code: 'cancelled' })
    expect(await entry.repair(0, signal)).toBe(false)
    expect(entry.isBusy).toBe(false)
  })
})

describe('a download whose last bytes cannot be written', () => {
  /** All of it has come when the disk fails for the first time. */
  function failAtTheEnd(rig: MemoryRig, code: string, times: number): { failed: number } {
    const counts = { failed: 0 }
    rig.disk.fault = (call) => {
      if (call !== 'write' || counts.failed >= times || rig.upstream.openReplies > 0) return null
      counts.failed += 1
      return code
    }
    return counts
  }

  it('says so, lets the next one begin, and goes on by itself', async () => {
    const rig = await openRig()
    const counts = failAtTheEnd(rig, 'EIO', 1)
    await download(rig, '1')
    await download(rig, '2')
    await rig.pass(5_000)
    expect(counts.failed).toBe(1)
    expect(await stateOf(rig, '1')).toBe('parked disk-full')
    expect(await isComplete(rig, '2')).toBe(true)
    const { bytesPresent } = await rig.outcomeOf(rig.cache.isCached(testKey('1')))
    expect(bytesPresent).toBeGreaterThan(0)
    await leap(rig, 120_000)
    expect(await isComplete(rig, '1')).toBe(true)
    // Once more what was not written, and nothing of what was.
    expect(fetchedOf(rig, '1')).toBe(2 * first.length - bytesPresent)
    await rig.close()
    expect(rig.errors).toEqual([])
  })

  it('writes them from memory once it can, and fetches nothing twice', async () => {
    const rig = await openRig()
    using _media = await watch(rig, '1')
    failAtTheEnd(rig, 'EIO', 1)
    await download(rig, '1')
    await rig.pass(5_000)
    expect(await stateOf(rig, '1')).toBe('parked disk-full')
    await leap(rig, 70_000)
    expect(await isComplete(rig, '1')).toBe(true)
    expect(fetchedOf(rig, '1')).toBe(first.length)
    _media[Symbol.dispose]()
    await rig.close()
    expect(rig.errors).toEqual([])
  })

  it('waits while the disk is full, as long as that lasts', async () => {
    const rig = await openRig()
    using _media = await watch(rig, '1')
    const counts = failAtTheEnd(rig, 'ENOSPC', Number.POSITIVE_INFINITY)
    await download(rig, '1')
    await leap(rig, 600_000)
    expect(await stateOf(rig, '1')).toBe('parked disk-full')
    // Once a minute.
    expect(counts.failed).toBeGreaterThan(2)
    expect(counts.failed).toBeLessThanOrEqual(11)
    rig.disk.fault = () => null
    await leap(rig, 130_000)
    expect(await isComplete(rig, '1')).toBe(true)
    expect(fetchedOf(rig, '1')).toBe(first.length)
    _media[Symbol.dispose]()
    await rig.close()
    expect(rig.errors).toEqual([])
  })

  it('fetches again what was too much to hold', async () => {
    const large = testData(4 * mebibyte - 5, 3)
    const rig = await openRig(large)
    const counts = failAtTheEnd(rig, 'EIO', 1)
    const busy = deferred<void>()
    rig.disk.step = (call) => (call === 'create' ? busy.promise : Promise.resolve())
    await download(rig, '1')
    await rig.pass(2_000)
    expect(fetchedOf(rig, '1')).toBe(large.length)
    busy.resolve()
    await rig.pass(1_000)
    expect(counts.failed).toBe(1)
    expect(await stateOf(rig, '1')).toBe('parked disk-full')
    await leap(rig, 130_000)
    expect(await isComplete(rig, '1')).toBe(true)
    await rig.close()
    expect(rig.errors).toEqual([])
  })

  it('while damage is mended, ends the check all the same', async () => {
    const rig = await openRig()
    await download(rig, '1')
    await rig.pass(5_000)
    expect(await isComplete(rig, '1')).toBe(true)
    const place = placeOf(3 * rigChunkBytes + 7)
    for (const path of rig.disk.paths) if (path.endsWith(place.name)) rig.disk.flipBit(path, place.position)
    rig.disk.fault = (call) => (call === 'write' ? 'EIO' : null)
    const report = await rig.outcomeOf(rig.cache.verify(testKey('1')))
    expect(report).toMatchObject({ damaged: 1, repaired: 0 })
    rig.disk.fault = () => null
    await leap(rig, 130_000)
    expect(await isComplete(rig, '1')).toBe(true)
    await rig.close()
    expect(rig.errors).toEqual([])
  })
})
