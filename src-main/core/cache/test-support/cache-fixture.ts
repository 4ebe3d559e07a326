import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { asMediaId, asQuality, asSourceId, type CacheKey } from '../../../../src-preload/contract/index.ts'
import { systemClock, type Clock } from '../../base/clock.ts'
import type { Logger } from '../../ports.ts'
import { createFileCache, type CreatedFileCache } from '../create-file-cache.ts'
import type { ByteReader, CacheLimits, OpenFile } from '../handle.ts'
import { nodeFs, type CacheFs } from '../store/cache-fs.ts'
import { HttpUpstream } from './http-upstream.ts'
import type { ManualClock } from './manual-clock.ts'
import { ScriptedOrigin } from './scripted-origin.ts'

export const mebibyte = 1024 * 1024

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  // A bug of ours: a test that meets one should not look well.
  error: (event, details) => void process.stderr.write(`${event} ${JSON.stringify(details)}\n`),
}

export const testKey = (mediaId = '1', quality = 'original'): CacheKey => ({
  sourceId: asSourceId('server'),
  mediaId: asMediaId(mediaId),
  quality: asQuality(quality),
})

/** Bytes of which every position can be told from every other near it; the same for the same seed. */
export function testData(sizeBytes: number, seed = 1): Buffer {
  const data = Buffer.allocUnsafe(sizeBytes)
  let state = seed >>> 0 || 1
  for (let at = 0; at + 4 <= sizeBytes; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    data.writeUInt32LE(state, at)
  }
  for (let at = sizeBytes & ~3; at < sizeBytes; at += 1) data[at] = at & 0xff
  return data
}

export const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex')

/** Set for the whole suite once more with files cut into extents: `vitest.config.ts`. */
const forcedExtentBytes = Number(process.env['SPOOL_TEST_EXTENT_BYTES'] ?? 0) || null

const migrationsFolder = join(import.meta.dirname, '../../../../migrations/cache')
const migrations = readdirSync(migrationsFolder)
  .toSorted()
  .map((name) => readFileSync(join(migrationsFolder, name), 'utf8'))

export function openTestDatabase(path: string): Database.Database {
  const db = new Database(path)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  db.pragma('foreign_keys = ON')
  if (db.pragma('user_version', { simple: true }) === 0) {
    for (const migration of migrations) db.exec(migration)
    db.pragma(`user_version = ${migrations.length}`)
  }
  return db
}

const generous: CacheLimits = { limitBytes: 10 ** 12, reserveBytes: 0, backgroundKbps: null }

/** A cache over a real origin, files and database in a folder of its own. Dispose to remove it all. */
export class CacheFixture implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'spool-cache-'))
  readonly origin: ScriptedOrigin
  readonly upstream: HttpUpstream
  db!: Database.Database
  cache!: CreatedFileCache
  limits: CacheLimits = generous
  clock: Clock = systemClock

  private constructor(origin: ScriptedOrigin) {
    this.origin = origin
    this.upstream = new HttpUpstream(origin)
  }

  static async create(
    data: Buffer,
    limits: Partial<CacheLimits> = {},
    clock: Clock = systemClock,
  ): Promise<CacheFixture> {
    const fixture = new CacheFixture(await ScriptedOrigin.start(data))
    fixture.limits = { ...generous, ...limits }
    fixture.clock = clock
    await fixture.open()
    return fixture
  }

  /** Somewhere else: as on a disk of its own. */
  otherFolder: string | null = null
  /** Bytes per file on the disk; null: as the volume and the size ask for. */
  extentBytes: number | null = forcedExtentBytes
  fs: CacheFs = nodeFs

  get cacheFolder(): string {
    return this.otherFolder ?? join(this.folder, 'cache')
  }

  async open(db?: Database.Database): Promise<void> {
    mkdirSync(this.folder, { recursive: true })
    this.db = db ?? openTestDatabase(join(this.folder, 'cache.db'))
    this.cache = await createFileCache({
      db: this.db,
      cacheFolder: this.cacheFolder,
      upstream: this.upstream,
      clock: this.clock,
      logger: silentLogger,
      limits: this.limits,
      openHlsEntry: () => {
        throw new Error('no HLS here')
      },
      extentBytes: this.extentBytes ?? undefined,
      fs: this.fs,
    })
  }

  async close(): Promise<void> {
    await this.cache.close(2_000)
    this.db.close()
  }

  async reopen(): Promise<void> {
    await this.close()
    await this.open()
  }

  async openFile(key: CacheKey = testKey()): Promise<OpenFile> {
    const stream = await this.cache.getCachedStreamWithQuality(key)
    const media = await this.cache.openMedia(stream.entryId)
    if (media.kind !== 'file') throw new Error('not a file')
    return media
  }

  /** Reads `[start, end)` of the key through a handle of its own. */
  async read(start: number, end: number, key: CacheKey = testKey()): Promise<Buffer> {
    using file = await this.openFile(key)
    return await readAll(file.read(start, end, new AbortController().signal))
  }

  /** Folders of generations. */
  storeNames(): string[] {
    return readdirSync(this.cacheFolder).filter(
      (name) => !['CACHEDIR.TAG', 'spool-cache.json'].includes(name),
    )
  }

  /** Files with the bytes of one generation, in their order. */
  mediaFiles(storeName = this.storeNames()[0] ?? ''): string[] {
    const folder = join(this.cacheFolder, storeName)
    return readdirSync(folder)
      .filter((name) => /^(?:media|x\d+)\./.test(name))
      .sort()
      .map((name) => join(folder, name))
  }

  /** What is on the disk, of a generation that is whole. */
  mediaContent(storeName?: string): Buffer {
    return Buffer.concat(this.mediaFiles(storeName).map((path) => readFileSync(path)))
  }

  /** What all generations take on the disk. */
  bytesOnDisk(): number {
    const files = readdirSync(this.cacheFolder, { recursive: true, withFileTypes: true })
    return files
      .filter((file) => file.isFile())
      .map((file) => statSync(join(file.parentPath, file.name), { throwIfNoEntry: false })?.blocks ?? 0)
      .reduce((sum, blocks) => sum + blocks * 512, 0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
    await this.origin.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export async function readAll(reader: ByteReader): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for (let piece = await reader.read(); piece !== null; piece = await reader.read()) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** Waits until `condition` holds; fails after five seconds. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 5_000): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`still not: ${condition.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Lets the cache's time pass in small steps, real work going on in between, until the promise settles. */
export async function passing<T>(clock: ManualClock, promise: Promise<T>, limitMs: number): Promise<T> {
  const outcome = { isSettled: false }
  const settle = (): void => void (outcome.isSettled = true)
  promise.then(settle, settle)
  for (let passed = 0; !outcome.isSettled && passed < limitMs; passed += 250) {
    clock.advance(250)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  if (!outcome.isSettled) throw new Error(`not settled within ${limitMs} ms of the cache's time`)
  return promise
}
