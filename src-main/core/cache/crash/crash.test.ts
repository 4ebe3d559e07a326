import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Database } from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defined } from '../../base/control.ts'
import { openTestDatabase, readAll, testData, testKey } from '../test-support/cache-fixture.ts'
import { MemoryDisk } from '../test-support/memory-disk.ts'
import { MemoryRig, placeOf, rigChunkBytes } from '../test-support/memory-rig.ts'
import { createHasher, type Hasher } from '../store/hasher.ts'
import { chanceFrom, enumerateCrashes, type Crash } from './test-support/enumerate-crashes.ts'
import { PowerRecorder } from './test-support/power-recorder.ts'

const first = testData(200_013, 1)
const second = testData(90_001, 2)
const secondReplaced = testData(97_531, 3)
const versions: Readonly<Record<string, Buffer>> = {
  '/library/parts/1/1/file.mkv': first,
  '/library/parts/2/1/file.mkv': second,
  '/library/parts/2/2/file.mkv': secondReplaced,
}

async function readThrough(rig: MemoryRig, mediaId: string, start: number, end?: number): Promise<Buffer> {
  const { entryId } = await rig.cache.getCachedStreamWithQuality(testKey(mediaId))
  const media = await rig.cache.openMedia(entryId)
  if (media.kind !== 'file') throw new Error('not a file')
  using file = media
  const { signal } = new AbortController()
  return await readAll(file.read(start, end ?? defined(await file.size(signal), 'size'), signal))
}

/** Seeks, a download with several syncs, removal, a replaced file, eviction. */
async function work(rig: MemoryRig): Promise<void> {
  await readThrough(rig, '2', 40_000, 60_000)
  await rig.pass(2_500)
  await readThrough(rig, '2', 0, 10)
  await rig.pass(2_500)
  await rig.cache.removeFromCache(testKey('2'), false)
  await rig.cache.preCache(testKey('1'), true)
  await readThrough(rig, '2', 0)
  await rig.pass(12_500)
  rig.upstream.put('2', secondReplaced)
  await readThrough(rig, '2', 30_000, 31_000).catch(() => undefined)
  await rig.settle()
  await readThrough(rig, '2', 0)
  await rig.pass(3_000)
  await rig.cache.cleanupCache(first.length)
  await rig.settle()
  expect((await rig.cache.isCached(testKey('1'))).cached).toBe(true)
  await readThrough(rig, '2', 50_000)
  await rig.pass(3_000)
}

/** A clean close, and a second life. */
async function closeAndGoOn(rig: MemoryRig): Promise<void> {
  const closing = rig.cache.close(2_000)
  await rig.pass(2_250)
  await closing
  await rig.open(rig.db)
  await readThrough(rig, '2', 0, 40_000)
  await rig.pass(3_000)
}

/** Once more with files cut into extents: every second crash. */
const stride = process.env['SPOOL_TEST_EXTENT_BYTES'] === undefined ? 1 : 2

