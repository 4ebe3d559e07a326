import type { MediaId, Quality, SourceId } from './ids.ts'

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
