import type { StrandView } from './alignment.ts'
import { clockOf } from './alignment.ts'
import { gridSignature, type SegmentGrid } from './segment-grid.ts'
import { initSeq } from './segment-name.ts'
import type { EpochRow, SegmentRow } from './segment-rows.ts'

/**
 * Segments that go with one another: each joins its neighbours, one decoder plays them all, on one clock. Sessions that agree add to the
 * same strand; one that does not begins another.
 */
export interface Strand {
  /** Its first epoch. */
  readonly id: number
  readonly grid: SegmentGrid
  readonly signature: string
  /** Null until a segment was looked at. */
  config: string | null
  /** How far its clock runs ahead of the film, in 90 kHz ticks modulo 2^33; null until a segment said. */
  clock: number | null
  /** How many segments there really are: playlists may list more than ever come. */
  end: number
  /** What is kept of it, by sequence number. */
  readonly rows: Map<number, SegmentRow>
}

export function newStrand(
  id: number,
  grid: SegmentGrid,
  config: string | null,
  clock: number | null,
): Strand {
  const end = grid.durationsUs.length
  return { id, grid, signature: gridSignature(grid), config, clock, end, rows: new Map() }
}

/** The first piece of a title: its initialisation part, where there is one. */
export const firstPiece = (grid: SegmentGrid): number => (grid.container === 'fmp4' ? initSeq : 0)

const pieceCount = ({ grid, end }: Strand): number => end - firstPiece(grid)

export const isWhole = (strand: Strand): boolean => strand.rows.size === pieceCount(strand)

/** How much of the title is kept, 0 to 1. */
export const coverageOf = (strand: Strand): number => strand.rows.size / pieceCount(strand)

/** The strands that rows tell of, oldest first; `strayBytes` are those of rows that cannot be placed. */
export function readStrands(
  epochs: readonly EpochRow[],
  segments: readonly SegmentRow[],
  gridOf: (text: string) => SegmentGrid | null,
): { readonly strands: Strand[]; readonly strayBytes: number } {
  const strands = new Map<number, Strand>()
  for (const epoch of epochs) {
    const grid = strands.has(epoch.strand) ? null : gridOf(epoch.segmentGrid)
    if (grid === null) continue
    const strand = newStrand(epoch.strand, grid, epoch.config, epoch.clockTicks)
    strand.end = Math.min(strand.end, epoch.endsAt ?? strand.end)
    strands.set(epoch.strand, strand)
  }
  const strandOf = new Map(epochs.map(({ id, strand }) => [id, strands.get(strand)]))
  let strayBytes = 0
  for (const row of segments) {
    const strand = strandOf.get(row.epochId)
    if (strand !== undefined && row.seq < strand.end && !strand.rows.has(row.seq))
      strand.rows.set(row.seq, row)
    else strayBytes += row.sizeBytes
  }
  for (const strand of strands.values()) strand.clock ??= clockOfRows(strand)
  return { strands: [...strands.values()], strayBytes }
}

/** For rows of before clocks were written down. */
function clockOfRows({ grid, rows }: Strand): number | null {
  const placed = [...rows.values()].filter(({ seq, firstPts }) => seq >= 0 && firstPts !== null)
  const row = placed.find(({ seq }) => seq > 0) ?? placed[0]
  return row === undefined ? null : clockOf(grid, row.seq, { ...row, longestFrameTicks: null })
}

/** How a strand looks to a segment at `seq` of a session that is not in it yet. */
export function viewOf(strand: Strand, seq: number): StrandView {
  const at = (other: number): StrandView['before'] => {
    const row = strand.rows.get(other)
    return row === undefined || other < 0 ? null : { ...row, longestFrameTicks: null }
  }
  return { clock: strand.clock, config: strand.config, before: at(seq - 1), after: at(seq + 1) }
}
