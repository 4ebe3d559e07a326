import type { EntryState } from './cache.ts'
import type { PlayReason } from './capabilities.ts'
import type { MediaId, Quality, SourceId } from './ids.ts'

/** How this computer reaches a source at the moment. */
export type ConnectionKind = 'lan' | 'wan' | 'relay' | 'offline'

export interface Source {
  readonly sourceId: SourceId
  readonly name: string
  readonly connection: ConnectionKind
  /** Set when somebody said how it is reached, because its address tells another. */
  readonly chosenConnection?: Exclude<ConnectionKind, 'offline'>
}

export type SectionType = 'movie' | 'show'

export interface Section {
  readonly sectionId: string
  readonly type: SectionType
  readonly title: string
  /** Number of titles when last seen; null before the first listing. */
  readonly count: number | null
}

export type ItemType = 'movie' | 'show' | 'season' | 'episode'

/** One row of a list: everything a card needs, nothing more. */
export interface ItemSummary {
  readonly sourceId: SourceId
  readonly ratingKey: string
  readonly type: ItemType
  readonly title: string
  readonly year: number | null
  /** Null for shows and seasons. */
  readonly durationMs: number | null
  /** Resume point; null when not started or watched to the end. */
  readonly positionMs: number | null
  readonly isWatched: boolean
  /** For shows and seasons: episodes not yet watched. */
  readonly unwatchedCount: number | null
  /** For seasons and episodes. */
  readonly index: number | null
  readonly parentIndex: number | null
  readonly showTitle: string | null
  readonly showRatingKey: string | null
  readonly seasonRatingKey: string | null
  /**
   * Paths on the page's origin, `/image/<sourceId>?path=…`; append `&w=&h=` (CSS pixels × device ratio) for a size. For episodes the
   * poster is the show's and the art their own still.
   */
  readonly posterUrl: string | null
  readonly artUrl: string | null
  /** `4k`, `1080`, `720`, `sd`… of the best version. */
  readonly resolution: string | null
  /** What of this title is kept, best quality first; the badge on its card. */
  readonly kept: readonly KeptQuality[]
}

export interface KeptQuality {
  readonly quality: Quality
  readonly label: string
  readonly complete: boolean
}

export interface ItemPage {
  readonly items: readonly ItemSummary[]
  readonly total: number
}

export type ItemSort = 'title' | 'addedAt' | 'year'

/** How a quality reaches the player. */
export type PlayOutcome = 'direct-play' | 'direct-stream' | 'transcode' | 'unplayable'

/** Why a row of the quality menu cannot be chosen now. */
export type UnavailableReason =
  | 'quality-above-source'
  | 'source-unreachable'
  | 'unplayable'
  /** The server, or the relay on the way, does not send this much. */
  | 'over-limit'

/** One row of the shelf: a quality with what this computer holds of it. */
export interface QualityOption {
  readonly quality: Quality
  /** `Original`, `720p · 4 Mbps`. */
  readonly label: string
  /** `1080p H.264 · 12.4 Mbps`, `H.264 + AAC`. */
  readonly detail: string
  readonly outcome: PlayOutcome
  readonly bitrateKbps: number | null
  readonly bytesPresent: number
  /** Exact for files and finished copies, else the estimate from bitrate and duration. */
  readonly bytesTotal: number | null
  readonly bytesTotalIsEstimate: boolean
  readonly complete: boolean
  readonly state: EntryState
  readonly isPinned: boolean
  /** Shown at once; the others wait behind "More qualities" until something of them is here. */
  readonly isDefault: boolean
  readonly unavailable?: UnavailableReason
  /** Why it plays as `outcome` says, or why it cannot be chosen. */
  readonly reason?: PlayReason
}

export interface MediaTrack {
  readonly streamId: string
  readonly kind: 'audio' | 'subtitle'
  readonly label: string
  readonly language: string | null
  readonly codec: string
  readonly isDefault: boolean
  /** Text subtitles of their own file: a path on the page's origin that gives WebVTT. */
  readonly url: string | null
}

/** Sound and subtitles of one file, as a person chose them. */
export interface ChosenTracks {
  /** Null: the track that is flagged default, else the first. */
  readonly audioId: string | null
  /** Null: none. One without a `url` has to be drawn into the picture. */
  readonly subtitleId: string | null
}

export interface MediaPart {
  readonly mediaId: MediaId
  readonly durationMs: number
  /** What `cache.getCachedStream` would choose now, one of `qualities`; null when nothing of it plays here now. */
  readonly automatic: Quality | null
  readonly qualities: readonly QualityOption[]
  readonly tracks: readonly MediaTrack[]
  /** Small pictures for the seek bar: append `?at=<ms>`; null when there are none. */
  readonly thumbnailUrl: string | null
  /** What was chosen last on this computer. */
  readonly chosen: ChosenTracks
}

export interface MediaVersion {
  readonly versionId: string
  /** `1080p H.264 · 12.4 Mbps`. */
  readonly label: string
  readonly parts: readonly MediaPart[]
}

export interface Chapter {
  readonly title: string
  readonly startMs: number
  readonly endMs: number
}

export interface Marker {
  readonly kind: 'intro' | 'credits' | 'commercial'
  readonly startMs: number
  readonly endMs: number
}

export interface Item extends ItemSummary {
  readonly summary: string
  readonly tagline: string | null
  readonly contentRating: string | null
  /** 0–10. */
  readonly rating: number | null
  readonly genres: readonly string[]
  readonly directors: readonly string[]
  readonly cast: readonly string[]
  readonly chapters: readonly Chapter[]
  readonly markers: readonly Marker[]
  /** Empty for shows and seasons. */
  readonly versions: readonly MediaVersion[]
  /** True when this came from what Spool remembers because the source did not answer. */
  readonly isRemembered: boolean
}

export interface HomeRow {
  readonly rowId: 'continue' | 'offline' | `recent:${string}`
  readonly title: string
  readonly subtitle: string | null
  readonly style: 'wide' | 'poster'
  readonly items: readonly ItemSummary[]
}