describe('a power failure after any call to the disk and any transaction', () => {
  // In memory too where there is such a place: what SQLite syncs is not what this is about, and it is slow.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'spool-crash-'))
  const rig = new MemoryRig()
  let recorder: PowerRecorder
  let log: Buffer
  let hasher: Hasher
  let closedFrom = 0
  const crashes: Crash[] = []

  beforeAll(async () => {
    hasher = await createHasher()
    rig.upstream.put('1', first)
    rig.upstream.put('2', second)
    const db = openTestDatabase(join(folder, 'recorded.db'))
    recorder = new PowerRecorder(db, rig.disk)
    await rig.open(db)
    await work(rig)
    closedFrom = recorder.moments.length
    await closeAndGoOn(rig)
    recorder.take('end')
    log = recorder.log
    crashes.push(...enumerateCrashes(recorder.moments, log))
    await rig.close()
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('leaves only rows whose bytes are there, and starts', { timeout: 120_000 }, async () => {
    expect(recorder.moments.length).toBeGreaterThan(100)
    expect(new Set(recorder.moments.map(({ call }) => call)).size).toBeGreaterThan(8)
    const after = new MemoryRig()
    after.upstream.put('1', first)
    after.upstream.put('2', second)
    after.upstream.put('2', secondReplaced)
    let cleanEnds = 0
    for (const [number, crash] of crashes.entries()) {
      if (number % stride !== 0 && crash.index < closedFrom) continue
      const name = `${crash.index} ${crash.moment.call}, ${crash.loss}, log of ${crash.logBytes}`
      after.disk = MemoryDisk.after(crash.moment.image, crash.loss, chanceFrom(number))
      const path = join(folder, 'restored.db')
      recorder.restore(path, log, crash.logBytes)
      const wasClean = await expectSound(after, path, hasher).catch((cause: unknown) => {
        throw new Error(name, { cause })
      })
      if (wasClean) cleanEnds += 1
    }
    // After the clean close, and not before the second life began.
    expect(cleanEnds).toBeGreaterThan(0)
  })
})

const isCalledClean = (db: Database): boolean =>
  db.prepare("SELECT v FROM cache_meta WHERE k = 'clean_shutdown'").pluck().get() === 1

interface Row {
  storeName: string
  mediaId: string
  partKey: string
  total: number | null
  present: number
  completedAt: number | null
  generationId: number
}

function rowsOf(rig: MemoryRig): Row[] {
  return rig.db
    .prepare<[], Row>(
      `SELECT g.store_name AS storeName, e.media_id AS mediaId, g.part_key AS partKey, g.total_bytes AS total,
       g.bytes_present AS present, g.completed_at AS completedAt, g.id AS generationId
       FROM cache_generations g JOIN cache_entries e ON e.current_generation_id = g.id`,
    )
    .all()
}

/** Every row's bytes are on the disk, sums are right, and `complete` is said only of what is whole. */
function expectTrueRows(rig: MemoryRig, hasher: Hasher): void {
  const chunks = rig.db.prepare<[number], { idx: number; len: number; hash: Buffer }>(
    'SELECT idx, len, hash FROM cache_chunks WHERE generation_id = ?',
  )
  for (const row of rowsOf(rig)) {
    let sum = 0
    for (const { idx, len, hash } of chunks.all(row.generationId)) {
      const { name, position } = placeOf(idx * rigChunkBytes)
      const data = rig.disk.contentOf(join(rig.cacheFolder, row.storeName, name)) ?? Buffer.alloc(0)
      const piece = data.subarray(position, position + len)
      const isRight = hasher.hash(piece, hasher.seed(row.storeName, idx)).equals(hash)
      if (!isRight || piece.length !== len) throw new Error(`row ${idx} of ${row.storeName} lies`)
      sum += len
    }
    expect(row.present).toBe(sum)
    expect(row.completedAt !== null).toBe(sum === row.total)
  }
}

/** Answers whether the last run is said to have ended well: what is recorded then is on the disk however the power goes. */
async function expectSound(rig: MemoryRig, dbPath: string, hasher: Hasher): Promise<boolean> {
  rig.upstream.setReachable(false)
  const db = openTestDatabase(dbPath)
  const wasClean = isCalledClean(db)
  if (wasClean) expect(db.prepare('SELECT COUNT(*) FROM cache_entries WHERE is_dirty').pluck().get()).toBe(0)
  await rig.open(db)
  expect(isCalledClean(db)).toBe(false)
  expectTrueRows(rig, hasher)
  await rig.settle()
  // Nothing orphaned: every folder has rows, and what was condemned is gone.
  expect(rig.db.prepare('SELECT COUNT(*) FROM cache_doomed').pluck().get()).toBe(0)
  const known = rowsOf(rig).map(({ storeName }) => join(rig.cacheFolder, storeName))
  const folders = rig.disk.folderPaths.filter((folder) => dirname(folder) === rig.cacheFolder)
  expect(folders.filter((folder) => !known.includes(folder))).toEqual([])
  // What is said to be whole plays without the source.
  for (const row of rowsOf(rig)) {
    const { cached } = await rig.cache.isCached(testKey(row.mediaId))
    expect(cached).toBe(row.present === row.total)
    if (cached) expect((await readThrough(rig, row.mediaId, 0)).equals(versions[row.partKey]!)).toBe(true)
  }
  rig.upstream.setReachable(true)
  for (const [mediaId, data] of [
    ['1', first],
    ['2', secondReplaced],
  ] as const) {
    let read = await readThrough(rig, mediaId, 0).catch(() => null)
    await rig.settle()
    // The first look at a file that was replaced may still be served from the old one.
    if (read === null || !read.equals(data)) read = await readThrough(rig, mediaId, 0)
    expect(read.equals(data)).toBe(true)
  }
  await rig.close()
  expect(rig.disk.openFiles).toBe(0)
  expect(rig.errors).toEqual([])
  return wasClean
}
