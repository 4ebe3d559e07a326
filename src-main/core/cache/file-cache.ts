import type {
  CacheDiagnostics,
  CacheEntry,
  CacheKey,
  CacheStats,
  CachedStatus,
  CheckReport,
  CurrentStats,
  DamageNotice,
  Download,
  DownloadPlace,
  EntryState,
  HistoryRow,
  MediaId,
  Quality,
  SourceId,
  StreamKind,
  TimeRange,
} from '../../../src-preload/contract/index.ts'
import { SpoolError } from '../spool-error.ts'
import { listDownloads } from './downloads/list-downloads.ts'
import { collectDiagnostics } from './diagnostics.ts'
import { EntryTurns } from './entry-turns.ts'
import type { FileCacheParts } from './file-cache-parts.ts'
import { titleText, toCacheEntry, toShelfEntry, toStatus, toStream } from './entry-views.ts'
import type {
  CacheLimits,
  CacheStream,
  EntryChange,
  FileCacheHandle,
  OpenMedia,
  ShelfEntry,
  WantedSegments,
} from './handle.ts'
import type { EntryRow } from './index/entries.ts'
import { priority } from './schedule/priority.ts'
import { collectCurrentStats, collectStats } from './stats.ts'

/** The actor: every command is a turn of its mailbox. */
export class FileCache implements FileCacheHandle {
  readonly #parts: FileCacheParts
  readonly #turns: EntryTurns

  constructor(parts: FileCacheParts) {
    this.#parts = parts
    this.#turns = new EntryTurns(parts)
  }

