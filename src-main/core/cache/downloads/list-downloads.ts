import type { Download, ErrorCode, WaitingReason } from '../../../../src-preload/contract/index.ts'
import { keyOf, totalOf } from '../entry-views.ts'
import type { FileCacheParts } from '../file-cache-parts.ts'
import type { DownloadRow } from '../index/downloads.ts'
import type { EntryRow } from '../index/entries.ts'

/** Everything that somebody wants all of and that is not all here, in the order in which it is fetched. */
export function listDownloads({ index, open, downloads }: FileCacheParts): readonly Download[] {
  return index.downloads.all().flatMap((download) => {
    const row = index.entries.byId(download.entryId)
    if (row === null || row.completedAt !== null) return []
    const isRunning = downloads.runningEntryId === row.id
    const state = isRunning ? 'running' : stateOf(download)
    const activity = isRunning ? open.activity(row.id) : null
    const bytesPerSecond = activity?.rate.bytesPerSecond ?? null
    const bytes = bytesOf(row)
    const left = bytes.bytesTotal === null ? null : Math.max(0, bytes.bytesTotal - bytes.bytesPresent)
    return {
      key: keyOf(row),
      title: row.title,
      isPinned: row.isPinned === 1,
      state,
      reason: activity?.isHeld === true ? 'player-first' : reasonOf(download, state),
      madeShare: downloads.shareMade(row.id),
      ...bytes,
      bytesPerSecond,
      remainingMs: left === null || !bytesPerSecond ? null : Math.round((left / bytesPerSecond) * 1000),
    }
  })
}

function stateOf({ state, isPaused }: DownloadRow): Download['state'] {
  if (isPaused === 1) return 'paused'
  return state === 'running' ? 'waiting' : state
}

function reasonOf({ reason }: DownloadRow, state: Download['state']): WaitingReason | ErrorCode | null {
  return state === 'parked' || state === 'failed' ? (reason as WaitingReason | ErrorCode | null) : null
}

/** Of the file that is fetched, where there is one: the segments that it replaces are no part of it. */
function bytesOf(row: EntryRow): Pick<Download, 'bytesPresent' | 'bytesTotal' | 'bytesTotalIsEstimate'> {
  if (row.makingId === null) return { bytesPresent: row.bytesPresent, ...totalOf(row) }
  return { bytesPresent: row.makingBytes ?? 0, bytesTotal: row.makingTotal, bytesTotalIsEstimate: false }
}
