import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeTsSegments } from '../hls/test-support/make-segments.ts'
import { createHasher, type Hasher } from '../store/hasher.ts'
import { openTestDatabase, readAll, testKey } from '../test-support/cache-fixture.ts'
import { MemoryDisk } from '../test-support/memory-disk.ts'
import { MemoryRig } from '../test-support/memory-rig.ts'
import { MemoryTranscodes } from '../test-support/memory-transcodes.ts'
import { chanceFrom, enumerateCrashes, type Crash } from './test-support/enumerate-crashes.ts'
import { PowerRecorder } from './test-support/power-recorder.ts'

const count = 6
const segments = makeTsSegments(count, 10)
const shifted = makeTsSegments(count, 10.4, { startS: 0.4 })
const rungKey = (mediaId: string) => testKey(mediaId, '480p-200k')
const never = new AbortController().signal

async function readSegment(rig: MemoryRig, mediaId: string, seq: number): Promise<Buffer> {
  const { entryId } = await rig.cache.getCachedStreamWithQuality(rungKey(mediaId))
  const media = await rig.cache.openMedia(entryId)
  if (media.kind !== 'hls') throw new Error('not segments')
  using hls = media
  await rig.outcomeOf(hls.playlist(never))
  return await readAll((await rig.outcomeOf(hls.segment(`${seq}.ts`, never))).reader)
}

async function fillUp(rig: MemoryRig, mediaId: string): Promise<void> {
  await rig.cache.preCache(rungKey(mediaId), true)
  for (let turn = 0; turn < 200; turn += 1) {
    if ((await rig.cache.isCached(rungKey(mediaId))).cached) return
    await rig.pass(1_000)
  }
  throw new Error(`${mediaId} does not get whole`)
}

/** Seeks, a download, removal, sessions that do not agree, a strand that is given up, eviction, a clean close. */
async function work(rig: MemoryRig, cut: { list: readonly Buffer[] }): Promise<void> {
  await readSegment(rig, '2', 3)
  await readSegment(rig, '2', 0)
  await rig.pass(1_000)
  await rig.cache.removeFromCache(rungKey('2'), false)
  await rig.pass(12_000)
  await fillUp(rig, '1')
  await readSegment(rig, '2', 1)
  await rig.pass(25_000)
  cut.list = shifted
  await readSegment(rig, '2', 4)
  await readSegment(rig, '2', 5)
  await rig.pass(25_000)
  await fillUp(rig, '2')
  cut.list = segments
  await readSegment(rig, '3', 2)
  await rig.pass(25_000)
  await rig.cache.cleanupCache(50_000)
  await rig.pass(1_000)
}

interface Row {
  readonly storeName: string
  readonly mediaId: string
  readonly generationId: number
  readonly present: number
  readonly completedAt: number | null
}

const rowsOf = (rig: MemoryRig): Row[] =>
  rig.db
    .prepare<[], Row>(
      `SELECT g.store_name AS storeName, e.media_id AS mediaId, g.id AS generationId, g.bytes_present AS present,
       g.completed_at AS completedAt FROM cache_generations g JOIN cache_entries e ON e.current_generation_id = g.id`,
    )
    .all()

interface SegmentRow {
  readonly seq: number
  readonly strand: number
  readonly file: string
  readonly sizeBytes: number
  readonly hash: Buffer
}

const segmentsOf = (rig: MemoryRig, generationId: number): SegmentRow[] =>
  rig.db
    .prepare<[number], SegmentRow>(
      `SELECT s.seq, COALESCE(e.strand, e.id) AS strand, s.file, s.size_bytes AS sizeBytes, s.hash
       FROM cache_segments s JOIN cache_epochs e ON e.id = s.epoch_id WHERE s.generation_id = ?`,
    )
    .all(generationId)

/** Every row's bytes are on the disk, sums are right, and `complete` is said only of what is whole in one strand. */
function expectTrueRows(rig: MemoryRig, hasher: Hasher): void {
  for (const { storeName, generationId, present, completedAt } of rowsOf(rig)) {
    const rows = segmentsOf(rig, generationId)
    const perStrand = new Map<number, number>()
    for (const { seq, strand, file, sizeBytes, hash } of rows) {
      const data = rig.disk.contentOf(join(rig.cacheFolder, storeName, file))
      if (data?.length !== sizeBytes || !hasher.hash(data, hasher.seed(storeName, seq)).equals(hash))
        throw new Error(`row ${seq} of ${storeName} lies`)
      perStrand.set(strand, (perStrand.get(strand) ?? 0) + 1)
    }
    expect(present).toBe(rows.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))
    expect(completedAt !== null).toBe([...perStrand.values()].includes(count))
  }
}

