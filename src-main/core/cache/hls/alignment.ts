import type { SegmentGrid } from './segment-grid.ts'
import { ptsDistance, ptsPerSecond, ptsWrap } from './ts-packets.ts'

/** A segment as its timestamps place it. */
export interface PlacedSegment {
  readonly seq: number
  /** 90 kHz ticks; null when the segment does not say. */
  readonly firstPts: number | null
}

/** Sessions place their first picture at the first frame at or after the grid line, so up to a frame apart. */
const toleranceTicks = 0.05 * ptsPerSecond

/**
 * Whether two segments of different sessions lie on one timeline: first timestamp minus place on the grid must agree
 * within 50 ms, or one frame where frames are longer. Encoders that copy, or that begin from the seek point, do not.
 */
export function areAligned(
  grid: SegmentGrid,
  a: PlacedSegment,
  b: PlacedSegment,
  frameTicks: number | null,
): boolean {
  if (a.firstPts === null || b.firstPts === null) return false
  const offset = ({ seq }: PlacedSegment, firstPts: number): number =>
    (firstPts - (grid.startsUs[seq] ?? 0) * (ptsPerSecond / 1e6) + ptsWrap) % ptsWrap
  const apart = Math.abs(ptsDistance(offset(a, a.firstPts), offset(b, b.firstPts)))
  return apart <= Math.max(toleranceTicks, frameTicks ?? 0)
}

/** `keep`: it fits. `replace`: forget what was kept and begin anew with this session. `pass`: play it, keep nothing of it. */
export type Verdict = 'keep' | 'replace' | 'pass'

export interface Fit {
  readonly isAligned: boolean
  readonly purpose: 'play' | 'fill'
  /** How much of the title is kept, 0 to 1. */
  readonly coverage: number
  /** Whether this entry has already been begun anew since it was opened. */
  readonly hasReplaced: boolean
}

/**
 * What to do with a segment. Segments that are not aligned are never mixed. A second session that does not fit says that this
 * server's sessions do not fit each other, so nothing is given up for it again; and what is mostly here is not given up for a look.
 */
export function judgeFit({ isAligned, purpose, coverage, hasReplaced }: Fit): Verdict {
  if (isAligned) return 'keep'
  if (hasReplaced) return 'pass'
  return purpose === 'play' && coverage >= 0.5 ? 'pass' : 'replace'
}
