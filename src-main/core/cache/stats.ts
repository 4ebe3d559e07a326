import type {
  CacheJob,
  CacheStats,
  CurrentStats,
  WaitingReason,
} from '../../../src-preload/contract/index.ts'
import type { EntryResource } from './entry-resource.ts'
import { keyOf, stateOf, totalOf } from './entry-views.ts'
import type { FileCacheParts } from './file-cache.ts'
import type { EntryRow } from './index/entries.ts'

/** The whole cache, by rows. */
export function collectStats(parts: FileCacheParts): CacheStats {
  const { index, space, counts, downloads, isDiskPresent } = parts
  const { entries, complete, pinned } = index.entries.counts()
  const running = downloads.runningEntryId
  const waiting = index.downloads.pending().filter(({ entryId }) => entryId !== running).length
  return {
    bytesUsed: index.generations.sumPresent(),
    bytesLimit: space.limitBytes,
    bytesFreeOnDisk: space.freeBytes ?? 0,
    entries,
    entriesComplete: complete,
    entriesPinned: pinned,
    bytesServed: counts.bytesServed,
    bytesFromMemory: counts.bytesFromMemory,
    bytesFromDisk: counts.bytesFromDisk,
    bytesPassedThrough: counts.bytesPassedThrough,
    bytesFetched: counts.bytesFetched,
    trouble: !isDiskPresent() ? 'cache-disk-missing' : space.isFull ? 'disk-full' : null,
    job: running === null ? null : jobOf(parts, running),
    jobsWaiting: waiting,
  }
}

function jobOf({ index, open }: FileCacheParts, entryId: number): CacheJob | null {
  const row = index.entries.byId(entryId)
  if (row === null) return null
  const bytesPerSecond = open.peek(entryId)?.current().bytesPerSecond ?? null
  const { bytesTotal } = totalOf(row)
  return {
    key: keyOf(row),
    title: row.title,
    bytesPresent: row.bytesPresent,
    bytesTotal,
    bytesPerSecond,
    remainingMs: remainingMs(row, bytesTotal, bytesPerSecond),
  }
}

/** One entry; nothing is known of a key that has none. */
export function collectCurrentStats(
  { index }: FileCacheParts,
  row: EntryRow | null,
  resource: EntryResource | null,
): CurrentStats {
  if (row === null || resource === null)
    return {
      bytesPerSecond: null,
      aheadMs: null,
      waitingReason: null,
      remainingMs: null,
      state: 'none',
      bytesPresent: 0,
      bytesTotal: null,
      present: [],
    }
  const { bytesPerSecond, aheadMs, waitingReason } = resource.current()
  const download = index.downloads.get(row.id)
  const parkedReason = download?.state === 'parked' ? (download.reason as WaitingReason | null) : null
  const { bytesTotal } = totalOf(row)
  return {
    bytesPerSecond,
    aheadMs,
    waitingReason: waitingReason ?? parkedReason,
    remainingMs: remainingMs(row, bytesTotal, bytesPerSecond),
    state: stateOf(row),
    bytesPresent: row.bytesPresent,
    bytesTotal,
    present: resource.present(),
  }
}

function remainingMs(row: EntryRow, total: number | null, bytesPerSecond: number | null): number | null {
  if (total === null || bytesPerSecond === null || row.completedAt !== null) return null
  return Math.round((Math.max(0, total - row.bytesPresent) / bytesPerSecond) * 1000)
}
