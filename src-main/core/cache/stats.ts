import type {
  CacheJob,
  CacheStats,
  CurrentStats,
  WaitingReason,
} from '../../../src-preload/contract/index.ts'
import type { EntryActivity } from './entry-activity.ts'
import type { EntryResource } from './entry-resource.ts'
import { keyOf, presentOf, stateOf, totalOf } from './entry-views.ts'
import type { FileCacheParts } from './file-cache-parts.ts'
import type { EntryRow } from './index/entries.ts'

/** The whole cache, by rows. */
export function collectStats(parts: FileCacheParts): CacheStats {
  const { index, space, counts, downloads, checker } = parts
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
    trouble: troubleOf(parts),
    job: running === null ? null : jobOf(parts, running),
    jobsWaiting: waiting,
    check: checker.progress,
  }
}

/** The worst of it: what one does about a disk depends on whether it is there. */
function troubleOf({ isDiskPresent, space }: FileCacheParts): CacheStats['trouble'] {
  if (!isDiskPresent()) return 'cache-disk-missing'
  if (space.isFailing) return 'cache-disk-failing'
  return space.isFull ? 'disk-full' : null
}

function jobOf({ index, open }: FileCacheParts, entryId: number): CacheJob | null {
  const row = index.entries.byId(entryId)
  if (row === null) return null
  const bytesPerSecond = open.activity(entryId)?.rate.bytesPerSecond ?? null
  const { bytesTotal } = totalOf(row)
  return {
    key: keyOf(row),
    title: row.title,
    bytesPresent: presentOf(row),
    bytesTotal,
    bytesPerSecond,
    remainingMs: remainingMs(row, bytesTotal, bytesPerSecond),
  }
}

/** A player's wait shorter than this is not worth a word. */
const noticeableWaitMs = 300
/** A player that has so much ahead plays on. */
const resumeAheadMs = 5_000

/** One entry; nothing is known of a key that has none. */
export function collectCurrentStats(
  { index, open }: FileCacheParts,
  row: EntryRow | null,
  resource: EntryResource | null,
): CurrentStats {
  if (row === null || resource === null) return nothingKnown
  const { aheadMs, waitingReason, retryInMs } = resource.current()
  const activity = open.activity(row.id)
  const bytesPerSecond = activity?.rate.bytesPerSecond ?? null
  const { bytesTotal } = totalOf(row)
  const neededKbps = neededKbpsOf(row)
  const measuredKbps = bytesPerSecond === null ? null : Math.round((bytesPerSecond * 8) / 1000)
  const isTooLittle = neededKbps !== null && measuredKbps !== null && measuredKbps < neededKbps
  const waitingMs = activity === null ? null : waitingMsOf(activity, isTooLittle)
  const download = index.downloads.get(row.id)
  const parkedReason = download?.state === 'parked' ? (download.reason as WaitingReason | null) : null
  const isYielding = download?.state === 'running' && activity?.isHeld === true
  return {
    bytesPerSecond,
    bytesPerSecondNow: activity?.rate.bytesPerSecondNow ?? null,
    aheadMs,
    waitingReason:
      causeOf(waitingReason, waitingMs !== null && isTooLittle) ??
      parkedReason ??
      (isYielding ? 'player-first' : null),
    waitingMs,
    waitLeftMs: waitingMs === null ? null : waitLeftMs(retryInMs, aheadMs ?? 0, neededKbps, measuredKbps),
    neededKbps,
    measuredKbps,
    lastError: activity?.lastError ?? null,
    remainingMs: remainingMs(row, bytesTotal, bytesPerSecond),
    state: stateOf(row),
    bytesPresent: presentOf(row),
    bytesTotal,
    present: resource.present(),
  }
}

const nothingKnown: CurrentStats = {
  bytesPerSecond: null,
  bytesPerSecondNow: null,
  aheadMs: null,
  waitingReason: null,
  waitingMs: null,
  waitLeftMs: null,
  neededKbps: null,
  measuredKbps: null,
  lastError: null,
  remainingMs: null,
  state: 'none',
  bytesPresent: 0,
  bytesTotal: null,
  present: [],
}

/** A source that sends all the time and still too little is told from one that sends nothing. */
export function causeOf(reason: WaitingReason | null, isFedTooLittle: boolean): WaitingReason | null {
  return isFedTooLittle && (reason === null || reason === 'source-slow') ? 'link-too-slow' : reason
}

/** A player that takes all there is waits also while something comes, when that is less than it plays. */
export function waitingMsOf(
  { silentMs, hungryMs }: Pick<EntryActivity, 'silentMs' | 'hungryMs'>,
  isTooLittle: boolean,
): number | null {
  const isWaiting = silentMs > noticeableWaitMs || (isTooLittle && hungryMs > noticeableWaitMs)
  return isWaiting ? Math.round(Math.max(silentMs, hungryMs)) : null
}

/** Until the next attempt, or until there is enough to play on; null when nothing comes. */
export function waitLeftMs(
  retryInMs: number | null,
  aheadMs: number,
  neededKbps: number | null,
  measuredKbps: number | null,
): number | null {
  if (retryInMs !== null) return Math.round(retryInMs)
  if (neededKbps === null || measuredKbps === null || measuredKbps === 0) return null
  return Math.round((Math.max(0, resumeAheadMs - aheadMs) * neededKbps) / measuredKbps)
}

function neededKbpsOf(row: EntryRow): number | null {
  const { totalBytes, durationMs, bitrateKbps, kind } = row
  if (kind === 'hls' || totalBytes === null || durationMs === null || durationMs <= 0) return bitrateKbps
  return Math.round((totalBytes * 8) / durationMs)
}

function remainingMs(row: EntryRow, total: number | null, bytesPerSecond: number | null): number | null {
  if (total === null || bytesPerSecond === null || row.completedAt !== null) return null
  return Math.round((Math.max(0, total - presentOf(row)) / bytesPerSecond) * 1000)
}
