import { dirname, relative } from 'node:path'
import type { Database } from 'better-sqlite3'
import { sleep, type Clock } from '../base/clock.ts'
import type { Logger } from '../ports.ts'
import { DownloadGate } from './downloads/background-gate.ts'
import { DownloadQueue } from './downloads/download-queue.ts'
import { EntryCatalog } from './entry-catalog.ts'
import { EntryChanges } from './entry-changes.ts'
import { EntryRemover } from './entry-remover.ts'
import type { OpenEntryResource } from './entry-resource.ts'
import { titleText } from './entry-views.ts'
import { FileCache } from './file-cache.ts'
import { FileEntry } from './file/file-entry.ts'
import type { CacheLimits, FileCacheHandle } from './handle.ts'
import { openCacheIndex } from './index/cache-index.ts'
import { Mailbox } from './mailbox.ts'
import { OpenEntries } from './open-entries.ts'
import { ServedCounts } from './served-counts.ts'
import { SpaceKeeper } from './space/space-keeper.ts'
import type { CacheFs } from './store/cache-fs.ts'
import { FilePool } from './store/file-pool.ts'
import { FolderStore } from './store/folder-store.ts'
import { createHasher } from './store/hasher.ts'
import type { MediaUpstream } from './upstream.ts'

export interface FileCacheOptions {
  /** cache.db, open and migrated (`core/db`). Whoever opened it closes it, after `close` of the cache. */
  readonly db: Database
  /** Absolute path of the folder `cache/`; made when it is missing. */
  readonly cacheFolder: string
  readonly upstream: MediaUpstream
  readonly clock: Clock
  readonly logger: Logger
  readonly limits: CacheLimits
  /** Opens entries of kind `hls`: `core/cache/hls/`. */
  readonly openHlsEntry: OpenEntryResource
  /** Whether files are fetched ahead of who reads them, as far as playing goes on; true when not said. */
  readonly readsAhead?: boolean | undefined
  /** Where byte-range entries lie; only tests have another than the real one. */
  readonly fs?: CacheFs | undefined
}

/** Everything that must be zero when nobody uses the cache. For tests and diagnostics. */
export interface CacheCounters {
  readonly resources: number
  readonly handles: number
  readonly readers: number
  readonly transfers: number
  readonly files: number
  readonly reservedBytes: number
  readonly mailbox: number
}

export interface CreatedFileCache extends FileCacheHandle {
  counters(): CacheCounters
}