describe('a power failure after any call to the disk and any transaction, while segments are kept', () => {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'spool-crash-'))
  const rig = new MemoryRig()
  let recorder: PowerRecorder
  let log: Buffer
  let hasher: Hasher
  let crashes: Crash[] = []

  beforeAll(async () => {
    hasher = await createHasher()
    const cut = { list: segments }
    prepare(rig, (seq) => cut.list[seq])
    const db = openTestDatabase(join(folder, 'recorded.db'))
    recorder = new PowerRecorder(db, rig.disk)
    await rig.open(db)
    await work(rig, cut)
    recorder.take('end')
    log = recorder.log
    crashes = enumerateCrashes(recorder.moments, log)
    await rig.close()
    expect(rig.errors).toEqual([])
  }, 60_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('leaves only rows whose bytes are there, and gets whole', { timeout: 240_000 }, async () => {
    expect(recorder.moments.length).toBeGreaterThan(100)
    expect(new Set(recorder.moments.map(({ call }) => call)).size).toBeGreaterThan(8)
    const after = new MemoryRig()
    for (const [number, crash] of crashes.entries()) {
      const name = `${crash.index} ${crash.moment.call}, ${crash.loss}, log of ${crash.logBytes}`
      after.disk = MemoryDisk.after(crash.moment.image, crash.loss, chanceFrom(number))
      const path = join(folder, 'restored.db')
      recorder.restore(path, log, crash.logBytes)
      await expectSound(after, path, hasher).catch((cause: unknown) => {
        throw new Error(name, { cause })
      })
    }
  })
})

function prepare(rig: MemoryRig, segmentOf: (seq: number) => Buffer | undefined): void {
  for (const mediaId of ['1', '2', '3'])
    if (!rig.upstream.titles.has(mediaId)) rig.upstream.put(mediaId, Buffer.alloc(1))
  rig.upstream.transcodes = new MemoryTranscodes(count, (_, seq) => segmentOf(seq))
}

async function expectSound(rig: MemoryRig, dbPath: string, hasher: Hasher): Promise<void> {
  prepare(rig, (seq) => segments[seq])
  rig.upstream.setReachable(false)
  await rig.open(openTestDatabase(dbPath))
  expectTrueRows(rig, hasher)
  await rig.settle()
  expect(rig.db.prepare('SELECT COUNT(*) FROM cache_doomed').pluck().get()).toBe(0)
  const known = rowsOf(rig).map(({ storeName }) => join(rig.cacheFolder, storeName))
  const folders = rig.disk.folderPaths.filter((folder) => dirname(folder) === rig.cacheFolder)
  expect(folders.filter((folder) => !known.includes(folder))).toEqual([])
  // What is said to be whole plays without the source, from one list.
  for (const { mediaId, completedAt } of rowsOf(rig)) {
    if (completedAt === null) continue
    const read = await Promise.all(segments.map((_, seq) => readSegment(rig, mediaId, seq)))
    const isOneOf = (list: readonly Buffer[]): boolean => read.every((bytes, seq) => bytes.equals(list[seq]!))
    expect(isOneOf(segments) || isOneOf(shifted)).toBe(true)
  }
  rig.upstream.setReachable(true)
  await fillUp(rig, '2')
  expectTrueRows(rig, hasher)
  // Of what the life before left without a row nothing is left.
  const row = rowsOf(rig).find(({ mediaId }) => mediaId === '2')
  const files = segmentsOf(rig, row?.generationId ?? 0).map(({ file }) => file)
  const below = join(rig.cacheFolder, row?.storeName ?? '', 's')
  const wroteNow = (rig.upstream.transcodes?.requests.length ?? 0) > 0
  if (wroteNow) expect(await rig.disk.files(below)).toHaveLength(files.length)
  await rig.close()
  expect(rig.upstream.transcodes?.openSessions).toBe(0)
  expect(rig.disk.openFiles).toBe(0)
  expect(rig.errors).toEqual([])
}
