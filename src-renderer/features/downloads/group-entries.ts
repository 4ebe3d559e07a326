import type { CacheEntry, CacheKey } from '../../../src-preload/contract/index.ts'

export const keyText = (key: CacheKey): string => `${key.sourceId} ${key.mediaId} ${key.quality}`

export interface EntryGroup<Entry> {
  readonly name: 'stopped' | 'pinned'
  readonly entries: readonly Entry[]
}

/** Beside the downloads: what is pinned and stopped short, and what is pinned and whole. `downloads`: keys of those, as text. */
export function groupEntries<Entry extends CacheEntry>(
  entries: readonly Entry[],
  downloads: ReadonlySet<string>,
): readonly EntryGroup<Entry>[] {
  const pinned = entries.filter((entry) => entry.isPinned && !downloads.has(keyText(entry.key)))
  return [
    { name: 'stopped', entries: pinned.filter((entry) => entry.state !== 'complete') },
    { name: 'pinned', entries: pinned.filter((entry) => entry.state === 'complete') },
  ]
}
