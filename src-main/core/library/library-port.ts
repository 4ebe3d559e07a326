import type { ChosenTracks, Source } from '../../../src-preload/contract/index.ts'
import type { PlexItem, PlexItemPage, PlexItemType, PlexSection } from '../plex/model.ts'

/** Plex's own `sort` values, as the library asks for them. */
export type PlexSort = 'titleSort' | 'addedAt:desc' | 'year:desc'

export interface SectionItemsQuery {
  /** What to list: `movie` in a film section, `show` in a show section. */
  readonly type: PlexItemType
  readonly offset: number
  readonly limit: number
  readonly sort: PlexSort
}

/** A small body as it came: an image, a subtitle file. */
export interface FetchedBody {
  readonly bytes: Uint8Array
  /** Without parameters, lower case. */
  readonly mime: string
}

/**
 * What the library needs from one Plex server. Implemented by `core/plex/plex-client.ts`.
 * Every method throws SpoolErrors only: `source-unreachable`, `source-refused`, `unknown-media` (404), `bad-reply`, `cancelled`.
 */
export interface LibraryClient {
  /** Film and show sections; others may be left out. */
  getSections(signal?: AbortSignal): Promise<readonly PlexSection[]>
  getSectionItems(sectionId: string, query: SectionItemsQuery, signal?: AbortSignal): Promise<PlexItemPage>
  /** One item with streams, chapters and markers. */
  getItem(ratingKey: string, signal?: AbortSignal): Promise<PlexItem>
  /** Seasons of a show, episodes of a season, in order. */
  getChildren(ratingKey: string, signal?: AbortSignal): Promise<readonly PlexItem[]>
  getContinueWatching(signal?: AbortSignal): Promise<readonly PlexItem[]>
  getRecentlyAdded(sectionId: string, limit: number, signal?: AbortSignal): Promise<readonly PlexItem[]>
  search(query: string, signal?: AbortSignal): Promise<readonly PlexItem[]>
  setWatched(ratingKey: string, isWatched: boolean, signal?: AbortSignal): Promise<void>
  /** `path` is a server path of metadata (`thumb`, `art`); the server scales it to cover `width` × `height` pixels, never up. */
  getImage(path: string, width: number, height: number, signal?: AbortSignal): Promise<FetchedBody>
  /** `key` of an external subtitle stream, such as `/library/streams/12`. */
  getSubtitle(key: string, signal?: AbortSignal): Promise<FetchedBody>
  getThumbnails(partId: string, name: string, signal?: AbortSignal): Promise<FetchedBody>
}

/** The servers this account knows. Implemented by `core/accounts/source-directory.ts`. */
export interface LibrarySources {
  /** All known sources with their present connection, in a steady order. */
  getSources(): readonly Source[]
  /** Throws `unknown-source`. The client answers `source-unreachable` by itself, quickly, while the source is known to be off. */
  getClient(sourceId: string): LibraryClient
  /** Calls back whenever a source is added, removed, renamed or its connection changes. */
  onChange(listener: (sources: readonly Source[]) => void): Disposable
}

/** A position kept on this computer. */
export interface LocalPosition {
  readonly positionMs: number
  /** Epoch ms. */
  readonly updatedAt: number
  readonly isWatched: boolean
}

/** The tracks that a person chose for a file. `core/playback` implements it. */
export interface TrackLookup {
  /** Null when none were ever chosen. */
  get(sourceId: string, mediaId: string): ChosenTracks | null
  /** The last choice for any episode of a show, and for which file it was. */
  getLatestOfShow(sourceId: string, showKey: string): (ChosenTracks & { readonly mediaId: string }) | null
}

/** Where a title was left on this computer, which the server may not know yet. Implemented by `core/playback`. */
export interface PositionLookup {
  get(sourceId: string, ratingKey: string): LocalPosition | null
  /** The user marked a title watched or not: what was kept of its position no longer holds. */
  noteWatched?(sourceId: string, ratingKey: string, isWatched: boolean): void
  /** Titles begun here and not finished, latest first: they join "Continue watching" also offline. */
  getStarted?(
    limit: number,
  ): readonly (LocalPosition & { readonly sourceId: string; readonly ratingKey: string })[]
}

/** Where marks of the user go. Implemented by `core/playback/watched-marks.ts`. */
export interface WatchedMarker {
  /** Resolves also where the server does not answer: it is told later. Throws `unknown-source`, `source-refused`, `unknown-media`, `cancelled`. */
  set(sourceId: string, ratingKey: string, isWatched: boolean, signal?: AbortSignal): Promise<void>
}
