import type { CacheEntry, CacheKey, CachedStatus, EntryState } from '../../../src-preload/contract/index.ts'
import type { CacheStream, ShelfEntry } from './handle.ts'
import type { EntryRow } from './index/entries.ts'
import type { GenerationRow, NewGeneration } from './index/generations.ts'
import type { MediaPlan } from './upstream.ts'

/** Rows as others see them. Pure: everything is known from the rows, so it is the same offline. */

export const keyOf = ({ sourceId, mediaId, quality }: EntryRow): CacheKey => ({
  sourceId,
  mediaId,
  quality,
})

export const keyText = ({ sourceId, mediaId, quality }: CacheKey): string =>
  JSON.stringify([sourceId, mediaId, quality])

/** What the qualities of one part share. */
export const titleText = (key: Pick<CacheKey, 'sourceId' | 'mediaId'>): string =>
  JSON.stringify([key.sourceId, key.mediaId])

export function stateOf(row: EntryRow): EntryState {
  if (row.completedAt !== null) return 'complete'
  if (row.downloadState === 'failed') return 'failed'
  if (row.downloadState !== null && row.isPaused !== 1) return 'filling'
  return presentOf(row) > 0 ? 'partial' : 'none'
}

/** All that lies on the disk of an entry: also the file that is being fetched to take its segments' place. */
export const presentOf = (row: EntryRow): number => row.bytesPresent + (row.makingBytes ?? 0)

/** Exact for files and finished copies; for the rest of the rungs bitrate × duration. */
export function totalOf(row: EntryRow): { bytesTotal: number | null; bytesTotalIsEstimate: boolean } {
  if (row.kind === 'file') return { bytesTotal: row.totalBytes, bytesTotalIsEstimate: false }
  if (row.completedAt !== null) return { bytesTotal: row.bytesPresent, bytesTotalIsEstimate: false }
  if (row.makingTotal !== null)
    return { bytesTotal: row.bytesPresent + row.makingTotal, bytesTotalIsEstimate: false }
  if (row.totalBytes !== null) return { bytesTotal: row.totalBytes, bytesTotalIsEstimate: true }
  if (row.bitrateKbps === null || row.durationMs === null)
    return { bytesTotal: null, bytesTotalIsEstimate: true }
  const estimate = Math.round((row.bitrateKbps * row.durationMs) / 8)
  return { bytesTotal: Math.max(estimate, presentOf(row)), bytesTotalIsEstimate: true }
}

export const toStream = (row: EntryRow): CacheStream => ({
  entryId: row.id,
  key: keyOf(row),
  kind: row.kind,
  mime: row.mime,
  complete: row.completedAt !== null,
  bytesPresent: presentOf(row),
  ...totalOf(row),
})

export const toShelfEntry = (row: EntryRow): ShelfEntry => ({
  key: keyOf(row),
  kind: row.kind,
  state: stateOf(row),
  isPinned: row.isPinned === 1,
  bytesPresent: presentOf(row),
  ...totalOf(row),
})

export const toCacheEntry = (row: EntryRow): CacheEntry => ({
  ...toShelfEntry(row),
  title: row.title,
  lastUsedAt: row.accessAt,
})

export function toStatus(row: EntryRow | null): CachedStatus {
  if (row === null) return { cached: false, state: 'none', bytesPresent: 0, bytesTotal: null }
  const state = stateOf(row)
  return {
    cached: state === 'complete',
    state,
    bytesPresent: presentOf(row),
    bytesTotal: totalOf(row).bytesTotal,
  }
}

/** The plan that a generation was begun with. */
export function planOf(row: EntryRow, generation: GenerationRow): MediaPlan {
  const base = {
    title: row.title,
    sourceName: row.sourceName,
    durationMs: generation.durationMs ?? 0,
    partKey: generation.partKey,
  }
  if (row.kind === 'file')
    return {
      ...base,
      kind: 'file',
      mime: generation.mime,
      bitrateKbps: generation.bitrateKbps,
      sizeBytes: generation.totalBytes,
    }
  return {
    ...base,
    kind: 'hls',
    mime: 'application/vnd.apple.mpegurl',
    bitrateKbps: generation.bitrateKbps ?? 0,
    segmentMs: generation.segmentMs ?? 0,
    profile: generation.profile ?? '',
  }
}

/** @param totalBytes when a reply told another size than the metadata */
export function sizeOf(plan: MediaPlan, totalBytes: number | null): number | null {
  const size = plan.kind === 'file' ? (totalBytes ?? plan.sizeBytes) : null
  return size !== null && size > 0 ? size : null
}

export function generationOf(
  plan: MediaPlan,
  {
    entryId,
    storeName,
    totalBytes,
    extentBytes,
  }: Pick<NewGeneration, 'entryId' | 'storeName' | 'totalBytes' | 'extentBytes'>,
): NewGeneration {
  return {
    entryId,
    storeName,
    partKey: plan.partKey,
    mime: plan.mime,
    totalBytes,
    extentBytes,
    durationMs: plan.durationMs,
    bitrateKbps: plan.bitrateKbps,
    segmentMs: plan.kind === 'hls' ? plan.segmentMs : null,
    profile: plan.kind === 'hls' ? plan.profile : null,
  }
}

/**
 * Why `plan` is about other bytes than this generation; null when it is the same. Another profile alone is not worth a complete copy.
 */
export function replacementReason(
  generation: GenerationRow,
  plan: MediaPlan,
  kind: MediaPlan['kind'] = plan.kind,
): string | null {
  if (plan.partKey !== generation.partKey) return 'the file changed on the server'
  // A rung that is held as a finished file is not asked how it would be transcoded now.
  if (plan.kind === 'file' || kind === 'file' || generation.completedAt !== null) return null
  const isSame = plan.profile === generation.profile && plan.segmentMs === generation.segmentMs
  return isSame ? null : 'it is transcoded differently now'
}
