import type { Ranges } from '../ranges.ts'

/** Playback time that stays behind a reader: a short jump back needs no server. */
const backMs = 120_000
/** Playback time ahead of a reader that stays: what was fetched for it. */
const aheadMs = 60_000

export interface PlayedFile {
  readonly extentBytes: number
  readonly totalBytes: number
  readonly durationMs: number
  readonly durable: Ranges
  /** Where readers are, or lately were. */
  readonly positions: readonly number[]
}

/**
 * Extents of a file that were played and can go so that `neededBytes` come free, farthest behind first: only such as lie behind somebody who
 * plays, near nobody, and neither the first nor the last, where players look for the index. All of them when they are not enough.
 */
export function extentsToDrop(file: PlayedFile, neededBytes: number): number[] {
  const { extentBytes, totalBytes, durationMs, durable, positions } = file
  const last = Math.floor((totalBytes - 1) / extentBytes)
  const bytesPerMs = durationMs > 0 ? totalBytes / durationMs : extentBytes / backMs
  const backBytes = bytesPerMs * backMs
  const aheadBytes = Math.max(extentBytes, bytesPerMs * aheadMs)
  const playHead = Math.max(-1, ...positions.filter((position) => Math.floor(position / extentBytes) < last))
  const isNear = (start: number, end: number): boolean =>
    positions.some((position) => start < position + aheadBytes && end > position - backBytes)
  const chosen: number[] = []
  let freed = 0
  for (let index = 1; index < last && freed < neededBytes; index += 1) {
    const start = index * extentBytes
    const end = start + extentBytes
    if (end > playHead - backBytes) break
    const present = durable.within(start, end).reduce((sum, span) => sum + span.end - span.start, 0)
    if (present === 0 || isNear(start, end)) continue
    chosen.push(index)
    freed += present
  }
  return chosen
}
