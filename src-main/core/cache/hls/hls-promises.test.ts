import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHasher } from '../store/hasher.ts'
import { openTestDatabase, readAll, testKey } from '../test-support/cache-fixture.ts'
import { MemoryRig } from '../test-support/memory-rig.ts'
import { MemoryTranscodes } from '../test-support/memory-transcodes.ts'
import { makeTsSegments } from './test-support/make-segments.ts'

const count = 6
const segments = makeTsSegments(count, 10)
const wholeBytes = segments.reduce((sum, { length }) => sum + length, 0)
const hasher = await createHasher()
const never = new AbortController().signal
const keyOf = (mediaId: string) => testKey(mediaId, '480p-200k')
const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'spool-promises-'))
let number = 0
let rig: MemoryRig
let readBytes: number
let reads: number

beforeEach(async () => {
  rig = new MemoryRig()
  readBytes = 0
  reads = 0
  for (const mediaId of ['1', '2', '3']) rig.upstream.put(mediaId, Buffer.alloc(1))
  rig.upstream.transcodes = new MemoryTranscodes(count, (_, seq) => segments[seq])
  number += 1
  await rig.open(openTestDatabase(join(root, `${number}.db`)))
})

/** What must hold after everything, for segments as for byte ranges. */
afterEach(async () => {
  await rig.pass(25_000)
  const stats = await rig.cache.getStats()
  expect(stats.bytesServed).toBe(readBytes)
  expect(stats.bytesServed).toBe(stats.bytesFromMemory + stats.bytesFromDisk + stats.bytesPassedThrough)
  const { segmentHit, segmentMiss, firstByteHit, firstByteMiss } = await rig.cache.getDiagnostics()
  expect(segmentHit.count + segmentMiss.count).toBe(reads)
  expect(firstByteHit.count + firstByteMiss.count).toBe(0)
  const rows = rig.db
    .prepare<[], { storeName: string; seq: number; file: string; sizeBytes: number; hash: Buffer }>(
      `SELECT store_name AS storeName, seq, file, size_bytes AS sizeBytes, hash FROM cache_segments
       JOIN cache_generations g ON g.id = generation_id`,
    )
    .all()
  for (const { storeName, seq, file, sizeBytes, hash } of rows) {
    const data = rig.disk.syncedOf(join(rig.cacheFolder, storeName, file))
    expect(data?.length).toBe(sizeBytes)
    expect(hasher.hash(data!, hasher.seed(storeName, seq)).equals(hash)).toBe(true)
  }
  expect(stats.bytesUsed).toBe(rows.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))
  await rig.close()
  expect(rig.disk.writtenAfterRemoval).toEqual([])
  expect(rig.disk.openFiles).toBe(0)
  expect(rig.upstream.transcodes?.openSessions).toBe(0)
  expect(rig.errors).toEqual([])
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function openHls(mediaId: string) {
  const { entryId } = await rig.cache.getCachedStreamWithQuality(keyOf(mediaId))
  const media = await rig.cache.openMedia(entryId)
  if (media.kind !== 'hls') throw new Error('not segments')
  return media
}

/** Reads a segment; its bytes must be the server's. */
async function read(mediaId: string, seq: number): Promise<void> {
  using media = await openHls(mediaId)
  await rig.outcomeOf(media.playlist(never))
  const bytes = await readAll((await rig.outcomeOf(media.segment(`${seq}.ts`, never))).reader)
  readBytes += bytes.length
  reads += 1
  expect(bytes.equals(segments[seq]!)).toBe(true)
}

const isWhole = async (mediaId: string): Promise<boolean> => (await rig.cache.isCached(keyOf(mediaId))).cached

async function fillUp(mediaId: string, pin: boolean): Promise<void> {
  await rig.cache.preCache(keyOf(mediaId), pin)
  for (let turn = 0; turn < 300 && !(await isWhole(mediaId)); turn += 1) await rig.pass(1_000)
  expect(await isWhole(mediaId)).toBe(true)
}

describe('a disk that is full', () => {
  it.each(Array.from({ length: count }, (_, at) => at))('at write %i loses nothing but time', async (at) => {
    let writes = 0
    rig.disk.fault = (call) => (call === 'write' && (writes += 1) === at + 1 ? 'ENOSPC' : null)
    await fillUp('1', true)
    expect(writes).toBe(count + 1)
    for (const seq of segments.keys()) await read('1', seq)
    expect((await rig.cache.getHistory(10)).map(({ action }) => action)).toEqual(['completed'])
  })

  it.each(Array.from({ length: count }, (_, at) => at))('at sync %i as well', async (at) => {
    let syncs = 0
    rig.disk.fault = (call) => (call === 'sync' && (syncs += 1) === at + 1 ? 'EIO' : null)
    await fillUp('1', true)
    for (const seq of segments.keys()) await read('1', seq)
  })

  it('with all of it pinned plays on without keeping', async () => {
    await fillUp('1', true)
    rig.disk.capacityBytes = rig.disk.usedBytes
    for (const seq of segments.keys()) await read('2', seq)
    expect(await isWhole('1')).toBe(true)
    const { bytesPassedThrough, bytesUsed } = await rig.cache.getStats()
    expect(bytesPassedThrough).toBe(wholeBytes)
    expect(bytesUsed).toBe(wholeBytes)
    rig.disk.capacityBytes = Number.POSITIVE_INFINITY
    await rig.pass(120_000)
    await fillUp('2', true)
  })
})

describe('eviction', () => {
  const evicted = async () =>
    (await rig.cache.getHistory(20))
      .filter(({ action }) => action === 'evicted')
      .map(({ mediaId, bytes }) => [mediaId, bytes])

  it('takes what was used longest ago, says so, and never what is pinned or open', async () => {
    await fillUp('1', true)
    await fillUp('2', false)
    await rig.cache.setPinned(keyOf('2'), false)
    await rig.pass(30_000)
    rig.cache.setLimits({ limitBytes: wholeBytes * 2 + 1000, reserveBytes: 0, backgroundKbps: null })
    using open = await openHls('2')
    await rig.outcomeOf(open.playlist(never))
    // One is pinned, one is open: there is no room for a third.
    for (const seq of segments.keys()) await read('3', seq)
    expect(await evicted()).toEqual([])
    expect(await isWhole('2')).toBe(true)
    open[Symbol.dispose]()
    await rig.pass(30_000)
    await fillUp('3', true)
    expect(await evicted()).toEqual([['2', wholeBytes]])
    expect(await isWhole('1')).toBe(true)
    await rig.pass(5_000)
    expect(rig.disk.usedBytes).toBe(wholeBytes * 2)
  })
})

it('damage that comes after a segment was read once is not handed out', async () => {
  await fillUp('1', true)
  await read('1', 3)
  const [path = ''] = rig.disk.paths.filter((each) => each.endsWith('-3.ts'))
  rig.disk.flipBit(path, 1000)
  await read('1', 3)
  expect((await rig.cache.getHistory(10)).filter(({ action }) => action === 'damaged')).toHaveLength(1)
})

it('damage is found by the check, told, and fetched again from the server', async () => {
  await fillUp('1', true)
  const [path = ''] = rig.disk.paths.filter((each) => each.endsWith('-3.ts'))
  rig.disk.flipBit(path, 1000)
  const before = rig.upstream.transcodes?.requests.length ?? 0
  const report = await rig.outcomeOf(rig.cache.verify(keyOf('1')))
  expect(report).toMatchObject({ checked: count, damaged: 1, missing: 0 })
  await fillUp('1', true)
  expect((rig.upstream.transcodes?.requests.length ?? 0) - before).toBe(1)
  await read('1', 3)
  expect((await rig.cache.getHistory(10)).filter(({ action }) => action === 'damaged')).toHaveLength(1)
})
