import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { asMediaId, asQuality, asSourceId } from '../../src-preload/contract/index.ts'
import { systemClock } from '../../src-main/core/base/clock.ts'
import type { CacheCounters } from '../../src-main/core/cache/count-in-use.ts'
import { createFileCache } from '../../src-main/core/cache/create-file-cache.ts'
import { createHlsEntry } from '../../src-main/core/cache/hls/hls-entry.ts'
import type { OpenFile } from '../../src-main/core/cache/handle.ts'
import { openDatabase } from '../../src-main/core/db/open-database.ts'
import type { Logger } from '../../src-main/core/ports.ts'
import { SpoolError } from '../../src-main/core/spool-error.ts'
import type { CacheStats } from '../../src-preload/contract/index.ts'
import { PlainUpstream } from './plain-upstream.ts'
import type { ServeFlags } from './read-serve-flags.ts'

export interface EngineStats extends CacheStats {
  readonly counters: CacheCounters
  /** From opening the database to being able to serve. */
  readonly startMs: number
  /** Since this was last asked for; 0 the first time. */
  readonly loopDelayP99Ms: number
}

const lookMs = 1

/** The engine of the product over a plain HTTP server. */
export interface Engine {
  /** The file at `path`, which may hold a query. Dispose it when done. */
  open(path: string): Promise<OpenFile>
  stats(): Promise<EngineStats>
  close(): Promise<void>
}

const toStderr =
  (level: string) =>
  (event: string, details?: unknown): void =>
    void process.stderr.write(`${level} ${event} ${details === undefined ? '' : JSON.stringify(details)}\n`)
const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: toStderr('warn'),
  error: toStderr('error'),
}

export async function startEngine(flags: ServeFlags): Promise<Engine> {
  const startedAt = performance.now()
  const folder = flags.dataDir ?? (await mkdtemp(join(tmpdir(), 'spool-bench-')))
  const { db } = openDatabase({
    path: join(folder, 'cache.db'),
    migrationsFolder: join(import.meta.dirname, '../../migrations/cache'),
    clock: systemClock,
    logger,
  })
  const upstream = new PlainUpstream(flags.origin)
  const cache = await createFileCache({
    db,
    cacheFolder: join(folder, 'cache'),
    upstream,
    clock: systemClock,
    logger,
    limits: { limitBytes: flags.limitBytes, reserveBytes: 0, backgroundKbps: null },
    openHlsEntry: (context) => createHlsEntry(context),
    readsAhead: flags.prefetches,
  })
  const startMs = performance.now() - startedAt
  // Runs from when it is first asked for: it wakes the process a thousand times a second, which would be measured with everything else.
  const loopDelay = monitorEventLoopDelay({ resolution: lookMs })
  const entryIds = new Map<string, number>()

  async function entryIdOf(path: string): Promise<number> {
    const known = entryIds.get(path)
    if (known !== undefined) return known
    const key = {
      sourceId: asSourceId('origin'),
      mediaId: asMediaId(path),
      quality: asQuality('original'),
    }
    const { entryId } = await cache.getCachedStreamWithQuality(key)
    entryIds.set(path, entryId)
    return entryId
  }

  return {
    async open(path) {
      for (let attempt = 0; ; attempt += 1)
        try {
          return (await cache.openMedia(await entryIdOf(path))) as OpenFile
        } catch (error) {
          // Evicted meanwhile, or replaced: it has another number now.
          entryIds.delete(path)
          if (attempt > 0 || !(error instanceof SpoolError) || error.code !== 'unknown-media') throw error
        }
    },
    async stats() {
      // What is counted is the time between two looks.
      const loopDelayP99Ms = Math.max(0, loopDelay.percentile(99) / 1e6 - lookMs)
      loopDelay.reset()
      loopDelay.enable()
      return { ...(await cache.getStats()), counters: cache.counters(), startMs, loopDelayP99Ms }
    },
    async close() {
      await cache.close(1_000)
      await upstream.close()
      db.close()
      if (flags.dataDir === null) await rm(folder, { recursive: true, force: true })
    },
  }
}