  getCachedStreamWithQuality(key: CacheKey, signal?: AbortSignal): Promise<CacheStream> {
    return this.#turns.withEntry(key, 'play', signal, (row) => {
      this.#turns.touch(row)
      return toStream(row)
    })
  }

  preCache(key: CacheKey, pin: boolean, signal?: AbortSignal): Promise<{ state: EntryState }> {
    const { index, downloads } = this.#parts
    return this.#turns.withEntry(key, 'keep', signal, (row) => {
      if (pin && row.isPinned === 0) index.entries.setPinned(row.id, true)
      // What nobody asked to keep may go again: it makes way for what somebody did.
      const isKept = pin || row.isPinned === 1
      if (row.completedAt === null) downloads.add(row.id, isKept ? priority.download : priority.fill)
      return { state: this.#turns.changed(row.id) }
    })
  }

  stopPreCache(key: CacheKey, signal?: AbortSignal): Promise<{ state: EntryState }> {
    return this.#turns.ofKey<{ state: EntryState }>(key, signal, { state: 'none' }, (row) => {
      this.#parts.downloads.remove(row.id)
      return { state: this.#turns.changed(row.id) }
    })
  }

  pausePreCache(key: CacheKey, signal?: AbortSignal): Promise<{ state: EntryState }> {
    return this.#turns.ofKey<{ state: EntryState }>(key, signal, { state: 'none' }, (row) => {
      this.#parts.downloads.pause(row.id)
      return { state: this.#turns.changed(row.id) }
    })
  }

  movePreCache(key: CacheKey, to: DownloadPlace, signal?: AbortSignal): Promise<{ moved: boolean }> {
    return this.#turns.ofKey(key, signal, { moved: false }, (row) => {
      if (row.downloadState === null) return { moved: false }
      this.#parts.downloads.move(row.id, to)
      this.#turns.changed(row.id)
      return { moved: true }
    })
  }

  getDownloads(signal?: AbortSignal): Promise<readonly Download[]> {
    return this.#ask(signal, () => listDownloads(this.#parts))
  }

  isCached(key: CacheKey, signal?: AbortSignal): Promise<CachedStatus> {
    return this.#ask(signal, () => toStatus(this.#parts.index.entries.byKey(key)))
  }

  removeFromCache(key: CacheKey, force: boolean, signal?: AbortSignal): Promise<{ freedBytes: number }> {
    return this.#ask(signal, async () => {
      const row = this.#parts.index.entries.byKey(key)
      return this.#turns.remove(row === null ? [] : [row], 'removed by the user', force)
    })
  }

  setPinned(key: CacheKey, pinned: boolean, signal?: AbortSignal): Promise<{ pinned: boolean }> {
    const { index } = this.#parts
    const set = (row: EntryRow): { pinned: boolean } => {
      index.entries.setPinned(row.id, pinned)
      this.#turns.changed(row.id)
      return { pinned }
    }
    if (pinned) return this.#turns.withEntry(key, 'keep', signal, set)
    // What is not here is not pinned; that is no reason to ask a source about it.
    return this.#turns.ofKey(key, signal, { pinned }, set)
  }

  getStats(signal?: AbortSignal): Promise<CacheStats> {
    const { mailbox, space } = this.#parts
    return this.#ask(signal, () => mailbox.after(space.probe(), () => collectStats(this.#parts)))
  }

  getDiagnostics(signal?: AbortSignal): Promise<CacheDiagnostics> {
    return this.#ask(signal, () => collectDiagnostics(this.#parts))
  }

  getCurrentStats(key: CacheKey, signal?: AbortSignal): Promise<CurrentStats> {
    return this.#ask(signal, () => {
      const row = this.#parts.index.entries.byKey(key)
      if (row === null) return collectCurrentStats(this.#parts, null, null)
      const resource = this.#turns.resource(row)
      return resource instanceof Promise
        ? resource.then((opened) => collectCurrentStats(this.#parts, row, opened))
        : collectCurrentStats(this.#parts, row, resource)
    })
  }

  clearCache(includePinned: boolean, signal?: AbortSignal): Promise<{ freedBytes: number }> {
    return this.#ask(signal, async () => {
      const { index, remover, space } = this.#parts
      const rows = index.entries.all().filter((row) => includePinned || row.isPinned === 0)
      const doomed = remover.deleteDoomed()
      const { freedBytes } = await this.#turns.remove(rows, 'cache cleared', false)
      const others = (await doomed) + (await remover.deleteStrays())
      await space.onRemoved(others)
      return { freedBytes: freedBytes + others }
    })
  }

  cleanupCache(targetBytes: number | null, signal?: AbortSignal): Promise<{ freedBytes: number }> {
    return this.#ask(signal, async () => ({ freedBytes: await this.#parts.space.trimTo(targetBytes) }))
  }

  verify(key: CacheKey | null, signal?: AbortSignal): Promise<CheckReport> {
    return this.#ask(signal, () => this.#parts.checker.verify(key, signal))
  }

  getHistory(limit: number, signal?: AbortSignal): Promise<readonly HistoryRow[]> {
    return this.#ask(signal, () => this.#parts.index.history.latest(limit))
  }

  getEntries(signal?: AbortSignal): Promise<readonly CacheEntry[]> {
    return this.#ask(signal, () => this.#parts.index.entries.all().map(toCacheEntry))
  }

  getShelves(
    sourceId: SourceId,
    mediaIds: readonly MediaId[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<MediaId, ReadonlyMap<Quality, ShelfEntry>>> {
    const { entries } = this.#parts.index
    const shelf = (mediaId: MediaId): ReadonlyMap<Quality, ShelfEntry> =>
      new Map(entries.byMedia(sourceId, mediaId).map((row) => [row.quality, toShelfEntry(row)]))
    return this.#ask(signal, () => new Map(mediaIds.map((mediaId) => [mediaId, shelf(mediaId)])))
  }

  getStream(entryId: number, signal?: AbortSignal): Promise<CacheStream> {
    return this.#ask(signal, () => {
      const row = this.#parts.index.entries.byId(entryId)
      if (row === null) throw new SpoolError('unknown-media')
      return toStream(row)
    })
  }

  async holdAhead(
    key: CacheKey,
    wanted: WantedSegments,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<TimeRange | null> {
    const { entryId } = await this.getCachedStreamWithQuality(key, signal)
    using media = await this.openMedia(entryId, signal)
    return media.kind === 'hls' ? await media.hold(wanted, signal) : null
  }

  openMedia(entryId: number, signal?: AbortSignal, kind?: StreamKind): Promise<OpenMedia> {
    return this.#ask(signal, () => {
      const left = kind === 'hls' ? this.#parts.open.useLeaving(entryId) : null
      if (left !== null) return left.open()
      const known = this.#parts.open.use(entryId)
      if (known !== null) return known.open()
      const row = this.#parts.index.entries.byId(entryId)
      if (row === null) throw new SpoolError('unknown-media')
      this.#turns.touch(row)
      const resource = this.#turns.resource(row)
      if (resource instanceof Promise) return resource.then((opened) => release(opened.open(), signal))
      return resource.open()
    })
  }

  setLimits(limits: CacheLimits): void {
    const { mailbox, scheduler, space } = this.#parts
    mailbox.post('set limits', () => {
      scheduler.gate.setRate(limits.backgroundKbps)
      void space.setLimits(limits)
    })
  }

  setProtected(keys: readonly { readonly sourceId: SourceId; readonly mediaId: MediaId }[]): void {
    const { mailbox, protectedTitles } = this.#parts
    mailbox.post('set protected', () => {
      protectedTitles.clear()
      for (const key of keys) protectedTitles.add(titleText(key))
    })
  }

  setWatched(sourceId: SourceId, mediaId: MediaId, isWatched: boolean): void {
    const { mailbox, index, clock } = this.#parts
    mailbox.post('set watched', () =>
      index.entries.setWatched(sourceId, mediaId, isWatched ? clock.now() : null),
    )
  }

  onDamage(listener: (notice: DamageNotice) => void): Disposable {
    return this.#parts.damage.on(listener)
  }

  wake(): Promise<void> {
    return this.#ask(undefined, () => {
      this.#parts.scheduler.forgetLinks()
      this.#parts.open.wake()
    })
  }

  onEntryChange(listener: (change: EntryChange) => void): Disposable {
    return this.#parts.changes.on(listener)
  }

  async close(deadlineMs: number): Promise<void> {
    this.#parts.mailbox.close()
    await this.#parts.closeAll(deadlineMs)
  }

  #ask<T>(signal: AbortSignal | undefined, turn: () => T | Promise<T>): Promise<T> {
    return this.#parts.mailbox.ask(turn, signal)
  }
}

/** Whoever asked has gone meanwhile: nobody else would ever dispose it. */
function release(media: OpenMedia, signal: AbortSignal | undefined): OpenMedia {
  if (signal?.aborted) media[Symbol.dispose]()
  return media
}
