import type { Item, MediaPart } from '../../src-preload/contract/index.ts'
import type { SwitchTarget } from './player-state.ts'
import type { PlayerStore } from './player-store.ts'

/** What to play, how, and from where on. */
export interface OpenRequest {
  readonly item: Item
  readonly part: MediaPart
  readonly sourceName: string
  readonly target: SwitchTarget
  /** Null: where it was left. */
  readonly positionMs: number | null
}

/** The player, without a face. Everything it does shows in `store`. */
export interface Player {
  readonly store: PlayerStore
  /** Holds the media elements; put it where the picture belongs. */
  readonly stage: HTMLElement
  open(request: OpenRequest): void
  /** Answers "Play here instead?" with yes, also after another window took over. */
  takeOver(): void
  /** The same title with fresher facts about its qualities. */
  refresh(item: Item, part: MediaPart, sourceName: string): void
  play(): void
  pause(): void
  togglePlay(): void
  seekTo(ms: number): void
  seekBy(ms: number): void
  /** Pauses and goes one picture on or back. */
  stepFrame(direction: 1 | -1): void
  switchTo(target: SwitchTarget): void
  /** Opens the same quality again where it stopped. */
  retry(): void
  /** 0–1. */
  setVolume(volume: number): void
  setMuted(isMuted: boolean): void
  setRate(rate: number): void
  /** Null: the sound that everybody gets. Remembered for the next start of the title. */
  chooseAudio(streamId: string | null): void
  /** Null switches them off. Those without a file of their own are drawn into the picture by the server. */
  chooseSubtitles(streamId: string | null): void
  /** Rejects where the browser has none. */
  togglePip(): Promise<void>
  /** The element in use, for figures of the moment. */
  video(): HTMLVideoElement | null
  /** The page is going: tells the core while it can. */
  leave(): void
  dispose(): void
}
