import type {
  MediaId,
  PlaybackOpened,
  PlayerState,
  Quality,
  SourceId,
} from '../../src-preload/contract/index.ts'
import type { CoreCalls } from './core-calls.ts'
import { type PlayState, idle } from './player-state.ts'

/** What is being played, as the core names it. */
export interface PlaybackRef {
  readonly sourceId: SourceId
  readonly ratingKey: string
  readonly mediaId: MediaId
}

export interface Moment {
  readonly positionMs: number
  readonly quality: Quality | null
}

/** Tells the core what this window plays, so that it can resume, tell the server and keep to one player. */
export interface PlaybackReporter {
  open(ref: PlaybackRef, takeOver: boolean, signal: AbortSignal): Promise<PlaybackOpened>
  /** Call at every change; sends only what differs. */
  update(play: PlayState): void
  /** Once a second while playing. */
  tick(): void
  /** Ends what is open; the last words before the page goes. */
  stop(): void
  dispose(): void
}

/** What the core calls a phase of the player. Null: nothing to tell. */
export function reportedState(play: PlayState): PlayerState | null {
  switch (play.phase) {
    case 'playing':
      return 'playing'
    case 'paused':
      return 'paused'
    case 'buffering':
    case 'loading':
      return 'buffering'
    case 'seeking':
      return play.wantsPlay ? 'buffering' : 'paused'
    // The old quality plays on meanwhile.
    case 'switching':
      return play.wantsPlay ? 'playing' : 'paused'
    case 'ended':
    case 'failed':
      return 'stopped'
    case 'idle':
      return null
  }
}

export function createPlaybackReporter(
  core: CoreCalls,
  now: () => Moment,
  /** Another window plays now, or, with its reason, the server ended this. */
  onLost: (endedBecause: string | null) => void,
): PlaybackReporter {
  let playbackId: string | null = null
  let ref: PlaybackRef | null = null
  let last: PlayerState | null = null
  /** What the player does now; told once a playback that is being opened is there. */
  let latest: PlayState = idle
  let reopening: AbortController | null = null

  const send = (state: PlayerState): void => {
    const { positionMs, quality } = now()
    if (playbackId === null || quality === null) return
    const id = playbackId
    void core
      .call('playback.report', { playbackId: id, state, positionMs: Math.round(positionMs), quality })
      .then(({ accepted, ended }) => {
        if (!accepted && playbackId === id && state !== 'stopped') lose(ended ?? null)
      })
      // The next report says the same again; a core that is gone is shown elsewhere.
      .catch(() => undefined)
  }

  const lose = (endedBecause: string | null): void => {
    playbackId = null
    last = null
    ref = null
    onLost(endedBecause)
  }

  const unsubscribe = core.subscribe('playback.owner', (owner) => {
    if (playbackId === null) return
    if (owner.ended?.playbackId === playbackId) lose(owner.ended.reason)
    else if (owner.playbackId !== null && owner.playbackId !== playbackId) lose(null)
  })

  const open = async (next: PlaybackRef, takeOver: boolean, signal: AbortSignal): Promise<PlaybackOpened> => {
    const opened = await core.call('playback.open', { ...next, takeOver }, signal)
    if (opened.result === 'opened') {
      playbackId = opened.playbackId
      ref = next
      last = null
    }
    return opened
  }

  const stop = (): void => {
    reopening?.abort()
    if (playbackId === null) return
    send('stopped')
    playbackId = null
    last = null
  }

  return {
    open,
    update(play) {
      latest = play
      const state = reportedState(play)
      if (state === null || state === last) return
      if (state === 'stopped') {
        stop()
        return
      }
      if (playbackId === null && ref !== null && state === 'playing' && reopening === null) {
        // Played again after its end: that is a playback of its own.
        reopening = new AbortController()
        void open(ref, true, reopening.signal)
          .then(() => this.update(latest))
          .catch(() => undefined)
          .finally(() => {
            reopening = null
          })
        return
      }
      last = state
      send(state)
    },
    tick() {
      if (last === 'playing') send('playing')
    },
    stop,
    dispose() {
      stop()
      ref = null
      unsubscribe()
    },
  }
}
