import type { AutomaticReason, ConnectionKind, Quality } from '../../../../src-preload/contract/index.ts'

/** One quality that Automatic may choose; what the player cannot show is not among them. */
export interface Candidate {
  readonly quality: Quality
  /** What a second of it weighs, at normal speed; null where nobody knows. */
  readonly needKbps: number | null
  /** Playback time that is on this computer without a gap from the picture on, ms. */
  readonly hereMs: number
  /** The same from the moment on where the playing quality's own stretch ends: another copy may go on there. */
  readonly beyondMs: number
  /** The server can give what is missing. */
  readonly isServed: boolean
  /** The server has to convert it first. */
  readonly isConverted: boolean
}

/**
 * `moving`: the picture moves. `standing`: it wants to and has no data. `resting`: paused, ended, or between two qualities or places: nothing is
 * decided then, and no time of it counts as calm.
 */
export type PictureState = 'moving' | 'standing' | 'resting'

/** All that one decision depends on. Plain data: what is logged can be decided again. */
export interface Observation {
  /** Of a clock that never jumps, ms. */
  readonly atMs: number
  /** False: a person has chosen. */
  readonly isAutomatic: boolean
  readonly playing: Quality
  /** On its way in place of what plays; null when nothing is. */
  readonly changingTo: Quality | null
  readonly picture: PictureState
  /** Since the person last sought; null when not. A wait after a seek is the seek's. */
  readonly sinceSeekMs: number | null
  /** Playback speed: 2 needs twice the bytes. */
  readonly speed: number
  /** What the player holds or this computer has, from the picture on, ms. */
  readonly aheadMs: number
  /** To the end of the title, ms. */
  readonly leftMs: number
  readonly connection: ConnectionKind
  /** What the link gave when bytes were asked of it; null before that was seen. */
  readonly linkKbps: number | null
  /** How long ago; null with `linkKbps`. */
  readonly linkAgeMs: number | null
  /** The bytes are waited for because the server is still converting them, not because the link is slow. */
  readonly isServerBusy: boolean
  /** Has just turned out not to play. */
  readonly failed: Quality | null
  /** High to low. */
  readonly candidates: readonly Candidate[]
}

/** A rung not to go to before `untilMs`. */
export interface Shunned {
  readonly quality: Quality
  readonly untilMs: number
  /** How often it has disappointed: each time it is left alone for longer. */
  readonly times: number
}

/** What Automatic remembers from one observation to the next. */
export interface AutomaticState {
  readonly changedAtMs: number | null
  /** The last change went up to this; null after one that did not. */
  readonly wentUpTo: Quality | null
  /** Nothing has gone wrong since; null while something does. */
  readonly calmSinceMs: number | null
  /** Since when there has been room for each quality above, without a break. */
  readonly roomSinceMs: Readonly<Record<Quality, number>>
  readonly standingSinceMs: number | null
  readonly shunned: readonly Shunned[]
}

export type Move =
  /** The link or the server is too slow. */
  | 'down'
  | 'up'
  /** What plays has broken. */
  | 'away'
  /** The rest of what plays cannot be had: a copy goes on. */
  | 'copy'

export type Decision =
  | { readonly do: 'stay'; readonly why: AutomaticReason }
  | { readonly do: 'go'; readonly to: Quality; readonly move: Move; readonly why: AutomaticReason }
