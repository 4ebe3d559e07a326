import type {
  Item,
  ItemPage,
  HomeRow,
  ItemSummary,
  MediaId,
  ParamsOf,
  Section,
  Settings,
  SourceId,
} from '../../../src-preload/contract/index.ts'
import { Emitter } from '../base/emitter.ts'
import type { FileCacheHandle } from '../cache/handle.ts'
import type { PlexItem, PlexSection } from '../plex/model.ts'
import type { Logger } from '../ports.ts'
import type { CapabilityBook } from '../quality/capability-book.ts'
import type { SourceLimits } from '../quality/source-limits.ts'
import type { SourceLinks } from '../quality/link/source-links.ts'
import type { RungRates } from '../quality/rung-rates.ts'
import { SpoolError, toSpoolError } from '../spool-error.ts'
import { chosenTracksOf } from './carry-tracks.ts'
import { buildHome, keptSummaries, type HomeContext } from './home.ts'
import { mediaIdsOf, toItem } from './item-details.ts'
import { childrenListId, sectionListId } from './item-store.ts'
import { toSummary } from './item-summary.ts'
import { KeptIndex, keptQualities, type KeptTitles } from './kept-index.ts'
import { isSilence, type LibraryPart } from './item-finder.ts'
import type { LibraryChange, LibraryMemory } from './library-memory.ts'
import type { LibrarySources, PlexSort, PositionLookup, TrackLookup, WatchedMarker } from './library-port.ts'
import { listedType } from './read-section.ts'
import { searchTitles } from './search-titles.ts'

export type { LibraryPart } from './item-finder.ts'

/** The library as the page sees it: what the servers have, what of it is kept here, where each title was left. */
export interface LibraryService {
  getSections(sourceId: SourceId, signal?: AbortSignal): Promise<readonly Section[]>
  getItems(query: ParamsOf<'library.getItems'>, signal?: AbortSignal): Promise<ItemPage>
  getChildren(sourceId: SourceId, ratingKey: string, signal?: AbortSignal): Promise<readonly ItemSummary[]>
  /** `callerId` names the page whose player it would be; null for a script. */
  getItem(
    sourceId: SourceId,
    ratingKey: string,
    callerId?: string | null,
    signal?: AbortSignal,
  ): Promise<Item>
  getHome(signal?: AbortSignal): Promise<readonly HomeRow[]>
  getKept(signal?: AbortSignal): Promise<readonly ItemSummary[]>
  search(query: string, signal?: AbortSignal): Promise<readonly ItemSummary[]>
  setWatched(
    sourceId: SourceId,
    ratingKey: string,
    isWatched: boolean,
    signal?: AbortSignal,
  ): Promise<{ isWatched: boolean }>
  /** The file a media id names. Throws `unknown-source`, `unknown-media`, `source-unreachable` (never seen and no answer). */
  findPart(sourceId: SourceId, mediaId: MediaId, signal?: AbortSignal): Promise<LibraryPart>
  /** For others who change something there: lists and details are asked for again. */
  noteChanged(sourceId: SourceId, ratingKey: string | null): void
  onChange(listener: (change: LibraryChange) => void): Disposable
  /** Calls back when the user marked a title, a season or a show. */
  onMarked(listener: (mark: WatchedMark) => void): Disposable
  close(): void
}

export interface WatchedMark {
  readonly sourceId: SourceId
  readonly ratingKey: string
  readonly isWatched: boolean
}

export interface LibraryServiceOptions {
  readonly memory: LibraryMemory
  readonly sources: LibrarySources
  readonly cache: Pick<FileCacheHandle, 'getEntries' | 'getShelves' | 'onEntryChange'>
  readonly positions: PositionLookup
  readonly tracks?: TrackLookup
  readonly marks: WatchedMarker
  readonly capabilities: Pick<CapabilityBook, 'of'>
  readonly limits: Pick<SourceLimits, 'of'>
  readonly links?: Pick<SourceLinks, 'factsOf'>
  readonly rates?: RungRates
  getDefaultQuality(): Settings['defaultQuality']
  readonly logger: Logger
}

