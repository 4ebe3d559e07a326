import type { MediaId, PlayerState, SourceId } from '../../../src-preload/contract/index.ts'
import type { PowerBlocker } from '../ports.ts'
import type { PartPlace } from './part-timeline.ts'
import type { SentTimeline } from './timeline-schedule.ts'
import type { OutgoingTimeline } from './timeline-sender.ts'

/** What is known of the one playback there is. */
export interface Playback {
  readonly playbackId: string
  readonly sourceId: SourceId
  readonly ratingKey: string
  readonly mediaId: MediaId
  readonly title: string
  /** The window, named by its wire. */
  readonly ownerId: string | null
  readonly place: PartPlace
  state: PlayerState
  /** Of the item; null until the player has said. */
  positionMs: number | null
  isWatched: boolean
  /** The window's wire is gone; another may have come for it. */
  isOrphaned: boolean
  reportedAt: number
  keptAt: number | null
  sent: SentTimeline | null
  awake: Disposable | null
}

type Beginning = Pick<
  Playback,
  'playbackId' | 'sourceId' | 'ratingKey' | 'mediaId' | 'title' | 'ownerId' | 'place' | 'reportedAt'
>

/** A playback nobody has reported of yet. */
export const beginPlayback = (beginning: Beginning): Playback => ({
  ...beginning,
  state: 'paused',
  positionMs: null,
  isWatched: false,
  isOrphaned: false,
  keptAt: null,
  sent: null,
  awake: null,
})

/** Notes where the player is: the part's position becomes the item's, and never lies beyond its end. */
export function placePlayer(
  playback: Playback,
  state: PlayerState,
  partPositionMs: number,
  now: number,
): void {
  const { startMs, itemMs } = playback.place
  const positionMs = Math.max(0, startMs + partPositionMs)
  playback.state = state
  playback.positionMs = itemMs > 0 ? Math.min(positionMs, itemMs) : positionMs
  playback.reportedAt = now
  playback.isOrphaned = false
}

/** Keeps the display on while the playback goes on, and no longer. */
export function keepAwake(playback: Playback, power: PowerBlocker | undefined): void {
  const isWanted = playback.state === 'playing' || playback.state === 'buffering'
  if (isWanted) playback.awake ??= power?.keepDisplayAwake() ?? null
  else {
    playback.awake?.[Symbol.dispose]()
    playback.awake = null
  }
}

/** What its server is told of a playback. */
export const timelineOf = (
  { sourceId, ratingKey, state, positionMs, place, isWatched }: Playback & { readonly positionMs: number },
  sessionIdentifier: string,
  updatedAt: number,
): OutgoingTimeline => ({
  sourceId,
  ratingKey,
  state,
  positionMs,
  durationMs: place.itemMs,
  isWatched,
  sessionIdentifier,
  updatedAt,
})
