import { dirname } from 'node:path'
import { defined } from '../base/control.ts'
import { closeInOrder } from './close-in-order.ts'
import { countInUse, type CacheCounters } from './count-in-use.ts'
import { DownloadQueue } from './downloads/download-queue.ts'
import { ServerFileDownloads } from './downloads/server-file-downloads.ts'
import { LoopDelay } from './diagnostics.ts'
import { EntryCatalog } from './entry-catalog.ts'
import { EntryChanges } from './entry-changes.ts'
import { EntryRemover } from './entry-remover.ts'
import { titleText } from './entry-views.ts'
import { FileCache } from './file-cache.ts'
import type { FileCacheOptions } from './file-cache-options.ts'
import { FileEntry } from './file/file-entry.ts'
import type { FileCacheHandle } from './handle.ts'
import { openCacheIndex } from './index/cache-index.ts'
import { Mailbox } from './mailbox.ts'
import { OpenEntries } from './open-entries.ts'
import { ManifestKeeper } from './recovery/manifest-keeper.ts'
import { ShutdownFlag } from './recovery/shutdown-flag.ts'
import { RowChanges } from './row-changes.ts'
import { Scheduler } from './schedule/scheduler.ts'
import { ServedCounts } from './served-counts.ts'
import { SourceMemories } from './source-memory.ts'
import { SpaceKeeper } from './space/space-keeper.ts'
import { CacheDisk } from './store/cache-disk.ts'
import { chooseExtentBytes } from './store/extents.ts'
import { FilePool } from './store/file-pool.ts'
import { FolderStore } from './store/folder-store.ts'
import { createHasher } from './store/hasher.ts'
import { hasSparseFiles } from './store/sparse-files.ts'
import { DamageWatch } from './verify/damage-watch.ts'
import { createUpkeep } from './verify/upkeep.ts'

export interface CreatedFileCache extends FileCacheHandle {
  counters(): CacheCounters
}

