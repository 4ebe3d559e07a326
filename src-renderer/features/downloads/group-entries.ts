import type { CacheEntry, CacheJob, CacheKey } from '../../../src-preload/contract/index.ts'

export const keyText = (key: CacheKey): string => `${key.sourceId} ${key.mediaId} ${key.quality}`

export interface EntryGroup {
  readonly name: 'running' | 'waiting' | 'stopped' | 'pinned'
  readonly entries: readonly CacheEntry[]
}

/** What runs now first, what waits for its turn, what stopped short though it was pinned or failed, and what is pinned and whole. */
export function groupEntries(entries: readonly CacheEntry[], job: CacheJob | null): readonly EntryGroup[] {
  const isRunning = (entry: CacheEntry): boolean => job !== null && keyText(job.key) === keyText(entry.key)
  const filling = entries.filter((entry) => entry.state === 'filling')
  return [
    { name: 'running', entries: filling.filter(isRunning) },
    { name: 'waiting', entries: filling.filter((entry) => !isRunning(entry)) },
    {
      name: 'stopped',
      entries: entries.filter(
        (entry) =>
          entry.state === 'failed' ||
          (entry.isPinned && (entry.state === 'partial' || entry.state === 'none')),
      ),
    },
    { name: 'pinned', entries: entries.filter((entry) => entry.isPinned && entry.state === 'complete') },
  ]
}
