/** What the catalogue says about each title: enough to make its files and to describe them as a server would. */

/** A sound track of a file. */
export interface AudioTrack {
  readonly codec: 'aac' | 'ac3' | 'eac3' | 'dca'
  readonly channels: 2 | 6
  /** ISO 639-2/B, e.g. `eng`. */
  readonly languageCode: string
  readonly title?: string
  readonly isDefault: boolean
  /** Frequency of the tone, so that tracks can be told apart by ear and by test. */
  readonly toneHz: number
}

/** A subtitle track: inside the file, or an SRT file beside it. */
export interface SubtitleTrack {
  readonly languageCode: string
  readonly isExternal: boolean
  readonly isForced: boolean
  readonly title?: string
}

/** One file. Its ids never change; they are derived from the item's ratingKey in `catalogue-build.ts`. */
export interface CataloguePart {
  readonly partId: number
  /** The middle number of a part's key; goes up when the recipe of the media changes. */
  readonly changeStamp: number
  /** Name in the media folder; its extension is the container. */
  readonly fileName: string
  /** Path that metadata shows, as if the server kept its films there. */
  readonly serverPath: string
  readonly container: 'mp4' | 'mkv'
  readonly durationMs: number
  readonly videoCodec: 'h264' | 'hevc'
  readonly width: number
  readonly height: number
  readonly framesPerSecond: number
  /** A constant bitrate to hold; null lets the content decide. */
  readonly videoKbps: number | null
  readonly audio: readonly AudioTrack[]
  readonly subtitles: readonly SubtitleTrack[]
  readonly chapters: readonly Chapter[]
  /** The strip's film code, 0..15. */
  readonly filmCode: number
  /** Seconds into the slow camera move at which this part begins, so that parts differ. */
  readonly sceneOffsetS: number
}

export interface Chapter {
  readonly title: string
  readonly startMs: number
  readonly endMs: number
}

export interface Marker {
  readonly type: 'intro' | 'credits'
  readonly startMs: number
  readonly endMs: number
  readonly isFinal?: boolean
}

/** A version of a title: the files to be played one after another. */
export interface CatalogueVersion {
  readonly mediaId: number
  readonly parts: readonly CataloguePart[]
}

export interface CatalogueCommon {
  readonly ratingKey: number
  readonly title: string
  readonly sortTitle?: string
  readonly summary: string
  readonly year: number
  /** YYYY-MM-DD */
  readonly releasedOn: string
  /** Epoch seconds, like all times of a Plex server. */
  readonly addedAt: number
  readonly updatedAt: number
  /** Name of the painting (see `art/`) behind poster, art and the film itself. */
  readonly artName: string
  /** Names the poster where another title has the same painting. */
  readonly posterName?: string
}

export interface Playable extends CatalogueCommon {
  readonly durationMs: number
  readonly versions: readonly CatalogueVersion[]
  readonly markers: readonly Marker[]
  readonly contentRating: string
  readonly audienceRating: number
  readonly directors: readonly string[]
  readonly writers: readonly string[]
}

export interface Movie extends Playable {
  readonly type: 'movie'
  readonly tagline: string
  readonly studio: string
  readonly genres: readonly string[]
  readonly countries: readonly string[]
  readonly cast: readonly (readonly [actor: string, role: string])[]
}

export interface Episode extends Playable {
  readonly type: 'episode'
  readonly index: number
}

export interface Season extends CatalogueCommon {
  readonly type: 'season'
  readonly index: number
  readonly episodes: readonly Episode[]
}

export interface Show extends CatalogueCommon {
  readonly type: 'show'
  readonly studio: string
  readonly tagline: string
  readonly contentRating: string
  readonly audienceRating: number
  readonly genres: readonly string[]
  readonly cast: readonly (readonly [actor: string, role: string])[]
  readonly seasons: readonly Season[]
}

export interface Catalogue {
  readonly movies: readonly Movie[]
  readonly shows: readonly Show[]
}
