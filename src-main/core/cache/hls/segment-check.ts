import { checkFmp4Init, checkFmp4Segment } from './fmp4-check.ts'
import type { SegmentContainer } from './segment-grid.ts'
import { initSeq } from './segment-name.ts'
import { isTransportStream, pesPts, ptsDistance, tsPacketBytes, tsPackets } from './ts-packets.ts'
import { readTsProgram } from './ts-programs.ts'

/** What a sound segment says of itself. Timestamps in 90 kHz ticks of the stream's own clock. */
export interface SegmentFacts {
  /** Of the first picture; null for initialisation parts. */
  readonly firstPts: number | null
  readonly lastPts: number | null
  /** Mean distance of pictures in ticks; null when it cannot be told. */
  readonly frameTicks: number | null
  /** Whether decoding can start here; null when the segment does not say. */
  readonly startsWithKeyframe: boolean | null
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

function checkTsSegment(bytes: Uint8Array): SegmentFacts | SegmentRefusal {
  if (bytes.length <= tsPacketBytes && (bytes.length === 0 || bytes[0] === 0x47)) return { refused: 'blank' }
  if (bytes[0] !== 0x47) return { refused: 'not-media' }
  if (bytes.length % tsPacketBytes !== 0) return { refused: 'truncated' }
  if (!isTransportStream(bytes)) return { refused: 'not-media' }
  const program = readTsProgram(bytes)
  if (program === null) return { refused: 'no-tables' }
  return program.videoPid === null ? { refused: 'no-video' } : pictureFacts(bytes, program.videoPid)
}

function pictureFacts(bytes: Uint8Array, videoPid: number): SegmentFacts | SegmentRefusal {
  let firstPts: number | null = null
  let startsWithKeyframe: boolean | null = null
  let latest = 0
  let pictures = 0
  for (const packet of tsPackets(bytes)) {
    if (packet.pid !== videoPid || !packet.isUnitStart) continue
    const pts = pesPts(packet.payload)
    if (pts === null) continue
    if (firstPts === null) {
      firstPts = pts
      startsWithKeyframe = packet.isRandomAccess
    }
    pictures += 1
    latest = Math.max(latest, ptsDistance(firstPts, pts))
  }
  if (firstPts === null) return { refused: 'no-video' }
  return {
    firstPts,
    lastPts: firstPts + latest,
    frameTicks: pictures > 1 ? latest / (pictures - 1) : null,
    startsWithKeyframe,
  }
}
