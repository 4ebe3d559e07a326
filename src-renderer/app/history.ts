import { useSyncExternalStore } from 'react'

/** The Navigation API knows what the back and forward buttons can do and names each entry; every Chromium of ours has it. */
export const entryKey = (): string => window.navigation.currentEntry?.key ?? window.location.href

const onEntry = (listener: () => void): (() => void) => {
  window.navigation.addEventListener('currententrychange', listener)
  return () => window.navigation.removeEventListener('currententrychange', listener)
}

export const useCanGoBack = (): boolean => useSyncExternalStore(onEntry, () => window.navigation.canGoBack)

export const useCanGoForward = (): boolean =>
  useSyncExternalStore(onEntry, () => window.navigation.canGoForward)
