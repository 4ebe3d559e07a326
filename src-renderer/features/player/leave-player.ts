/** The entries of this page's history that the Navigation API tells of. */
export interface HistoryView {
  readonly entries: () => readonly { readonly url: string | null }[]
  readonly currentEntry: { readonly index: number } | null
}

/**
 * Whether "back" leads out of the player. It does not when the page before is a player too (a reload in between, an address typed in): leaving
 * one film must not start another.
 */
export function canLeaveBack(history: HistoryView = window.navigation): boolean {
  const before = history.entries()[(history.currentEntry?.index ?? 0) - 1]
  return before?.url != null && !new URL(before.url).pathname.startsWith('/play/')
}
