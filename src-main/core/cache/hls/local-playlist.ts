import type { MediaPlaylist } from './playlist-model.ts'
import type { SegmentGrid } from './segment-grid.ts'

/** Where the pieces of a local playlist come from. */
export interface LocalNames {
  /** The address of a piece, relative to the playlist: nothing of server, session or token can be in it. */
  nameOf(seq: number): string
  /** The address of the initialisation part that goes with a segment. */
  initNameOf(seq: number): string
  /** Whether a segment does not go with the one before it. */
  isBreak(seq: number): boolean
}

/** The playlist of a whole title of `count` segments with local names. */
export function localPlaylist(grid: SegmentGrid, count: number, names: LocalNames): MediaPlaylist {
  const isFmp4 = grid.container === 'fmp4'
  return {
    kind: 'media',
    targetDurationS: grid.targetDurationS,
    mediaSequence: 0,
    segments: grid.durationsUs.slice(0, count).map((durationUs, seq) => ({
      uri: names.nameOf(seq),
      durationUs,
      isDiscontinuity: names.isBreak(seq),
      byteRange: null,
      map: isFmp4 ? { uri: names.initNameOf(seq), byteRange: null, key: null } : null,
      key: null,
    })),
  }
}
