import type { MediaTrack } from '../../src-preload/contract/index.ts'

/** Text subtitles of one media element. The cues are handed out, not drawn by the browser: the page puts them above its controls. */
export interface SubtitleTrack {
  /** Null switches them off. */
  show(track: MediaTrack | null): void
  destroy(): void
}

/** `onCues` gets the cues of this moment, as the browser's own parser made them (no scripts, no styles of the file). */
export function createSubtitleTrack(
  video: HTMLVideoElement,
  onCues: (cues: readonly DocumentFragment[]) => void,
): SubtitleTrack {
  let element: HTMLTrackElement | null = null
  let listening = new AbortController()

  const clear = (): void => {
    listening.abort()
    listening = new AbortController()
    if (element !== null) {
      element.track.mode = 'disabled'
      element.remove()
      element = null
    }
    onCues([])
  }

  return {
    show(track) {
      clear()
      if (track?.url == null) return
      element = video.ownerDocument.createElement('track')
      element.kind = 'subtitles'
      element.label = track.label
      if (track.language !== null) element.srclang = track.language
      element.src = track.url
      video.append(element)
      const text = element.track
      text.mode = 'hidden'
      text.addEventListener('cuechange', () => onCues(cuesOf(text)), { signal: listening.signal })
    },
    destroy: clear,
  }
}

function cuesOf(track: TextTrack): readonly DocumentFragment[] {
  return [...(track.activeCues ?? [])]
    .filter((cue): cue is VTTCue => cue instanceof VTTCue)
    .map((cue) => cue.getCueAsHTML())
}
