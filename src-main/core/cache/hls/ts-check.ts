import type { SegmentFacts, SegmentRefusal } from './segment-check.ts'
import { median } from './median.ts'
import { tsConfig } from './ts-config.ts'
import { isTransportStream, pesDts, pesPts, ptsDistance, tsPacketBytes, tsPackets } from './ts-packets.ts'
import { readTsProgram, type TsProgram } from './ts-programs.ts'

/** Looks at a whole MPEG-TS segment. */
export function checkTsSegment(bytes: Uint8Array): SegmentFacts | SegmentRefusal {
  if (bytes.length <= tsPacketBytes && (bytes.length === 0 || bytes[0] === 0x47)) return { refused: 'blank' }
  if (bytes[0] !== 0x47) return { refused: 'not-media' }
  if (bytes.length % tsPacketBytes !== 0) return { refused: 'truncated' }
  if (!isTransportStream(bytes)) return { refused: 'not-media' }
  const program = readTsProgram(bytes)
  if (program === null) return { refused: 'no-tables' }
  return program.video === null ? { refused: 'no-video' } : pictureFacts(bytes, program, program.video.pid)
}

function pictureFacts(
  bytes: Uint8Array,
  program: TsProgram,
  videoPid: number,
): SegmentFacts | SegmentRefusal {
  let first: { readonly pts: number; readonly dts: number; readonly isKeyframe: boolean | null } | null = null
  /** After the first picture's, in ticks. */
  const times: number[] = []
  for (const packet of tsPackets(bytes)) {
    if (packet.pid !== videoPid || !packet.isUnitStart) continue
    const pts = pesPts(packet.payload)
    if (pts === null) continue
    first ??= { pts, dts: pesDts(packet.payload) ?? pts, isKeyframe: packet.isRandomAccess }
    times.push(ptsDistance(first.pts, pts))
  }
  if (first === null) return { refused: 'no-video' }
  times.sort((a, b) => a - b)
  const distances = times.slice(1).map((time, index) => time - (times[index] ?? 0))
  const frameTicks = distances.length > 0 ? median(distances) : null
  // Encoders hold pictures back by whole ones, and two that hold back differently do not go together.
  const delay = frameTicks === null ? 0 : Math.round(ptsDistance(first.dts, first.pts) / frameTicks)
  return {
    firstPts: first.pts,
    lastPts: first.pts + (times.at(-1) ?? 0),
    frameTicks,
    longestFrameTicks: distances.length > 0 ? Math.max(...distances) : null,
    startsWithKeyframe: first.isKeyframe,
    config: tsConfig(bytes, program, delay),
  }
}
