import type { Database } from 'better-sqlite3'
import type { ConnectionKind, MediaId, SourceId } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import { Emitter } from '../base/emitter.ts'
import type { ItemLookup, PlexItem, PlexMedia, PlexPart, PlexSection } from '../plex/model.ts'
import type { Logger } from '../ports.ts'
import { SpoolError, toSpoolError } from '../spool-error.ts'
import {
  childrenListId,
  continueListId,
  createItemStore,
  recentListId,
  sectionsListId,
  type ItemStore,
} from './item-store.ts'
import type { LibraryClient, LibrarySources } from './library-port.ts'
import { parseMediaId } from './media-id.ts'
import { Refresher } from './refresher.ts'
import { readWholeSection } from './read-section.ts'
import { createSubtitleStore, type SubtitleStore } from './subtitle-store.ts'

/** A part with what it belongs to. */
export interface LibraryPart {
  readonly item: PlexItem
  readonly media: PlexMedia
  readonly part: PlexPart
}

export interface LibraryChange {
  readonly sourceId: SourceId
  /** Null: lists of this source. */
  readonly ratingKey: string | null
}

export interface FoundItem {
  readonly item: PlexItem
  /** The source did not answer (in time). */
  readonly isRemembered: boolean
}

/**
 * What Spool has seen of its libraries, and the asking for more. Answers from memory at once where it can and refreshes behind that;
 * the first answer about anything waits for the server. Knows Plex items only: what of them is kept is the library service's.
 */
export interface LibraryMemory extends ItemLookup {
  readonly store: ItemStore
  readonly subtitles: SubtitleStore
  getSections(sourceId: string, signal?: AbortSignal): Promise<readonly PlexSection[]>
  /** Resolves when the list is remembered: at once, or after the first answer. */
  ensureChildren(sourceId: string, ratingKey: string, signal?: AbortSignal): Promise<void>
  ensureContinueWatching(sourceId: string, signal?: AbortSignal): Promise<void>
  ensureRecentlyAdded(sourceId: string, sectionId: string, limit: number, signal?: AbortSignal): Promise<void>
  ensureSection(sourceId: string, section: PlexSection, signal?: AbortSignal): Promise<void>
  /** Starts reading the whole section behind the caller's back, unless that was done a moment ago. */
  refreshSection(sourceId: string, section: PlexSection): void
  /** The item, fresh when the source answers soon enough. */
  findItem(sourceId: string, ratingKey: string, signal?: AbortSignal): Promise<FoundItem>
  findPart(sourceId: string, mediaId: MediaId, signal?: AbortSignal): Promise<LibraryPart>
  /** Remembers items that came some other way, such as search. */
  putListed(sourceId: string, items: readonly PlexItem[], sectionId: string | null): void
  /** The user marked a title (and all below it), and the server knows. */
  noteWatched(sourceId: string, ratingKey: string, isWatched: boolean): void
  connectionOf(sourceId: string): ConnectionKind
  noteChanged(sourceId: string, ratingKey: string | null): void
  onChange(listener: (change: LibraryChange) => void): Disposable
  close(): Promise<void>
}

export interface LibraryMemoryOptions {
  readonly db: Database
  readonly sources: LibrarySources
  readonly clock: Clock
  readonly logger: Logger
}

/** A details page that was read this lately is not read again, ms. */
const freshItemMs = 3000
/** How long a details page waits for a fresh answer when an older one is at hand, ms. */
const patienceMs = 1500
/** Files seldom change: their metadata may be this old when a part is looked up. Ten minutes. */
const partAgeMs = 600_000

