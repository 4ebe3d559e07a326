import type { SegmentContainer, SegmentGrid } from './segment-grid.ts'

/** Sequence number of the initialisation part in the index. */
export const initSeq = -1

const extensions: Readonly<Record<SegmentContainer, string>> = { ts: 'ts', fmp4: 'm4s' }

/** How a segment is called in the local playlist: `0.ts`, `0.m4s`, `init.mp4`. */
export function segmentName(container: SegmentContainer, seq: number): string {
  return seq === initSeq ? 'init.mp4' : `${seq}.${extensions[container]}`
}

/** The sequence number behind a name; null when the grid has no such segment. Only the exact spelling counts. */
export function segmentSeq(grid: SegmentGrid, name: string): number | null {
  if (name === 'init.mp4') return grid.container === 'fmp4' ? initSeq : null
  const seq = Number.parseInt(name, 10)
  const isThere = seq >= 0 && seq < grid.durationsUs.length
  return isThere && segmentName(grid.container, seq) === name ? seq : null
}

/** Content type of a segment of this container. */
export function segmentMime(container: SegmentContainer): string {
  return container === 'ts' ? 'video/mp2t' : 'video/mp4'
}
