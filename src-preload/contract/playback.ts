import type { CurrentStats } from './cache.ts'
import type { MediaId, Quality, SourceId } from './ids.ts'
import type { ConnectionKind } from './library.ts'

export type PlayerState = 'playing' | 'paused' | 'buffering' | 'stopped'

/** What `playback.open` answers. `busy` means another window plays: ask "Play here instead?" and open again with `takeOver`. */
export type PlaybackOpened =
  | { readonly result: 'opened'; readonly playbackId: string; readonly positionMs: number }
  | { readonly result: 'busy'; readonly title: string }

/** What the page tells the core: at every change of state, and every second while playing. */
export interface PlaybackReport {
  readonly playbackId: string
  readonly state: PlayerState
  readonly positionMs: number
  readonly quality: Quality
}

/** Pushed to every window when the one player of this app changes hands. */
export interface PlaybackOwner {
  readonly playbackId: string | null
  readonly sourceId: SourceId | null
  readonly ratingKey: string | null
  readonly mediaId: MediaId | null
  /** Set when a server ended what played: its own words, for the window that played it. */
  readonly ended: { readonly playbackId: string; readonly reason: string } | null
}

/**
 * What Automatic is doing, in a word. `chosen`: nothing, a person has. `default`: nothing, Settings name a quality for this connection. `settling`: it waits for a seek, a pause or a change to end. `best`: the
 * highest there is plays. `here`: a whole copy plays. `fits`: the link has no room for more. `measuring`: the link is not known yet. `waiting`:
 * there is room above, and it waits to be sure. `shunned`: there is, but it stopped there a moment ago. `calm`: it goes up.
 * `lowest`: there is nothing below. `link-slow`, `stalled`, `server-busy`, `failed`, `offline`: why it goes down, or to a copy.
 */
export type AutomaticReason =
  | 'chosen'
  | 'default'
  | 'settling'
  | 'best'
  | 'here'
  | 'fits'
  | 'measuring'
  | 'waiting'
  | 'shunned'
  | 'calm'
  | 'lowest'
  | 'link-slow'
  | 'stalled'
  | 'server-busy'
  | 'failed'
  | 'offline'

/** What is known of the link to a source: bytes by the time they took, never those of the cache. */
export interface LinkFacts {
  /** Null before anything was measured, now or in an earlier run. */
  readonly kbps: number | null
  /** Since it was measured, ms. */
  readonly ageMs: number | null
  /** The server converts hardly faster than it is watched: waiting is not the link's. */
  readonly isServerBusy: boolean
}

/** `moving`: the picture moves. `standing`: it wants to and has no data. `resting`: paused, ended, or between two qualities or places. */
export type PictureState = 'moving' | 'standing' | 'resting'

/** What the player sees, told every second and when the picture stops. */
export interface PlayerView {
  readonly sourceId: SourceId
  readonly mediaId: MediaId
  readonly quality: Quality
  /** On its way in place of what plays; null when nothing is. */
  readonly changingTo: Quality | null
  /** The person left the choice to Spool. */
  readonly isAutomatic: boolean
  readonly picture: PictureState
  readonly positionMs: number
  /** Held by the player itself from there on, ms. */
  readonly bufferedMs: number
  /** Since the person last sought; null when not. */
  readonly sinceSeekMs: number | null
  /** Playback speed. */
  readonly speed: number
  /** A quality that has just turned out not to play. */
  readonly failed: Quality | null
}

/** What the player should do about its quality. */
export type AutomaticAdvice =
  | { readonly do: 'stay'; readonly why: AutomaticReason }
  | { readonly do: 'go'; readonly to: Quality; readonly why: AutomaticReason }

/** What the core knows of what plays. */
export interface PlaybackFacts {
  readonly stats: CurrentStats
  readonly link: LinkFacts
  readonly connection: ConnectionKind
  readonly advice: AutomaticAdvice
}

/** One decision of Automatic with all that it was made from. */
export interface AutomaticLogRow {
  readonly seen: Readonly<Record<string, unknown>>
  readonly advice: AutomaticAdvice
}
