import { type StoreApi, createStore } from 'zustand/vanilla'
import type {
  AutomaticAdvice,
  ConnectionKind,
  CurrentStats,
  ErrorCode,
  Item,
  LinkFacts,
  MediaPart,
  Quality,
  Stream,
  TimeRange,
} from '../../src-preload/contract/index.ts'
import { splitQuality } from './quality-tracks.ts'
import { type PlayEvent, type PlayState, type SwitchTarget, idle, reduce } from './player-state.ts'

/** Something the player did by itself or on request, said once: a toast and a live region. */
export interface Notice {
  readonly id: number
  readonly text: string
  readonly isTrouble: boolean
}

/** Everything the page draws. Written by the engine only. */
export interface PlayerSnapshot {
  readonly play: PlayState
  readonly item: Item | null
  readonly part: MediaPart | null
  /** The server's name. */
  readonly sourceName: string
  /** What plays now; null before the first stream is known. */
  readonly stream: Stream | null
  readonly isAutomatic: boolean
  /** What the person asked for, without tracks. */
  readonly wish: SwitchTarget
  readonly positionMs: number
  readonly durationMs: number
  readonly buffered: readonly TimeRange[]
  readonly stats: CurrentStats | null
  /** What is known of the link to the title's server. */
  readonly link: LinkFacts | null
  /** How the title's server is reached. */
  readonly connection: ConnectionKind
  /** What Automatic is doing, or would do. */
  readonly advice: AutomaticAdvice | null
  readonly volume: number
  readonly isMuted: boolean
  readonly rate: number
  /** The chosen sound; null: the one that everybody gets. */
  readonly audioId: string | null
  /** The chosen subtitles, beside the picture or drawn into it; null: none. */
  readonly subtitleId: string | null
  /** Subtitles of this moment. */
  readonly cues: readonly DocumentFragment[]
  readonly notice: Notice | null
  /** While switching: the old picture has stopped. */
  readonly isStill: boolean
  /** Another window plays: its title, before this one has begun. */
  readonly busyWith: string | null
  /** Another window took over while this one played. */
  readonly isElsewhere: boolean
  /** The browser lets nothing start before the person clicks. */
  readonly needsGesture: boolean
  /** For "Copy details". */
  readonly failureDetails: string | null
}

export const emptySnapshot: PlayerSnapshot = {
  play: idle,
  item: null,
  part: null,
  sourceName: '',
  stream: null,
  isAutomatic: true,
  wish: 'automatic',
  positionMs: 0,
  durationMs: 0,
  buffered: [],
  stats: null,
  link: null,
  connection: 'lan',
  advice: null,
  volume: 1,
  isMuted: false,
  rate: 1,
  audioId: null,
  subtitleId: null,
  cues: [],
  notice: null,
  isStill: false,
  busyWith: null,
  isElsewhere: false,
  needsGesture: false,
  failureDetails: null,
}

export interface PlayerStore extends StoreApi<PlayerSnapshot> {
  readonly dispatch: (event: PlayEvent) => void
  readonly say: (text: string, isTrouble?: boolean) => void
}

/** The player's state with its one way to change phase. */
export function createPlayerStore(): PlayerStore {
  const store = createStore<PlayerSnapshot>(() => emptySnapshot)
  let notices = 0
  return {
    ...store,
    dispatch(event) {
      const { play } = store.getState()
      const next = reduce(play, event)
      if (next !== play) store.setState({ play: next })
    },
    say(text, isTrouble = false) {
      store.setState({ notice: { id: ++notices, text, isTrouble } })
    },
  }
}

/** A failure of any kind as code and sentence. */
export interface Failure {
  readonly code: ErrorCode
  readonly sentence: string
  readonly details: string
}

/** The option that describes a quality of the present part; for one with tracks that is in no list, its rung's. */
export function optionOf(part: MediaPart | null, quality: Quality | null | undefined) {
  if (quality == null) return null
  const find = (name: Quality) => part?.qualities.find((option) => option.quality === name)
  return find(quality) ?? find(splitQuality(quality).base) ?? null
}
