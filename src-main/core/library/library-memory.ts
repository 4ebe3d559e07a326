import type { Database } from 'better-sqlite3'
import type { ConnectionKind, SourceId } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import { Emitter } from '../base/emitter.ts'
import type { PlexItem, PlexSection } from '../plex/model.ts'
import type { Logger } from '../ports.ts'
import { SpoolError } from '../spool-error.ts'
import {
  childrenListId,
  continueListId,
  createItemStore,
  recentListId,
  sectionsListId,
  type ItemStore,
} from './item-store.ts'
import type { LibraryClient, LibrarySources } from './library-port.ts'
import { createItemFinder, isSilence, type ItemFinder } from './item-finder.ts'
import { Refresher } from './refresher.ts'
import { readWholeSection } from './read-section.ts'
import { createSubtitleStore, type SubtitleStore } from './subtitle-store.ts'

export interface LibraryChange {
  readonly sourceId: SourceId
  /** Null: lists of this source. */
  readonly ratingKey: string | null
}

/**
 * What Spool has seen of its libraries, and the asking for more. Answers from memory at once where it can and refreshes behind that;
 * the first answer about anything waits for the server. Knows Plex items only: what of them is kept is the library service's.
 */
export interface LibraryMemory extends ItemFinder {
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

  const finder = createItemFinder({ store, subtitles, sources, refresher, clock, connectionOf, emit })

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

  const sectionReader =
    (sourceId: string, section: PlexSection) =>
    (client: LibraryClient, signal: AbortSignal): Promise<boolean> =>
      readWholeSection({ store, client, clock, sourceId, section }, signal)

  return {
    store,
    subtitles,
    getPlexItem: finder.getPlexItem,
    findItem: finder.findItem,
    findPart: finder.findPart,
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