export function createLibraryMemory({ db, sources, clock, logger }: LibraryMemoryOptions): LibraryMemory {
  const store = createItemStore(db)
  const subtitles = createSubtitleStore(db)
  const refresher = new Refresher(clock)
  const changes = new Emitter<LibraryChange>((error) =>
    logger.error('library.listener', { cause: String(error) }),
  )
  let connections = new Map(
    sources.getSources().map((source) => [source.sourceId as string, source.connection]),
  )

  const emit = (sourceId: string, ratingKey: string | null): void =>
    changes.emit({ sourceId: sourceId as SourceId, ratingKey })

  const connectionOf = (sourceId: string): ConnectionKind => {
    const source = sources.getSources().find((known) => known.sourceId === sourceId)
    if (!source) throw new SpoolError('unknown-source', { detail: sourceId })
    return source.connection
  }

  // Everything of a source that comes back may have changed meanwhile, and more of it can be played.
  const watching = sources.onChange((now) => {
    const before = connections
    connections = new Map(now.map((source) => [source.sourceId as string, source.connection]))
    for (const [sourceId, connection] of connections) {
      if (connection === before.get(sourceId)) continue
      if (before.get(sourceId) === 'offline') refresher.forget(sourceId)
      emit(sourceId, null)
    }
  })

  /** Memory first: see the interface. `read` stores what it reads and says whether anything changed. */
  const ensure = async (
    sourceId: string,
    listId: string,
    read: (client: LibraryClient, signal: AbortSignal) => Promise<boolean>,
    signal: AbortSignal | undefined,
  ): Promise<void> => {
    const isOff = connectionOf(sourceId) === 'offline'
    const isKnown = store.hasList(sourceId, listId)
    const refresh = async (ending: AbortSignal): Promise<void> => {
      const hasChanged = await read(sources.getClient(sourceId), ending)
      if (isKnown && hasChanged) emit(sourceId, null)
    }
    const key = `${sourceId} ${listId}`
    if (!isKnown) await refresher.run(key, refresh, signal)
    else if (!isOff) refresher.runWhenDue(key, refresh)
  }

  const putList = (
    sourceId: string,
    listId: string,
    items: readonly PlexItem[],
    sectionId: string | null,
  ): boolean => {
    const haveItemsChanged = store.putListed(sourceId, items, sectionId, clock.now())
    const keys = items.map((item) => item.ratingKey)
    return store.putList(sourceId, listId, keys, clock.now()) || haveItemsChanged
  }

  const refreshItem = async (sourceId: string, ratingKey: string, ending: AbortSignal): Promise<void> => {
    try {
      const item = await sources.getClient(sourceId).getItem(ratingKey, ending)
      const wasKnown = store.get(sourceId, ratingKey) !== null
      subtitles.putStreams(sourceId, item)
      if (store.putDetailed(sourceId, item, clock.now()) && wasKnown) emit(sourceId, ratingKey)
    } catch (error) {
      const known = store.get(sourceId, ratingKey)
      if (toSpoolError(error).code === 'unknown-media' && known && !known.isGone) {
        store.markGone(sourceId, [ratingKey], clock.now())
        emit(sourceId, null)
      }
      throw error
    }
  }

  const runItem = (sourceId: string, ratingKey: string, signal?: AbortSignal): Promise<void> =>
    refresher.run(
      `${sourceId} item:${ratingKey}`,
      (ending) => refreshItem(sourceId, ratingKey, ending),
      signal,
    )

  const sectionReader =
    (sourceId: string, section: PlexSection) =>
    (client: LibraryClient, signal: AbortSignal): Promise<boolean> =>
      readWholeSection({ store, client, clock, sourceId, section }, signal)

  const getPlexItem: ItemLookup['getPlexItem'] = async (sourceId, ratingKey, maxAgeMs, signal) => {
    connectionOf(sourceId)
    const known = store.get(sourceId, ratingKey)
    const isYoung = known?.detailAt != null && Math.abs(clock.now() - known.detailAt) < maxAgeMs
    if (known && isYoung && !known.isGone && (known.hasStreams || known.item.media.length === 0))
      return known.item
    try {
      await runItem(sourceId, ratingKey, signal)
    } catch (thrown) {
      if (!known || !isSilence(thrown)) throw thrown
      return known.item
    }
    return stored(store, sourceId, ratingKey).item
  }

  return {
    store,
    subtitles,
    getPlexItem,
    async getSections(sourceId, signal) {
      const read = async (client: LibraryClient, ending: AbortSignal): Promise<boolean> => {
        const haveChanged = store.putSections(sourceId, await client.getSections(ending))
        store.putList(sourceId, sectionsListId, [], clock.now())
        return haveChanged
      }
      await ensure(sourceId, sectionsListId, read, signal)
      return store.getSections(sourceId)
    },
    async ensureChildren(sourceId, ratingKey, signal) {
      const listId = childrenListId(ratingKey)
      const read = async (client: LibraryClient, ending: AbortSignal): Promise<boolean> => {
        const items = await client.getChildren(ratingKey, ending)
        const left = new Set(items.map((item) => item.ratingKey))
        const gone = store.getListKeys(sourceId, listId).filter((key) => !left.has(key))
        store.markGone(sourceId, gone, clock.now())
        return putList(sourceId, listId, items, null)
      }
      try {
        await ensure(sourceId, listId, read, signal)
      } catch (thrown) {
        // Some of them may have been seen elsewhere: better than nothing.
        if (!isSilence(thrown) || store.getByParent(sourceId, ratingKey).length === 0) throw thrown
      }
    },
    ensureContinueWatching: (sourceId, signal) =>
      ensure(
        sourceId,
        continueListId,
        async (client, ending) =>
          putList(sourceId, continueListId, await client.getContinueWatching(ending), null),
        signal,
      ),
    ensureRecentlyAdded(sourceId, sectionId, limit, signal) {
      const listId = recentListId(sectionId)
      const read = async (client: LibraryClient, ending: AbortSignal): Promise<boolean> =>
        putList(sourceId, listId, await client.getRecentlyAdded(sectionId, limit, ending), sectionId)
      return ensure(sourceId, listId, read, signal)
    },
    ensureSection: (sourceId, section, signal) =>
      ensure(sourceId, `section:${section.key}`, sectionReader(sourceId, section), signal),
    refreshSection(sourceId, section) {
      if (connectionOf(sourceId) === 'offline') return
      refresher.runWhenDue(`${sourceId} section:${section.key}`, async (ending) => {
        const hasChanged = await sectionReader(sourceId, section)(sources.getClient(sourceId), ending)
        if (hasChanged) emit(sourceId, null)
      })
    },
    async findItem(sourceId, ratingKey, signal) {
      const isOff = connectionOf(sourceId) === 'offline'
      const known = store.get(sourceId, ratingKey)
      if (!known) {
        await runItem(sourceId, ratingKey, signal)
        return { item: stored(store, sourceId, ratingKey).item, isRemembered: false }
      }
      if (known.detailAt !== null && !known.isGone && Math.abs(clock.now() - known.detailAt) < freshItemMs)
        return { item: known.item, isRemembered: isOff }
      if (isOff) return { item: known.item, isRemembered: true }
      const waiting = new AbortController()
      const patience = clock.after(patienceMs, () => waiting.abort(new SpoolError('source-unreachable')))
      try {
        const either = signal ? AbortSignal.any([signal, waiting.signal]) : waiting.signal
        await runItem(sourceId, ratingKey, either)
        return { item: stored(store, sourceId, ratingKey).item, isRemembered: false }
      } catch (thrown) {
        if (!isSilence(thrown)) throw thrown
        return { item: known.item, isRemembered: true }
      } finally {
        patience[Symbol.dispose]()
      }
    },
    async findPart(sourceId, mediaId, signal) {
      const address = parseMediaId(mediaId)
      if (!address) throw new SpoolError('unknown-media', { detail: mediaId })
      const find = (item: PlexItem): LibraryPart | null => {
        const media = item.media.find((version) => version.id === address.versionId)
        const part = media?.parts.find((file) => file.id === address.partId)
        return media && part ? { item, media, part } : null
      }
      const remembered = find(await getPlexItem(sourceId, address.ratingKey, partAgeMs, signal))
      if (remembered) return remembered
      // The id may be of a file that came after the item was last read.
      const fresh = find(await getPlexItem(sourceId, address.ratingKey, 0, signal))
      if (!fresh) throw new SpoolError('unknown-media', { detail: mediaId })
      return fresh
    },
    putListed: (sourceId, items, sectionId) => void store.putListed(sourceId, items, sectionId, clock.now()),
    noteWatched(sourceId, ratingKey, isWatched) {
      store.patchWatched(sourceId, ratingKey, isWatched, clock.now())
      refresher.forget(sourceId)
      emit(sourceId, ratingKey)
      emit(sourceId, null)
    },
    connectionOf,
    noteChanged(sourceId, ratingKey) {
      refresher.forget(sourceId)
      emit(sourceId, ratingKey)
    },
    onChange: (listener) => changes.on(listener),
    async close() {
      watching[Symbol.dispose]()
      await refresher.close()
    },
  }
}

/** Errors that say nothing about the item: what is remembered of it still stands. */
export function isSilence(thrown: unknown): boolean {
  const { code } = toSpoolError(thrown)
  return code === 'source-unreachable' || code === 'source-refused' || code === 'bad-reply'
}

function stored(store: ItemStore, sourceId: string, ratingKey: string): { readonly item: PlexItem } {
  const found = store.get(sourceId, ratingKey)
  // The server answered with another item than it was asked for.
  if (!found) throw new SpoolError('bad-reply', { detail: `item ${ratingKey}` })
  return found
}