const plexSorts = {
  title: 'titleSort',
  addedAt: 'addedAt:desc',
  year: 'year:desc',
} as const satisfies Record<string, PlexSort>

export function createLibraryService(options: LibraryServiceOptions): LibraryService {
  const { memory, sources, positions } = options
  const { store } = memory
  const keptIndex = new KeptIndex(options.cache)
  const marked = new Emitter<WatchedMark>((error) =>
    options.logger.error('library.listener', { cause: String(error) }),
  )

  const summarise = (sourceId: SourceId, item: PlexItem, kept: KeptTitles): ItemSummary =>
    toSummary(
      sourceId,
      item,
      keptQualities(item, kept.get(sourceId, item.ratingKey)),
      positions.get(sourceId, item.ratingKey),
    )

  const homeContext = async (): Promise<HomeContext> => ({
    memory,
    sources,
    positions,
    summarise,
    kept: await keptIndex.get(),
  })

  const findSection = async (
    sourceId: SourceId,
    sectionId: string,
    signal?: AbortSignal,
  ): Promise<PlexSection> => {
    const find = (sections: readonly PlexSection[]): PlexSection | undefined =>
      sections.find((section) => section.key === sectionId)
    const section = find(store.getSections(sourceId)) ?? find(await memory.getSections(sourceId, signal))
    if (!section) throw new SpoolError('unknown-media', { detail: `library ${sectionId}` })
    return section
  }

  /** One page from the server, while the whole section is being read behind it. */
  const fetchPage = async (
    { sourceId, offset, limit, sort = 'title' }: ParamsOf<'library.getItems'>,
    section: PlexSection,
    signal?: AbortSignal,
  ): Promise<ItemPage> => {
    const client = sources.getClient(sourceId)
    const query = { type: listedType(section), offset, limit, sort: plexSorts[sort] }
    const page = await client.getSectionItems(section.key, query, signal)
    memory.putListed(sourceId, page.items, section.key)
    const kept = await keptIndex.get()
    return { items: page.items.map((item) => summarise(sourceId, item, kept)), total: page.total }
  }

  const isWanted = (
    summary: ItemSummary,
    filter: 'all' | 'unwatched' | 'offline',
    kept: KeptTitles,
  ): boolean => {
    if (filter === 'unwatched') return !summary.isWatched
    if (filter === 'offline')
      return summary.type === 'show'
        ? hasKeptEpisode(summary, kept)
        : summary.kept.some((quality) => quality.complete)
    return true
  }

  const hasKeptEpisode = (show: ItemSummary, kept: KeptTitles): boolean =>
    kept.titles.some(({ sourceId, ratingKey }) => {
      if (sourceId !== show.sourceId) return false
      const item = store.get(sourceId, ratingKey)?.item
      if (item?.grandparentRatingKey !== show.ratingKey) return false
      return keptQualities(item, kept.get(sourceId, ratingKey)).some((quality) => quality.complete)
    })

  return {
    async getSections(sourceId, signal) {
      const sections = await memory.getSections(sourceId, signal)
      return sections.map((section) => {
        const count = store.countSection(sourceId, section.key)
        // Never read whole: neither counted nor there offline. The change that follows tells the page to ask again.
        if (count === null) memory.refreshSection(sourceId, section)
        return {
          sectionId: section.key,
          type: listedType(section) === 'show' ? 'show' : 'movie',
          title: section.title,
          count,
        }
      })
    },

    async getItems(query, signal) {
      const { sourceId, sectionId, offset, limit, sort = 'title', filter = 'all' } = query
      const isOff = memory.connectionOf(sourceId) === 'offline'
      const section = await findSection(sourceId, sectionId, signal)
      const isWhole = store.hasList(sourceId, sectionListId(sectionId))
      memory.refreshSection(sourceId, section)
      if (!isWhole && !isOff) {
        if (filter === 'all') {
          try {
            return await fetchPage(query, section, signal)
          } catch (thrown) {
            if (!isSilence(thrown) || store.getSectionKeys(sourceId, sectionId, sort).length === 0)
              throw thrown
          }
        } else await memory.ensureSection(sourceId, section, signal)
      }
      const keys = store.getSectionKeys(sourceId, sectionId, sort)
      if (keys.length === 0 && isOff && !isWhole) throw new SpoolError('source-unreachable')
      const kept = await keptIndex.get()
      const read = (ratingKey: string): readonly ItemSummary[] => {
        const stored = store.get(sourceId, ratingKey)
        return stored ? [summarise(sourceId, stored.item, kept)] : []
      }
      if (filter === 'all')
        return { items: keys.slice(offset, offset + limit).flatMap(read), total: keys.length }
      const wanted = keys.flatMap(read).filter((summary) => isWanted(summary, filter, kept))
      return { items: wanted.slice(offset, offset + limit), total: wanted.length }
    },

    async getChildren(sourceId, ratingKey, signal) {
      await memory.ensureChildren(sourceId, ratingKey, signal)
      const listId = childrenListId(ratingKey)
      const items = store.hasList(sourceId, listId)
        ? store.getListItems(sourceId, listId)
        : store.getByParent(sourceId, ratingKey)
      const kept = await keptIndex.get()
      return items.map((item) => summarise(sourceId, item, kept))
    },

    async getItem(sourceId, ratingKey, callerId = null, signal) {
      const kept = await keptIndex.get()
      const found = await memory.findItem(sourceId, ratingKey, signal).catch((thrown: unknown) => {
        // The server dropped the title, but copies of it are here: they are still shown and played.
        const remembered = store.get(sourceId, ratingKey)
        const isKept = kept.get(sourceId, ratingKey).length > 0
        if (toSpoolError(thrown).code !== 'unknown-media' || !remembered || !isKept) throw thrown
        return { item: remembered.item, isRemembered: true }
      })
      const shelves = await options.cache.getShelves(sourceId, mediaIdsOf(found.item), signal)
      const connection = memory.connectionOf(sourceId)
      return toItem(summarise(sourceId, found.item, kept), found.item, {
        shelves,
        connection,
        defaultQuality: options.getDefaultQuality(),
        isRemembered: found.isRemembered,
        chosenTracks: options.tracks
          ? chosenTracksOf(sourceId, found.item, options.tracks, store)
          : () => null,
        capabilities: options.capabilities.of(callerId),
        limit: options.limits.of(sourceId, connection),
        rates: options.rates,
        linkKbps: options.links?.factsOf(sourceId, connection).kbps ?? null,
      })
    },

    getHome: async (signal) => buildHome(await homeContext(), signal),

    getKept: async () => keptSummaries(await homeContext()),

    async search(text, signal) {
      const found = await searchTitles({ memory, sources }, text, signal)
      const kept = await keptIndex.get()
      return found.map(({ sourceId, item }) => summarise(sourceId, item, kept))
    },

    async setWatched(sourceId, ratingKey, isWatched, signal) {
      await options.marks.set(sourceId, ratingKey, isWatched, signal)
      positions.noteWatched?.(sourceId, ratingKey, isWatched)
      memory.noteWatched(sourceId, ratingKey, isWatched)
      marked.emit({ sourceId, ratingKey, isWatched })
      return { isWatched }
    },

    findPart: (sourceId, mediaId, signal) => memory.findPart(sourceId, mediaId, signal),
    noteChanged: (sourceId, ratingKey) => memory.noteChanged(sourceId, ratingKey),
    onChange: (listener) => memory.onChange(listener),
    onMarked: (listener) => marked.on(listener),
    close: () => keptIndex[Symbol.dispose](),
  }
}
