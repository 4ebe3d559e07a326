const magic = Buffer.from([0x89, 0x42, 0x49, 0x46, 0x0d, 0x0a, 0x1a, 0x0a])
const headerBytes = 64
const endMark = 0xffffffff

/**
 * The thumbnail at or before `atMs` of an index in the BIF format; the first for what is earlier, null when there is none or the index is
 * damaged. Layout: magic, at 12 the number of pictures, at 16 ms per unit of time (0: 1000), from 64 pairs of time and offset, each a
 * little-endian 32 bit number, closed by a pair of time 0xffffffff.
 */
export function findThumbnail(bif: Uint8Array, atMs: number): Uint8Array | null {
  const data = Buffer.from(bif.buffer, bif.byteOffset, bif.byteLength)
  if (data.length < headerBytes || !data.subarray(0, 8).equals(magic)) return null
  const count = data.readUInt32LE(12)
  const unitMs = data.readUInt32LE(16) || 1000
  if (count === 0 || headerBytes + (count + 1) * 8 > data.length) return null
  const timeOf = (index: number): number => data.readUInt32LE(headerBytes + index * 8)
  const offsetOf = (index: number): number => data.readUInt32LE(headerBytes + index * 8 + 4)
  if (timeOf(count) !== endMark) return null
  let [low, high] = [0, count - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (timeOf(middle) * unitMs <= atMs) low = middle
    else high = middle - 1
  }
  const [start, end] = [offsetOf(low), offsetOf(low + 1)]
  return start < end && start >= headerBytes && end <= data.length ? data.subarray(start, end) : null
}
