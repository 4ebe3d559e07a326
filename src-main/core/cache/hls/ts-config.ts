import { createHash } from 'node:crypto'
import { parameterSets } from './parameter-sets.ts'
import { pesData, tsPackets } from './ts-packets.ts'
import type { TsProgram } from './ts-programs.ts'

/** Parameter sets stand before the first picture's slices. */
const maxPictureBytes = 64 * 1024

/**
 * Names how a segment is packed and encoded: its streams, the picture's parameter sets, the sound's header, and by how many
 * pictures decoding runs ahead. Segments of two sessions can be decoded as one stream when this is equal.
 */
export function tsConfig(bytes: Uint8Array, program: TsProgram, delayPictures: number): string {
  const { video, aac, streams, pcrPid } = program
  const hash = createHash('sha256')
  hash.update(`${pcrPid}|${streams.map(({ type, pid }) => `${type}:${pid}`).join()}|${delayPictures}`)
  if (video !== null)
    for (const set of parameterSets(video.type, firstUnit(bytes, video.pid, maxPictureBytes))) {
      hash.update('|')
      hash.update(set)
    }
  if (aac !== null) hash.update(`|${adtsText(firstUnit(bytes, aac.pid, 7))}`)
  return hash.digest('hex').slice(0, 32)
}

/** The beginning of the first PES packet's data, over as many packets as it takes. */
function firstUnit(bytes: Uint8Array, pid: number, maxBytes: number): Uint8Array {
  const pieces: Uint8Array[] = []
  let length = 0
  for (const packet of tsPackets(bytes)) {
    if (packet.pid !== pid) continue
    if (packet.isUnitStart && pieces.length > 0) break
    if (!packet.isUnitStart && pieces.length === 0) continue
    const piece = pieces.length === 0 ? pesData(packet.payload) : packet.payload
    pieces.push(piece)
    length += piece.length
    if (length >= maxBytes) break
  }
  return Buffer.concat(pieces)
}

/** Profile, sampling rate and channels of an ADTS header (ISO/IEC 13818-7, 6.2.1). */
function adtsText(header: Uint8Array): string {
  if (header.length < 4 || header[0] !== 0xff) return 'none'
  const [, , second = 0, third = 0] = header
  return `${second >> 6} ${(second >> 2) & 0x0f} ${((second & 1) << 2) | (third >> 6)}`
}
