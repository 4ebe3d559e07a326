import type { CacheEntry, CacheKey } from '../../../src-preload/contract/index.ts'

export const keyText = (key: CacheKey): string => `${key.sourceId} ${key.mediaId} ${key.quality}`

export interface EntryGroup {
  readonly name: 'stopped' | 'pinned'
  readonly entries: readonly CacheEntry[]
}

/** Beside the downloads: what is pinned and stopped short, and what is pinned and whole. `downloads`: keys of those, as text. */
export function groupEntries(
  entries: readonly CacheEntry[],
  downloads: ReadonlySet<string>,
): readonly EntryGroup[] {
  const pinned = entries.filter((entry) => entry.isPinned && !downloads.has(keyText(entry.key)))
  return [
    { name: 'stopped', entries: pinned.filter((entry) => entry.state !== 'complete') },
    { name: 'pinned', entries: pinned.filter((entry) => entry.state === 'complete') },
  ]
}
