import type { PlayerStore } from './player-store.ts'

/** Plays an element. A browser that wants a click first leaves the player paused and asking for one; anything else shows by itself. */
export async function startVideo(video: HTMLVideoElement, store: PlayerStore): Promise<void> {
  try {
    await video.play()
    store.setState({ needsGesture: false })
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return
    store.setState({ needsGesture: true })
    store.dispatch({ type: 'pauseAsked' })
  }
}
