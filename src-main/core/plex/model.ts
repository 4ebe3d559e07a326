/**
 * Plex metadata after tolerant parsing: what the rest of the core may rely on. Ids are strings, times are ms, absent values are null.
 * Shapes and quirks: Plex Media Server API 1.1.1 and recorded replies of servers 1.25 to 1.43.
 */
export interface PlexIdentity {
  readonly machineIdentifier: string
  readonly version: string
}

export interface PlexSection {
  readonly key: string
  readonly type: string
  readonly title: string
}

export type PlexItemType = 'movie' | 'show' | 'season' | 'episode'

export interface PlexItem {
  readonly ratingKey: string
  readonly type: PlexItemType
  readonly title: string
  readonly titleSort: string
  readonly summary: string
  readonly tagline: string | null
  readonly contentRating: string | null
  readonly rating: number | null
  readonly year: number | null
  readonly durationMs: number | null
  readonly viewOffsetMs: number | null
  readonly viewCount: number
  /** Epoch ms. */
  readonly addedAt: number | null
  readonly lastViewedAt: number | null
  readonly index: number | null
  readonly parentIndex: number | null
  readonly parentRatingKey: string | null
  readonly parentTitle: string | null
  readonly grandparentRatingKey: string | null
  readonly grandparentTitle: string | null
  readonly leafCount: number | null
  readonly viewedLeafCount: number | null
  readonly librarySectionId: string | null
  /** Server paths such as `/library/metadata/7/thumb/1700000000`. */
  readonly thumb: string | null
  readonly art: string | null
  readonly grandparentThumb: string | null
  readonly genres: readonly string[]
  readonly directors: readonly string[]
  readonly cast: readonly string[]
  readonly chapters: readonly { readonly title: string; readonly startMs: number; readonly endMs: number }[]
  readonly markers: readonly { readonly type: string; readonly startMs: number; readonly endMs: number }[]
  /** Versions; streams only when the item was asked for by its own address. */
  readonly media: readonly PlexMedia[]
}

export interface PlexMedia {
  readonly id: string
  readonly durationMs: number | null
  readonly bitrateKbps: number | null
  readonly width: number | null
  readonly height: number | null
  /** `4k`, `1080`, `720`, `576`, `480`, `sd`, lower case. */
  readonly videoResolution: string | null
  readonly videoCodec: string | null
  readonly audioCodec: string | null
  readonly audioChannels: number | null
  readonly container: string | null
  readonly title: string | null
  readonly parts: readonly PlexPart[]
}

export interface PlexPart {
  readonly id: string
  /** `/library/parts/<id>/<change stamp>/file.ext`. */
  readonly key: string
  readonly durationMs: number | null
  readonly sizeBytes: number | null
  readonly container: string | null
  /** Name of its index of seek-bar thumbnails; missing without one. */
  readonly thumbnails?: string
  readonly streams: readonly PlexStream[]
}

export interface PlexStream {
  readonly id: string
  readonly kind: 'video' | 'audio' | 'subtitle'
  readonly codec: string
  /** Index in the container; null for external files. */
  readonly index: number | null
  readonly isDefault: boolean
  readonly isSelected: boolean
  readonly language: string | null
  readonly languageTag: string | null
  readonly displayTitle: string | null
  readonly channels: number | null
  readonly bitrateKbps: number | null
  readonly width: number | null
  readonly height: number | null
  readonly frameRate: number | null
  readonly bitDepth: number | null
  /** Only external subtitles have one. */
  readonly key: string | null
}

export interface PlexItemPage {
  readonly items: readonly PlexItem[]
  readonly offset: number
  readonly total: number
}

/** Metadata of one item, remembered or fresh. Implemented by the library, which remembers what it has seen. */
export interface ItemLookup {
  /**
   * Gives the item with streams. Answers from memory when that is younger than `maxAgeMs` or when the source does not answer.
   * Throws `unknown-source`, `unknown-media`, `source-unreachable` (never seen and no answer), `source-refused`, `bad-reply`.
   */
  getPlexItem(sourceId: string, ratingKey: string, maxAgeMs: number, signal?: AbortSignal): Promise<PlexItem>
}
