import {
  type ErrorCode,
  type Quality,
  type Stream,
  errorSentences,
} from '../../src-preload/contract/index.ts'

/** Why a deck cannot go on. */
export interface DeckTrouble {
  readonly code: ErrorCode
  /** What the element or hls.js said, for "Copy details". */
  readonly details: string
  /** What the core said of it, for people; left out: the code's own sentence. */
  readonly sentence?: string | undefined
}

/** What a deck of segments can do: change among the rungs of its title inside its element, from one segment to the next. */
export interface Rungs {
  has(quality: Quality): boolean
  /** What is being loaded; on screen it may not be yet. */
  readonly loading: Quality
  /** Where the segment ends that is on at this moment of the title; the last one's beginning, if it is that. In seconds. */
  boundaryAfter(seconds: number): number
  /**
   * Loads another rung from `fromSeconds` on, which must be a boundary, or all anew (`at-once`). Resolves when its first picture is on
   * screen; rejects with `DeckError` when loading fails for good before that.
   */
  change(stream: Stream, from: number | 'at-once', signal: AbortSignal): Promise<void>
}

/** One media element with one stream in it. The player has one, and a second while it changes to or from a file. */
export interface Deck {
  readonly video: HTMLVideoElement
  /** What is on screen. */
  readonly stream: Stream
  /** Null for files. */
  readonly rungs: Rungs | null
  /** Takes only what is kept on this computer, and leaves the server to another deck or rung. Files need not. */
  holdBack(isOn: boolean): void
  /** Resolves once the picture at the start position can be shown; rejects with `DeckError`. */
  readonly ready: Promise<void>
  /** Asks for nothing more; plays on from what it has. Files cannot stop and need not. */
  stopLoading(): void
  startLoading(): void
  /** Frees everything and removes the element. */
  destroy(): void
}

export class DeckError extends Error {
  override readonly name = 'DeckError'
  readonly code: ErrorCode
  readonly sentence: string
  constructor(trouble: DeckTrouble) {
    super(trouble.details)
    this.code = trouble.code
    this.sentence = trouble.sentence ?? errorSentences[trouble.code]
  }
}

export interface DeckOptions {
  readonly video: HTMLVideoElement
  readonly stream: Stream
  readonly startMs: number
  /** Called once, when playing cannot go on; not while there is buffer left to play. */
  readonly onTrouble: (trouble: DeckTrouble) => void
}

/** A media element for the player: it loads by itself, shows no controls of its own and is not announced. */
export function createVideo(host: HTMLElement): HTMLVideoElement {
  const video = host.ownerDocument.createElement('video')
  video.className = 'player-video'
  video.preload = 'auto'
  video.playsInline = true
  video.tabIndex = -1
  video.disableRemotePlayback = true
  host.prepend(video)
  return video
}

/** Ends an element's requests at once: removing it is not enough, it would go on loading until collected. */
export function discardVideo(video: HTMLVideoElement): void {
  video.pause()
  video.removeAttribute('src')
  video.load()
  video.remove()
}
