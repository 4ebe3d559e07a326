import type { Database } from 'better-sqlite3'
import type { Logger } from '../../ports.ts'
import { createFileCache, type CreatedFileCache } from '../create-file-cache.ts'
import type { ServerFiles } from '../downloads/server-files.ts'
import type { OpenEntryResource } from '../entry-resource.ts'
import type { CacheLimits } from '../handle.ts'
import { createHlsEntry } from '../hls/hls-entry.ts'
import { extentFileName, wholeFile } from '../store/extents.ts'
import { ManualClock } from './manual-clock.ts'
import { MemoryDisk } from './memory-disk.ts'
import { MemoryUpstream } from './memory-upstream.ts'

/** Small, so that little data makes many of them. */
export const rigChunkBytes = 16 * 1024

/** Two chunks, when files are cut into extents: `vitest.config.ts`. */
const rigExtentBytes = process.env['SPOOL_TEST_EXTENT_BYTES'] === undefined ? wholeFile : 2 * rigChunkBytes

/** Where a byte of a title lies. */
export function placeOf(position: number): { readonly name: string; readonly position: number } {
  const index = Math.floor(position / rigExtentBytes)
  const name = extentFileName(index, rigExtentBytes, 'video/x-matroska')
  return { name, position: position - index * rigExtentBytes }
}

/** A FileCache over a disk, source and clock in memory and a real database: it does nothing that the test does not let it do. */
export class MemoryRig {
  clock = new ManualClock()
  upstream = new MemoryUpstream()
  readonly errors: string[] = []
  readonly warnings: string[] = []
  disk = new MemoryDisk()
  serverFiles: ServerFiles | undefined
  openHlsEntry: OpenEntryResource = (context) => createHlsEntry(context)
  limits: CacheLimits = { limitBytes: 10 ** 12, reserveBytes: 0, backgroundKbps: null }
  db!: Database
  cache!: CreatedFileCache
  /** On the disk in memory; not below the database, as on a disk of its own. */
  readonly cacheFolder = '/memory/cache'

  /** @param db migrated; `close` closes it */
  async open(db: Database): Promise<void> {
    this.db = db
    this.db.exec(`CREATE TRIGGER IF NOT EXISTS small_chunks AFTER INSERT ON cache_generations
      BEGIN UPDATE cache_generations SET chunk_size = ${rigChunkBytes} WHERE id = NEW.id; END`)
    this.cache = await createFileCache({
      db: this.db,
      cacheFolder: this.cacheFolder,
      upstream: this.upstream,
      clock: this.clock,
      logger: this.#logger,
      limits: this.limits,
      openHlsEntry: (context) => this.openHlsEntry(context),
      serverFiles: this.serverFiles,
      fs: this.disk,
      extentBytes: rigExtentBytes,
    })
  }

  /** Lets everything go on that needs no time: all of it runs in microtasks. */
  async settle(): Promise<void> {
    for (let round = 0; round < 3; round += 1) await new Promise((resolve) => setImmediate(resolve))
  }

  /** Lets time pass in steps short enough for one timer after another. */
  async pass(durationMs: number): Promise<void> {
    for (let passed = 0; passed < durationMs; passed += 250) {
      this.clock.advance(250)
      await this.settle()
    }
  }

  /** What something came to, letting time pass until then. */
  async outcomeOf<T>(work: Promise<T>): Promise<T> {
    const state = { isDone: false }
    const end = (): void => void (state.isDone = true)
    work.then(end, end)
    for (let turn = 0; turn < 400 && !state.isDone; turn += 1) await this.pass(250)
    return await work
  }

  /** Closes the cache, letting time pass for as long as that takes. */
  async close(): Promise<void> {
    await this.closeCache()
    this.db.close()
  }

  /** The same, and the database stays open. */
  async closeCache(): Promise<void> {
    const closing = this.cache.close(2_000)
    await this.settle()
    await this.pass(2_250)
    await closing
  }

  get #logger(): Logger {
    return {
      debug: () => undefined,
      info: () => undefined,
      warn: (event, details) => void this.warnings.push(`${event} ${JSON.stringify(details)}`),
      error: (event, details) => void this.errors.push(`${event} ${JSON.stringify(details)}`),
    }
  }
}
