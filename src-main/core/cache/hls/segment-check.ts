import { checkFmp4Init, checkFmp4Segment } from './fmp4-check.ts'
import type { SegmentContainer } from './segment-grid.ts'
import { initSeq } from './segment-name.ts'
import { checkTsSegment } from './ts-check.ts'

/** What a sound segment says of itself. Timestamps in 90 kHz ticks of the stream's own clock. */
export interface SegmentFacts {
  /** Of the first picture; null for initialisation parts. */
  readonly firstPts: number | null
  /** Of the picture shown last; beyond 2^33 where the clock wraps within the segment. */
  readonly lastPts: number | null
  /** The usual distance of pictures in ticks; null when it cannot be told. */
  readonly frameTicks: number | null
  /** The longest distance of two pictures. */
  readonly longestFrameTicks: number | null
  /** Whether decoding can start here; null when the segment does not say. */
  readonly startsWithKeyframe: boolean | null
  /** Equal for segments that one decoder plays one after the other; null when the segment does not say. */
  readonly config: string | null
}

/** Why bytes are not a segment. `blank`: the server has nothing there yet, which Plex says with one empty packet. */
export interface SegmentRefusal {
  readonly refused: 'blank' | 'truncated' | 'not-media' | 'no-tables' | 'no-video'
}

/**
 * Tells a segment from what servers send instead of one: an empty packet, half a segment, a web page.
 * `init`: the initialisation part, for the time scale of fMP4 segments.
 */
export function checkSegment(
  container: SegmentContainer,
  seq: number,
  bytes: Uint8Array,
  init: Uint8Array | null = null,
): SegmentFacts | SegmentRefusal {
  if (container === 'fmp4') return seq === initSeq ? checkFmp4Init(bytes) : checkFmp4Segment(bytes, init)
  return checkTsSegment(bytes)
}
