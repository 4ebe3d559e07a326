import { ptsWrap, tsPacketBytes } from './ts-packets.ts'

/** Stream ids whose PES packets have no header to hold timestamps (ISO/IEC 13818-1, 2.4.3.7). */
const headless: ReadonlySet<number> = new Set([0xbc, 0xbe, 0xbf, 0xf0, 0xf1, 0xf2, 0xf8, 0xff])

/**
 * A copy of a transport stream whose clocks run `ticks` of 90 kHz later (earlier when negative), modulo 2^33: PCR and OPCR of the
 * packets, PTS, DTS and ESCR of the PES packets. Everything else stays to the bit. Null when a timestamp cannot be got at:
 * scrambled, or torn over two packets.
 */
export function shiftTs(bytes: Uint8Array, ticks: number): Uint8Array | null {
  const copy = Uint8Array.from(bytes)
  for (let at = 0; at + tsPacketBytes <= copy.length; at += tsPacketBytes)
    if (!shiftPacket(copy.subarray(at, at + tsPacketBytes), ticks)) return null
  return copy
}

/** False when the packet holds a timestamp that cannot be got at. */
function shiftPacket(packet: Uint8Array, ticks: number): boolean {
  const [, high = 0, , flags = 0, adaptationLength = 0, adaptationFlags = 0] = packet
  const hasAdaptation = (flags & 0x20) !== 0
  if (hasAdaptation && adaptationLength > 0) {
    const hasPcr = (adaptationFlags & 0x10) !== 0
    const hasOpcr = (adaptationFlags & 0x08) !== 0
    const needed = 1 + (hasPcr ? 6 : 0) + (hasOpcr ? 6 : 0)
    if (adaptationLength < needed || 5 + needed > packet.length) return !(hasPcr || hasOpcr)
    if (hasPcr) shiftPcr(packet, 6, ticks)
    if (hasOpcr) shiftPcr(packet, hasPcr ? 12 : 6, ticks)
  }
  const hasPayload = (flags & 0x10) !== 0
  const isUnitStart = (high & 0x40) !== 0
  if (!hasPayload || !isUnitStart) return true
  if ((flags & 0xc0) !== 0) return false
  return shiftPes(packet.subarray(hasAdaptation ? 5 + adaptationLength : 4), ticks)
}

/** True as well for tables, and for PES packets without timestamps. */
function shiftPes(payload: Uint8Array, ticks: number): boolean {
  if (payload[0] !== 0 || payload[1] !== 0 || payload[2] !== 1 || headless.has(payload[3] ?? 0)) return true
  // The header's first nine bytes say what else is in it.
  if (payload.length < 9) return false
  const [, , , , , , , flags = 0] = payload
  const hasPts = (flags & 0x80) !== 0
  const hasDts = (flags & 0xc0) === 0xc0
  const hasEscr = (flags & 0x20) !== 0
  const end = 9 + (hasPts ? 5 : 0) + (hasDts ? 5 : 0) + (hasEscr ? 6 : 0)
  if (end === 9) return true
  if (payload.length < end) return false
  if (hasPts && !shiftTimestamp(payload, 9, ticks)) return false
  if (hasDts && !shiftTimestamp(payload, 14, ticks)) return false
  if (hasEscr) shiftEscr(payload, end - 6, ticks)
  return true
}

const later = (time: number, ticks: number): number => (((time + ticks) % ptsWrap) + ptsWrap) % ptsWrap

/** Five bytes: four bits of prefix, then 3, 15 and 15 bits of time, each followed by a marker bit. */
function shiftTimestamp(bytes: Uint8Array, at: number, ticks: number): boolean {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = bytes.subarray(at, at + 5)
  if ((a & 1) === 0 || (c & 1) === 0 || (e & 1) === 0) return false
  const time = ((a >> 1) & 7) * 2 ** 30 + (((b << 7) | (c >> 1)) << 15) + ((d << 7) | (e >> 1))
  const shifted = later(time, ticks)
  const low = shifted % 2 ** 30
  bytes[at] = (a & 0xf1) | (Math.floor(shifted / 2 ** 30) << 1)
  bytes[at + 1] = low >> 22
  bytes[at + 2] = ((low >> 14) & 0xfe) | 1
  bytes[at + 3] = low >> 7
  bytes[at + 4] = ((low << 1) & 0xfe) | 1
  return true
}

/** Six bytes: 33 bits in 90 kHz, six reserved, and a fraction that stays. */
function shiftPcr(bytes: Uint8Array, at: number, ticks: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const last = bytes[at + 4] ?? 0
  const shifted = later(view.getUint32(at) * 2 + (last >> 7), ticks)
  view.setUint32(at, Math.floor(shifted / 2))
  bytes[at + 4] = (last & 0x7f) | ((shifted % 2) << 7)
}

/** Six bytes: two reserved bits, 3, 15 and 15 bits of time between marker bits, and a fraction that stays. */
function shiftEscr(bytes: Uint8Array, at: number, ticks: number): void {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = bytes.subarray(at, at + 5)
  const top = (a >> 3) & 7
  const middle = ((a & 3) << 13) | (b << 5) | (c >> 3)
  const bottom = ((c & 3) << 13) | (d << 5) | (e >> 3)
  const shifted = later(top * 2 ** 30 + middle * 2 ** 15 + bottom, ticks)
  const low = shifted % 2 ** 30
  const [mid, bot] = [low >> 15, low & 0x7fff]
  bytes[at] = (a & 0xc4) | (Math.floor(shifted / 2 ** 30) << 3) | (mid >> 13)
  bytes[at + 1] = mid >> 5
  bytes[at + 2] = (c & 0x04) | ((mid << 3) & 0xf8) | (bot >> 13)
  bytes[at + 3] = bot >> 5
  bytes[at + 4] = (e & 0x07) | ((bot << 3) & 0xf8)
}
