import { useSyncExternalStore } from 'react'

const onChange = (listener: () => void): (() => void) => {
  document.addEventListener('fullscreenchange', listener)
  return () => document.removeEventListener('fullscreenchange', listener)
}

/**
 * Full screen of the whole page, not of the player's element: dialogs and messages, which live beside it in the document, stay visible. The player
 * fills the page anyway.
 */
export function useFullscreen(): {
  readonly isFullscreen: boolean
  readonly toggle: () => void
  readonly leave: () => void
} {
  const isFullscreen = useSyncExternalStore(onChange, () => document.fullscreenElement !== null)
  const leave = (): void => {
    // It may have been left in between by the system: nothing to say.
    if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => undefined)
  }
  return {
    isFullscreen,
    leave,
    toggle: () => {
      if (isFullscreen) leave()
      else void document.documentElement.requestFullscreen().catch(() => undefined)
    },
  }
}
