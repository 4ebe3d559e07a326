import type { AutomaticAdvice, PictureState, PlayerView, Quality } from '../../src-preload/contract/index.ts'
import { bufferedAheadSeconds } from './buffered-ahead.ts'
import type { CoreCalls } from './core-calls.ts'
import type { PlayState } from './player-state.ts'
import type { PlayerSnapshot, PlayerStore } from './player-store.ts'

const everyMs = 1000

/** What the watch needs of the player around it. */
export interface FactsWatchOptions {
  readonly core: CoreCalls
  readonly store: PlayerStore
  /** The element that is seen; null while there is none. */
  readonly videoNow: () => HTMLVideoElement | null
  /** Changes quality because Automatic says so. Resolves when that is over; true when the quality plays. */
  readonly onAdvice: (advice: AutomaticAdvice & { readonly do: 'go' }) => Promise<boolean>
}

/** What the rules make of a phase: between two things they wait. */
export function pictureOf(play: PlayState): PictureState {
  if (play.phase === 'playing') return 'moving'
  return play.phase === 'buffering' ? 'standing' : 'resting'
}

/**
 * Tells the core once a second, and whenever the picture stops, what the player sees; keeps what the core answers: what is here, the link, why it
 * waits, and what Automatic would do, which is then done. Returns what stops it.
 */
export function watchFacts({ core, store, videoNow, onAdvice }: FactsWatchOptions): () => void {
  const life = new AbortController()
  let isAsking = false
  let isOwed = false
  let soughtAt: number | null = null
  let failed: Quality | null = null
  let followed = 0

  const viewOf = (now: PlayerSnapshot): PlayerView | null => {
    const { item, part, stream, positionMs } = now
    if (item === null || part === null || stream === null) return null
    const video = videoNow()
    return {
      sourceId: item.sourceId,
      mediaId: part.mediaId,
      quality: stream.quality,
      changingTo: now.play.phase === 'switching' && now.play.to !== 'automatic' ? now.play.to : null,
      isAutomatic: now.isAutomatic,
      picture: pictureOf(now.play),
      positionMs: Math.max(0, Math.round(positionMs)),
      bufferedMs:
        video === null ? 0 : Math.round(bufferedAheadSeconds(video.buffered, video.currentTime) * 1000),
      sinceSeekMs: soughtAt === null ? null : Math.round(performance.now() - soughtAt),
      speed: now.rate,
      failed,
    }
  }

  const ask = async (): Promise<void> => {
    const view = viewOf(store.getState())
    if (view === null) return
    if (isAsking) {
      isOwed = true
      return
    }
    isAsking = true
    failed = null
    try {
      const facts = await core.call('playback.observe', view, life.signal)
      const now = store.getState()
      if (now.part?.mediaId !== view.mediaId || now.stream?.quality !== view.quality) return
      const { stats, link, connection, advice } = facts
      store.setState({ stats, link, connection, advice })
      // The person may have chosen meanwhile.
      if (advice.do === 'go' && now.isAutomatic) void follow(advice)
    } catch {
      // The next second asks again; an old figure is better than none.
    } finally {
      isAsking = false
      if (isOwed) {
        isOwed = false
        void ask()
      }
    }
  }

  const follow = async (advice: AutomaticAdvice & { readonly do: 'go' }): Promise<void> => {
    const own = ++followed
    if (await onAdvice(advice)) return
    // Another change took its place, or the person's own choice did.
    if (own !== followed || !store.getState().isAutomatic || life.signal.aborted) return
    failed = advice.to
    void ask()
  }

  const timer = setInterval(() => void ask(), everyMs)
  const unsubscribe = store.subscribe((now, before) => {
    if (now.play.phase !== before.play.phase) {
      const isNewPlace = now.play.phase === 'seeking' || before.play.phase === 'loading'
      if (isNewPlace) soughtAt = performance.now()
      if (now.play.phase === 'buffering') void ask()
      if (now.play.phase === 'failed' && now.isAutomatic && now.stream !== null) {
        failed = now.stream.quality
        void ask()
      }
    }
    if (now.stream !== before.stream) void ask()
  })
  return () => {
    life.abort()
    clearInterval(timer)
    unsubscribe()
  }
}
