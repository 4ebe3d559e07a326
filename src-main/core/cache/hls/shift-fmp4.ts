import { boxesNamed, descend, readBoxes, readTracks, wordAt, type Box } from './mp4-boxes.ts'
import { ptsPerSecond } from './ts-packets.ts'

/**
 * A copy of a fragmented MP4 segment whose fragments lie `ticks` of 90 kHz later (earlier when negative): `tfdt` of every track in
 * that track's scale, and `sidx`. Null when a time cannot be got at, or would not fit.
 */
export function shiftFmp4(segment: Uint8Array, init: Uint8Array, ticks: number): Uint8Array | null {
  const copy = Uint8Array.from(segment)
  const scales = new Map(readTracks(init).map(({ id, timescale }) => [id, timescale]))
  const boxes = readBoxes(copy)
  for (const moof of boxesNamed(boxes, 'moof'))
    for (const traf of boxesNamed(readBoxes(moof.body), 'traf')) {
      const scale = scales.get(wordAt(descend(traf, 'tfhd'), 4) ?? -1)
      const tfdt = descend(traf, 'tfdt')
      if (scale === undefined || tfdt === undefined) return null
      if (!shiftTime(tfdt, 4, Math.round((ticks * scale) / ptsPerSecond))) return null
    }
  for (const sidx of boxesNamed(boxes, 'sidx')) {
    const scale = wordAt(sidx, 8)
    if (scale === null || !shiftTime(sidx, 12, Math.round((ticks * scale) / ptsPerSecond))) return null
  }
  return copy
}

/** Moves the time at `at`, of 32 or 64 bits by the box's version. False when it does not fit. */
function shiftTime({ body }: Box, at: number, by: number): boolean {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const isLong = body[0] === 1
  if (at + (isLong ? 8 : 4) > body.length) return false
  const time = (isLong ? Number(view.getBigUint64(at)) : view.getUint32(at)) + by
  if (time < 0 || time > (isLong ? Number.MAX_SAFE_INTEGER : 0xffffffff)) return false
  if (isLong) view.setBigUint64(at, BigInt(time))
  else view.setUint32(at, time)
  return true
}
