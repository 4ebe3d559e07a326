import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import type { Clock } from '../../base/clock.ts'
import { EntryActivity } from '../entry-activity.ts'
import type { EntryContext } from '../entry-resource.ts'
import { planOf } from '../entry-views.ts'
import { openCacheIndex } from '../index/cache-index.ts'
import { Scheduler } from '../schedule/scheduler.ts'
import { ServedCounts } from '../served-counts.ts'
import { nodeFs } from '../store/cache-fs.ts'
import { wholeFile } from '../store/extents.ts'
import { FolderStore } from '../store/folder-store.ts'
import { SourceMemories } from '../source-memory.ts'
import { createHasher } from '../store/hasher.ts'
import { silentLogger, openTestDatabase, testKey } from './cache-fixture.ts'
import { HttpUpstream } from './http-upstream.ts'

interface TestContext extends Disposable {
  readonly context: EntryContext
  readonly db: Database
  /** What the parts under test told the actor. */
  readonly records: string[]
}

/** The surroundings of one file entry of `totalBytes`, real rows and folder, without an actor. Room is never short. */
export async function createTestContext(
  totalBytes: number,
  chunkSize: number,
  clock: Clock,
  extentBytes = wholeFile,
): Promise<TestContext> {
  const folder = mkdtempSync(join(tmpdir(), 'spool-entry-'))
  await new FolderStore(folder).create()
  const db = openTestDatabase(join(folder, 'cache.db'))
  const index = openCacheIndex(db)
  const key = testKey()
  const entryId = index.entries.insert({
    ...key,
    kind: 'file',
    title: 'T',
    sourceName: 'S',
    at: 0,
    accessSeq: 1,
  })
  const generationId = index.generations.insert({
    entryId,
    storeName: 'store',
    partKey: '/p',
    totalBytes,
    mime: 'video/mp4',
    durationMs: 1_000,
    bitrateKbps: null,
    segmentMs: null,
    profile: null,
    extentBytes,
  })
  db.prepare('UPDATE cache_generations SET chunk_size = ?').run(chunkSize)
  index.entries.setGeneration(entryId, generationId)
  const row = index.entries.byId(entryId)
  const generation = index.generations.get(generationId)
  if (row === null || generation === null) throw new Error('no rows')
  const records: string[] = []
  const scheduler = new Scheduler(clock, null)
  const activity = new EntryActivity(clock, new ServedCounts(), scheduler.gate, { ...key, kind: 'file' })
  const context: EntryContext = {
    key,
    entryId,
    generation,
    plan: planOf(row, generation),
    folder: join(folder, 'store'),
    fs: nodeFs,
    db,
    upstream: new HttpUpstream({ url: 'http://127.0.0.1:1/', data: { length: totalBytes } }),
    source: new SourceMemories(clock, () => Promise.resolve(), new AbortController().signal).of('server'),
    clock,
    logger: silentLogger,
    hasher: await createHasher(),
    background: activity,
    slots: scheduler.slots,
    link: scheduler.linkOf(key.sourceId),
    freeBytes: () => 10 ** 12,
    meter: activity,
    onChange: () => undefined,
    onIdle: () => undefined,
    onUse: () => undefined,
    onReplaced: () => undefined,
    record: (action, reason) => void records.push(`${action}: ${reason}`),
    reserve: (bytes) => Promise.resolve(heldRoom(bytes)),
    onDiskError: () => void records.push('disk error'),
  }
  return {
    context,
    db,
    records,
    [Symbol.dispose]: () => {
      db.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function heldRoom(bytes: number) {
  let held = bytes
  return {
    get bytes() {
      return held
    },
    use: (used: number) => void (held -= Math.min(used, held)),
    [Symbol.dispose]: () => void (held = 0),
  }
}