/** Puts the FileCache together and takes up where the last run ended. */
export async function createFileCache(options: FileCacheOptions): Promise<CreatedFileCache> {
  const { db, upstream, clock, logger, limits } = options
  const hasher = await createHasher()
  const index = openCacheIndex(db)
  const store = new FolderStore(options.cacheFolder, options.fs)
  const isDiskPresent = await openFolder(store, db, index.generations.sumPresent() > 0).catch(
    (error: unknown) => {
      // A disk that cannot be written to is no reason not to start: what it takes to choose another is in Settings.
      logger.warn('cache.folder-unusable', { folder: options.cacheFolder, error: String(error) })
      return false
    },
  )
  const mailbox = new Mailbox((name, error) =>
    logger.error('cache.turn-failed', { name, error: String(error) }),
  )
  const closing = new AbortController()
  const counts = new ServedCounts()
  const gate = new DownloadGate(clock, limits.backgroundKbps)
  const pool = new FilePool(64, options.fs)
  const changes = new EntryChanges(index, clock, (error) =>
    logger.error('cache.listener-failed', { error: String(error) }),
  )
  const protectedTitles = new Set<string>()
  const space: SpaceKeeper = new SpaceKeeper({
    clock,
    store,
    limits,
    usedBytes: () => index.generations.sumPresent() + index.doomed.sum(),
    evict: (bytes) => mailbox.after(Promise.resolve(), () => remover.evict(bytes)),
  })
  const open: OpenEntries = new OpenEntries({
    index,
    store,
    upstream,
    clock,
    logger,
    hasher,
    gate,
    meter: counts,
    openers: {
      file: (context) => new FileEntry(context, pool, options.readsAhead),
      hls: options.openHlsEntry,
    },
    post: (name, turn) => mailbox.post(name, turn),
    reserve: (bytes) => (isDiskPresent ? space.reserve(bytes) : Promise.resolve(null)),
    onDiskError: (error) => {
      logger.warn('cache.disk-error', { error: String(error) })
      space.onDiskError(error)
    },
    onChange: (entryId) => mailbox.post('rows changed', () => onRowsChanged(entryId)),
    onReplaced: (generationId, reason, totalBytes) =>
      mailbox.post('replaced', () => {
        const entryId = index.generations.get(generationId)?.entryId
        const row = entryId === undefined ? null : index.entries.byId(entryId)
        if (row?.generationId === generationId) catalog.replace(row, reason, totalBytes)
      }),
  })
  const downloads = new DownloadQueue({
    index,
    clock,
    post: (name, turn) => mailbox.post(name, turn),
    isReachable: (sourceId) => upstream.isReachable(sourceId),
    open: (row) => open.get(row),
    onChange: (entryId) => changes.report(entryId),
  })
  const remover: EntryRemover = new EntryRemover({
    index,
    store,
    open,
    clock,
    logger,
    isProtected: (row) => protectedTitles.has(titleText(row)),
    onRemoved: (row) => {
      downloads.interrupt(row.id)
      changes.removed(row)
    },
  })
  const catalog = new EntryCatalog({
    index,
    upstream,
    clock,
    mailbox,
    nextAccessSeq: () => open.nextAccessSeq(),
    signal: closing.signal,
    onReplaced: (old) => {
      remover.dropReplaced(old)
      downloads.interrupt(old.id)
      changes.report(old.id)
    },
  })
  const completed = new Set(index.generations.completedIds())

  function onRowsChanged(entryId: number): void {
    const row = index.entries.byId(entryId)
    if (row === null) return
    changes.report(entryId)
    if (row.completedAt === null) {
      // Damage was found in what was whole: if somebody wanted all of it, the rest is fetched again.
      if (completed.delete(row.generationId) && row.isPinned === 1) downloads.add(entryId)
      return
    }
    if (completed.has(row.generationId)) return
    completed.add(row.generationId)
    index.history.add(clock.now(), row, 'completed', 'all of it is here', row.bytesPresent)
    // The fill, if there is one, ends by itself; a player that fetched everything leaves nothing to fill.
    if (downloads.runningEntryId !== entryId) downloads.remove(entryId)
  }

  const subscription = upstream.onReachabilityChange((sourceId, isReachable) =>
    mailbox.post('reachability', () => {
      open.onReachabilityChange(sourceId, isReachable)
      if (isReachable) downloads.onReachable()
    }),
  )

  async function closeAll(deadlineMs: number): Promise<void> {
    closing.abort()
    subscription[Symbol.dispose]()
    downloads.stop()
    const work = async (): Promise<void> => {
      await open.closeAll()
      await remover.stop()
      await pool.closeAll()
      index.setMeta('clean_shutdown', 1)
    }
    await Promise.race([work(), sleep(clock, deadlineMs)])
    // What was reported until now still has its turn; after that nobody uses the database.
    await mailbox.after(Promise.resolve(), () => changes.stop())
    db.pragma('wal_checkpoint(TRUNCATE)')
  }

  index.setMeta('clean_shutdown', 0)
  index.downloads.restart()
  index.history.prune()
  await space.probe()
  mailbox.post('start', () => {
    if (isDiskPresent) void remover.deleteDoomed()
    downloads.next()
  })

  const cache = new FileCache({
    index,
    clock,
    mailbox,
    catalog,
    open,
    remover,
    downloads,
    space,
    gate,
    counts,
    changes,
    protectedTitles,
    isDiskPresent: () => isDiskPresent,
    closeAll,
  })
  return Object.assign(cache, {
    counters: (): CacheCounters => {
      const files = open.resources.filter((resource) => resource instanceof FileEntry)
      return {
        resources: open.size,
        handles: open.resources.reduce((sum, resource) => sum + resource.readerCount, 0),
        readers: files.reduce((sum, file) => sum + file.counters.readers, 0),
        transfers: files.reduce((sum, file) => sum + file.counters.transfers, 0),
        files: pool.size,
        reservedBytes: space.reservedBytes,
        mailbox: mailbox.length,
      }
    },
  })
}

/**
 * Makes the folder, unless that would write on the wrong disk: bytes are recorded, the folder lies outside the data folder, and what is there now
 * was never ours. False: nothing is kept until the disk is back.
 */
async function openFolder(store: FolderStore, db: Database, hasBytes: boolean): Promise<boolean> {
  const fromData = relative(dirname(db.name), store.root)
  const isInside = fromData !== '' && !fromData.startsWith('..')
  if (hasBytes && !isInside && !(await store.isPresent())) return false
  await store.create()
  return true
}
