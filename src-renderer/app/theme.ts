import type { Settings } from '../../src-preload/contract/index.ts'

const storageKey = 'spool.theme'

/** `system` leaves the choice to the computer. Remembered by the page, so that the next start does not flash. */
export function applyTheme(theme: Settings['theme']): void {
  const { dataset } = document.documentElement
  if (theme === 'system') delete dataset['theme']
  else dataset['theme'] = theme
  try {
    localStorage.setItem(storageKey, theme)
  } catch {
    // No storage: the setting still arrives with the first answer of the core.
  }
}

export function applyRememberedTheme(): void {
  try {
    const theme = localStorage.getItem(storageKey)
    if (theme === 'dark' || theme === 'light') document.documentElement.dataset['theme'] = theme
  } catch {
    // As above.
  }
}
