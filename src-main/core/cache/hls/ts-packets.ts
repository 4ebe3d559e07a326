/** MPEG transport stream packets (ISO/IEC 13818-1, 2.4.3): header fields and where the payload lies. */
export interface TsPacket {
  readonly pid: number
  /** A PES packet or a table begins here. */
  readonly isUnitStart: boolean
  /** `random_access_indicator`: null where the packet has no adaptation field to say it in. */
  readonly isRandomAccess: boolean | null
  readonly payload: Uint8Array
}

export const tsPacketBytes = 188
const syncByte = 0x47

/** True when packets begin at every multiple of 188 to the end. */
export function isTransportStream(bytes: Uint8Array): boolean {
  if (bytes.length === 0 || bytes.length % tsPacketBytes !== 0) return false
  for (let at = 0; at < bytes.length; at += tsPacketBytes) if (bytes[at] !== syncByte) return false
  return true
}

/** The packets of a stream that {@link isTransportStream}; those marked as damaged or scrambled are left out. */
export function* tsPackets(bytes: Uint8Array): Generator<TsPacket> {
  for (let at = 0; at + tsPacketBytes <= bytes.length; at += tsPacketBytes) {
    const packet = bytes.subarray(at, at + tsPacketBytes)
    const [, high = 0, low = 0, flags = 0, adaptationLength = 0, adaptationFlags = 0] = packet
    const isDamaged = (high & 0x80) !== 0
    const isScrambled = (flags & 0xc0) !== 0
    if (isDamaged || isScrambled) continue
    const hasAdaptation = (flags & 0x20) !== 0
    const hasPayload = (flags & 0x10) !== 0
    yield {
      pid: ((high & 0x1f) << 8) | low,
      isUnitStart: (high & 0x40) !== 0,
      isRandomAccess: hasAdaptation && adaptationLength > 0 ? (adaptationFlags & 0x40) !== 0 : null,
      payload: hasPayload
        ? packet.subarray(hasAdaptation ? 5 + adaptationLength : 4)
        : packet.subarray(tsPacketBytes),
    }
  }
}

/** Timestamps count 90 000 a second and wrap at 33 bits. */
export const ptsPerSecond = 90_000
export const ptsWrap = 2 ** 33

/** A timestamp in the five bytes at `at` (2.4.3.7): pieces of 3, 15 and 15 bits, each followed by a marker bit; null without those. */
function timestampAt(bytes: Uint8Array, at: number): number | null {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = bytes.subarray(at, at + 5)
  if ((a & 1) === 0 || (c & 1) === 0 || (e & 1) === 0) return null
  return ((a >> 1) & 7) * 2 ** 30 + (((b << 7) | (c >> 1)) << 15) + ((d << 7) | (e >> 1))
}

/** PTS of a PES packet from its first bytes; null when this is not one or carries none. */
export function pesPts(payload: Uint8Array): number | null {
  if (payload.length < 14 || payload[0] !== 0 || payload[1] !== 0 || payload[2] !== 1) return null
  return ((payload[7] ?? 0) & 0x80) === 0 ? null : timestampAt(payload, 9)
}

/** DTS of a PES packet, which is its PTS where it has none of its own. */
export function pesDts(payload: Uint8Array): number | null {
  const hasDts = payload.length >= 19 && ((payload[7] ?? 0) & 0xc0) === 0xc0
  return hasDts ? timestampAt(payload, 14) : pesPts(payload)
}

/** What is inside a PES packet that begins with `payload`; empty when the header goes on in the next. */
export const pesData = (payload: Uint8Array): Uint8Array => payload.subarray(9 + (payload[8] ?? 0))

/** The signed way from one timestamp to another, across the wrap where that is shorter. */
export function ptsDistance(from: number, to: number): number {
  const distance = (((to - from) % ptsWrap) + ptsWrap) % ptsWrap
  return distance >= ptsWrap / 2 ? distance - ptsWrap : distance
}
