/** One kind of picture a browser engine shows, in Plex's names. */
export interface VideoCapability {
  readonly codec: string
  /** The greatest it shows, with everything below. */
  readonly bitDepth: number
  /** Largest frame, in pixels of its longer and its shorter side. */
  readonly width: number
  readonly height: number
}

/**
 * What the page's own player shows and sounds, as the browser engine says when it is asked. It may be wrong: what really
 * came out is looked at after the first moments of playing (`playback.noteUndecodable`).
 */
export interface PlayerCapabilities {
  readonly containers: readonly string[]
  readonly video: readonly VideoCapability[]
  readonly audio: readonly string[]
  /** Rungs, H.264 and AAC in segments, can be played at all. */
  readonly playsRungs: boolean
}

/** Which engine said so: the answer may be another one after an update. */
export interface CapabilityReport {
  /** The page's `navigator.userAgent`. */
  readonly agent: string
  readonly capabilities: PlayerCapabilities
}

/** What was missing although the engine had promised it. */
export type Undecodable = 'picture' | 'sound'

/**
 * Why a quality plays as it does, or does not. `subject` is what the sentence is about: the codec or container as people
 * call it, a size, a bitrate.
 */
export interface PlayReason {
  readonly code: PlayReasonCode
  readonly subject: string | null
}

export type PlayReasonCode =
  /** The file goes to the player as it is. */
  | 'as-it-is'
  /** The server makes this quality for the asking. */
  | 'converted'
  | 'container'
  | 'video-codec'
  /** More bits a colour than the decoder takes. */
  | 'video-depth'
  /** A larger frame than the decoder takes. */
  | 'video-size'
  | 'audio-codec'
  /** It was tried, and nothing was seen or heard. */
  | 'found-no-picture'
  | 'found-no-sound'
  /** There is nothing to see in it, so it has no other qualities. */
  | 'no-picture'
  /** The player cannot play what the server converts to. */
  | 'no-rungs'
  | 'above-source'
  /** More than Plex Relay carries. */
  | 'relay-limit'
  /** More than the server sends over this connection, as it said. */
  | 'server-limit'
  | 'offline'
