import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  asMediaId,
  asQuality,
  asSourceId,
  type CacheEntry,
  type MediaId,
  type Quality,
  type SourceId,
} from '../../../../src-preload/contract/index.ts'
import { Emitter } from '../../base/emitter.ts'
import { createTestClock } from '../../base/test-support/test-clock.ts'
import type { EntryChange, ShelfEntry } from '../../cache/handle.ts'
import { openDatabase } from '../../db/open-database.ts'
import { createTrackTable } from '../../playback/track-table.ts'
import { WatchedMarks } from '../../playback/watched-marks.ts'
import type { Logger } from '../../ports.ts'
import { chromiumCapabilities } from '../../quality/capabilities.ts'
import { createLibraryMemory, type LibraryChange } from '../library-memory.ts'
import type { LocalPosition, PositionLookup } from '../library-port.ts'
import { createLibraryService } from '../library-service.ts'
import { MemoryServer, MemorySources } from './memory-server.ts'

export const quiet: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** What of the cache the library looks at, as a list tests write. */
export class ListedCache {
  entries: CacheEntry[] = []
  readonly #changed = new Emitter<EntryChange>()

  keep(mediaId: string, quality: string, more: Partial<CacheEntry> = {}): void {
    const key = { sourceId: asSourceId('s'), mediaId: asMediaId(mediaId), quality: asQuality(quality) }
    this.entries.push({
      key,
      kind: quality === 'original' ? 'file' : 'hls',
      title: mediaId,
      state: 'complete',
      isPinned: false,
      bytesPresent: 1000,
      bytesTotal: 1000,
      bytesTotalIsEstimate: false,
      lastUsedAt: 0,
      ...more,
    })
    this.#changed.emit({ key, bytesPresent: 1000, complete: true, removed: false, replaced: false })
  }

  remove(mediaId: string, quality: string): void {
    const key = { sourceId: asSourceId('s'), mediaId: asMediaId(mediaId), quality: asQuality(quality) }
    this.entries = this.entries.filter(
      (entry) => entry.key.mediaId !== key.mediaId || entry.key.quality !== key.quality,
    )
    this.#changed.emit({ key, bytesPresent: 0, complete: false, removed: true, replaced: false })
  }

  getEntries(): Promise<readonly CacheEntry[]> {
    return Promise.resolve(this.entries)
  }

  getShelves(
    sourceId: SourceId,
    mediaIds: readonly MediaId[],
  ): Promise<ReadonlyMap<MediaId, ReadonlyMap<Quality, ShelfEntry>>> {
    const shelfOf = (mediaId: MediaId) =>
      new Map(
        this.entries
          .filter(({ key }) => key.sourceId === sourceId && key.mediaId === mediaId)
          .map((entry) => [entry.key.quality, entry] as const),
      )
    return Promise.resolve(new Map(mediaIds.map((mediaId) => [mediaId, shelfOf(mediaId)])))
  }

  onEntryChange(listener: (change: EntryChange) => void): Disposable {
    return this.#changed.on(listener)
  }
}

/** What the library is told of the settings. */
const defaultQuality = { lan: 'original', wan: '720p-4000k', relay: '480p-1500k' }

/** A library over a real database, a clock that stands still, and a server that tests change. */
export function createLibraryRig(server = new MemoryServer()) {
  const folder = mkdtempSync(join(tmpdir(), 'spool-library-'))
  const clock = createTestClock()
  const sources = new MemorySources({ s: server })
  const cache = new ListedCache()
  const positionOf = new Map<string, LocalPosition>()
  const positions: PositionLookup = {
    get: (sourceId, ratingKey) => positionOf.get(`${sourceId} ${ratingKey}`) ?? null,
    getStarted: () =>
      [...positionOf].map(([key, position]) => {
        const [sourceId = '', ratingKey = ''] = key.split(' ')
        return { sourceId, ratingKey, ...position }
      }),
    noteWatched: (sourceId, ratingKey) => void positionOf.delete(`${sourceId} ${ratingKey}`),
  }
  const path = join(folder, 'library.db')
  const migrationsFolder = join(import.meta.dirname, '../../../../migrations/library')

  const open = () => {
    const { db } = openDatabase({ path, migrationsFolder, clock, logger: quiet })
    const memory = createLibraryMemory({ db, sources, clock, logger: quiet })
    const marks = new WatchedMarks({
      db,
      receiverOf: (sourceId) => sources.getClient(sourceId),
      now: () => clock.now(),
      logger: quiet,
    })
    const tracks = createTrackTable(db, () => clock.now())
    const library = createLibraryService({
      memory,
      sources,
      cache,
      positions,
      tracks,
      marks,
      capabilities: { of: () => chromiumCapabilities },
      limits: { of: () => null },
      getDefaultQuality: () => defaultQuality,
      logger: quiet,
    })
    const changes: LibraryChange[] = []
    library.onChange((change) => changes.push(change))
    const close = async (): Promise<void> => {
      library.close()
      await memory.close()
      db.close()
    }
    return { db, memory, library, tracks, marks, changes, close }
  }

  let current = open()
  return {
    server,
    sources,
    cache,
    clock,
    positionOf,
    s: asSourceId('s'),
    get now() {
      return current
    },
    /** As after closing and starting Spool again. */
    async restart() {
      await current.close()
      current = open()
    },
    /** Lets everything that runs behind come to its end. */
    async settle() {
      for (let n = 0; n < 30; n += 1) await new Promise((resolve) => setImmediate(resolve))
    },
    /** Long enough for every answer to be old. */
    age: () => clock.advance(60_000),
    async [Symbol.asyncDispose]() {
      await current.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
