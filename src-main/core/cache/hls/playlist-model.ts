/** A stretch of a resource, in bytes. */
export interface PlaylistByteRange {
  readonly offsetBytes: number
  readonly lengthBytes: number
}

/** `EXT-X-KEY`. `iv` as 32 hex digits, null when it follows from the media sequence. */
export interface PlaylistKey {
  readonly method: string
  readonly uri: string | null
  readonly iv: string | null
}

/** `EXT-X-MAP`: the initialisation part of fMP4 segments. */
export interface PlaylistMap {
  readonly uri: string
  readonly byteRange: PlaylistByteRange | null
  /** The key that was in force where the tag stood: what comes after it does not encrypt the part. */
  readonly key: PlaylistKey | null
}

export interface PlaylistSegment {
  /** As it stands in the playlist, or absolute when a base was given. May carry a session id: never stored. */
  readonly uri: string
  /** Microseconds, exact to the six decimals that servers print. */
  readonly durationUs: number
  readonly isDiscontinuity: boolean
  readonly byteRange: PlaylistByteRange | null
  readonly map: PlaylistMap | null
  readonly key: PlaylistKey | null
}

/** A whole title: VOD, with its end listed. */
export interface MediaPlaylist {
  readonly kind: 'media'
  /** `EXT-X-TARGETDURATION`, whole seconds. */
  readonly targetDurationS: number
  readonly mediaSequence: number
  /** At least one. */
  readonly segments: readonly PlaylistSegment[]
}

export interface PlaylistVariant {
  readonly uri: string
  readonly bandwidthBps: number | null
  readonly width: number | null
  readonly height: number | null
}

/** A list of variants; what a session's `start.m3u8` gives. */
export interface MasterPlaylist {
  readonly kind: 'master'
  /** At least one. */
  readonly variants: readonly PlaylistVariant[]
}

export type Playlist = MediaPlaylist | MasterPlaylist