/** Puts the FileCache together and takes up where the last run ended. */
export async function createFileCache(options: FileCacheOptions): Promise<CreatedFileCache> {
  const { db, upstream, clock, logger, limits } = options
  const hasher = await createHasher()
  const index = openCacheIndex(db)
  const shutdownFlag = new ShutdownFlag(index)
  shutdownFlag.lower()
  const store = new FolderStore(options.cacheFolder, options.fs)
  const mailbox = new Mailbox((name, error) =>
    logger.error('cache.turn-failed', { name, error: String(error) }),
  )
  const closing = new AbortController()
  const counts = new ServedCounts()
  const loopDelay = new LoopDelay()
  const scheduler = new Scheduler(clock, limits.backgroundKbps)
  const pool = new FilePool(64, options.fs)
  const changes = new EntryChanges(index, clock, (error) =>
    logger.error('cache.listener-failed', { error: String(error) }),
  )
  const damage = new DamageWatch(
    (sourceId) => upstream.isReachable(sourceId),
    (error) => logger.error('cache.listener-failed', { error: String(error) }),
  )
  const protectedTitles = new Set<string>()
  const disk: CacheDisk = new CacheDisk({
    store,
    index,
    clock,
    hasBytes: index.generations.sumPresent() > 0,
    dataFolder: dirname(db.name),
    onReturn: () => mailbox.post('disk returned', () => void onDiskReturn()),
    onError: (error) =>
      logger.warn('cache.folder-unusable', { folder: options.cacheFolder, error: String(error) }),
  })
  const found = await disk.open()
  if (found === 'moved') index.forgetFolder(clock.now())
  let isSparse = found !== 'missing' && (await hasSparseFiles(store, index))
  const space: SpaceKeeper = new SpaceKeeper({
    clock,
    freeBytes: async () => {
      await disk.check()
      return store.freeBytes()
    },
    limits,
    usedBytes: () => index.generations.sumPresent() + index.doomed.sum(),
    evict: (bytes) => mailbox.after(Promise.resolve(), () => (disk.isHere ? remover.evict(bytes) : 0)),
  })
  const open: OpenEntries = new OpenEntries({
    index,
    store,
    upstream,
    sources: new SourceMemories(
      clock,
      (sourceId, signal) => upstream.renewAccess(sourceId, signal),
      closing.signal,
    ),
    clock,
    logger,
    hasher,
    scheduler,
    freeBytes: () => space.keepableBytes,
    meter: counts,
    openers: {
      file: (context) => new FileEntry(context, pool, options.readsAhead),
      hls: options.openHlsEntry,
    },
    post: (name, turn) => mailbox.post(name, turn),
    reserve: (bytes) => (disk.isHere ? space.reserve(bytes) : Promise.resolve(null)),
    onDiskError: (error) => {
      logger.warn('cache.disk-error', { error: String(error) })
      space.onDiskError(error)
      void disk.check()
    },
    onDamage: (row) => damage.onDamage(row),
    onChange: (entryId) => mailbox.post('rows changed', () => rows.onRowsChanged(entryId)),
    isShown: (title) => protectedTitles.has(title),
    onReplaced: (generationId, reason, totalBytes) =>
      mailbox.post('replaced', () => {
        const entryId = index.generations.get(generationId)?.entryId
        const row = entryId === undefined ? null : index.entries.byId(entryId)
        if (row?.generationId === generationId) catalog.replace(row, reason, totalBytes)
      }),
  })
  const inTurn = <T>(work: () => T): Promise<T> => mailbox.after(Promise.resolve(), work)
  const serverFiles: ServerFileDownloads | null =
    options.serverFiles === undefined
      ? null
      : new ServerFileDownloads({
          index,
          clock,
          logger,
          upstream,
          files: options.serverFiles,
          inTurn,
          isReachable: (sourceId) => upstream.isReachable(sourceId),
          onOutlook: (entryId) => {
            changes.report(entryId)
            downloads.next()
          },
          begin: (row, file) => catalog.beginFile(row, file.mime, file.sizeBytes),
          openBeside: (row, generationId, overrides) =>
            open.openBeside({ ...row, generationId, kind: 'file' }, overrides),
          closedBeside: (entryId) => open.closedBeside(entryId),
          adopt: (row, order) => {
            catalog.adoptFile(row, order.id, defined(order.generationId, 'finished file'))
            remover.dropLeft(row)
            serverFiles?.forget(row)
            rows.onRowsChanged(row.id)
          },
          dropFolder: (storeName, released) => remover.dropFolder(storeName, released),
        })
  const manifests = new ManifestKeeper({
    index,
    store,
    clock,
    logger,
    post: (name, turn) => mailbox.post(name, turn),
  })
  const downloads: DownloadQueue = new DownloadQueue({
    index,
    serverFiles,
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
    isDiskHere: () => disk.isHere,
    retireBeside: (generationId) => serverFiles?.retire(generationId) ?? Promise.resolve(),
    settled: (storeName) => manifests.settled(storeName),
    onRemoved: (row) => {
      serverFiles?.forget(row)
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
    extentBytesFor: (totalBytes) =>
      options.extentBytes ?? chooseExtentBytes({ isSparse, totalBytes, limitBytes: space.limitBytes }),
    signal: closing.signal,
    onReplaced: (old) => {
      remover.dropReplaced(old)
      serverFiles?.release(old.id)
      downloads.interrupt(old.id)
      changes.replaced(old)
    },
  })
  const rows: RowChanges = new RowChanges({
    index,
    clock,
    downloads,
    changes,
    manifests,
    remake: (row) => catalog.remake(row),
  })
  const upkeep = createUpkeep({
    index,
    mailbox,
    open,
    downloads,
    store,
    disk,
    clock,
    logger,
    isReachable: (sourceId) => upstream.isReachable(sourceId),
    onSwept: (row) => rows.onSwept(row),
  })

  async function onDiskReturn(): Promise<void> {
    logger.info('cache.disk-returned', { folder: store.root })
    open.onDiskReturn()
    void remover.deleteDoomed()
    downloads.onDiskReturn()
    isSparse = await hasSparseFiles(store, index)
  }

  const subscription = upstream.onReachabilityChange((sourceId, isReachable) =>
    mailbox.post('reachability', () => {
      open.onReachabilityChange(sourceId, isReachable)
      serverFiles?.onReachabilityChange(sourceId, isReachable)
      // What waits says from now on what it waits for.
      if (!isReachable) return downloads.next()
      for (const row of index.entries.brokenFiles(sourceId)) catalog.remake(row)
      downloads.onReachable(sourceId)
    }),
  )

  const closeAll = async (deadlineMs: number): Promise<void> => {
    closing.abort()
    loopDelay[Symbol.dispose]()
    subscription[Symbol.dispose]()
    disk.stop()
    await closeInOrder(
      { downloads, upkeep, open, manifests, remover, pool, mailbox, changes, clock, shutdownFlag },
      deadlineMs,
    )
    db.pragma('wal_checkpoint(TRUNCATE)')
  }

  index.downloads.restart()
  index.history.prune()
  await space.probe()
  mailbox.post('start', () => {
    if (disk.isHere) void remover.deleteDoomed()
    serverFiles?.start((sourceId) => upstream.isReachable(sourceId))
    downloads.next()
    upkeep.start(found)
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
    scheduler,
    counts,
    pool,
    loopDelay,
    changes,
    protectedTitles,
    checker: upkeep.checker,
    damage,
    manifests,
    isDiskPresent: () => disk.isHere,
    closeAll,
  })
  return Object.assign(cache, {
    counters: () => countInUse({ open, pool, space, mailbox }),
  })
}
