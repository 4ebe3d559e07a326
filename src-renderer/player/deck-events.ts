import type { TimeRange } from '../../src-preload/contract/index.ts'
import type { PlayerStore } from './player-store.ts'

/** What the element holds in memory, in ms. */
export function bufferedRanges(video: HTMLVideoElement): readonly TimeRange[] {
  const { buffered } = video
  return Array.from({ length: buffered.length }, (_, i) => ({
    startMs: buffered.start(i) * 1000,
    endMs: buffered.end(i) * 1000,
  }))
}

/** Turns what a media element does into events and figures of the store, until `signal` aborts. */
export function bindVideo(video: HTMLVideoElement, store: PlayerStore, signal: AbortSignal): void {
  const on = (name: keyof HTMLMediaElementEventMap, listener: () => void): void =>
    video.addEventListener(name, listener, { signal })
  const isPhase = (...phases: readonly string[]): boolean => phases.includes(store.getState().play.phase)

  const readPosition = (): void => {
    // While a seek or its switch is under way, the place asked for is shown, not the element's.
    if (video.seeking || isPhase('loading', 'seeking')) return
    store.setState({ positionMs: video.currentTime * 1000 })
  }
  const readBuffered = (): void => store.setState({ buffered: bufferedRanges(video) })

  on('timeupdate', () => {
    if (!isPhase('switching') || !video.paused) readPosition()
    readBuffered()
  })
  on('progress', readBuffered)
  on('durationchange', () => {
    if (Number.isFinite(video.duration) && video.duration > 0)
      store.setState({ durationMs: video.duration * 1000 })
  })
  on('waiting', () => {
    store.setState({ isStill: true })
    store.dispatch({ type: 'starved' })
  })
  on('playing', () => {
    store.setState({ isStill: false })
    store.dispatch({ type: 'fed' })
  })
  on('seeked', () => {
    if (!isPhase('seeking')) return
    store.setState({ positionMs: video.currentTime * 1000 })
    store.dispatch({ type: 'sought' })
    // There may be one picture there and no more; `waiting` came while seeking still counted.
    if (video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) store.dispatch({ type: 'starved' })
  })
  on('ended', () => {
    store.setState({ positionMs: store.getState().durationMs })
    store.dispatch({ type: 'ended' })
  })
  // Media keys, picture in picture and the system pause and play the element without asking the player.
  // The events come late: a double click has paused and played again before the first of them is heard.
  on('pause', () => {
    // An element that failed is paused as well; that is nobody's wish.
    const isFailed = video.error !== null
    if (video.paused && !video.ended && !video.seeking && !isFailed && isPhase('playing', 'buffering'))
      store.dispatch({ type: 'pauseAsked' })
  })
  on('play', () => {
    if (!video.paused && isPhase('paused')) store.dispatch({ type: 'playAsked' })
  })
  readBuffered()
}
