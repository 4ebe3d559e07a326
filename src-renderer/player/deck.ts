import type { ErrorCode, Stream } from '../../src-preload/contract/index.ts'

/** Why a deck cannot go on. */
export interface DeckTrouble {
  readonly code: ErrorCode
  /** What the element or hls.js said, for "Copy details". */
  readonly details: string
}

/** One media element with one stream in it. The player has one, and a second while it changes quality. */
export interface Deck {
  readonly video: HTMLVideoElement
  readonly stream: Stream
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
  constructor(trouble: DeckTrouble) {
    super(trouble.details)
    this.code = trouble.code
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
