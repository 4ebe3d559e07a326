const h264 = 0x1b
const hevc = 0x24

/** Whether the NAL unit that begins with this byte holds parameters of all pictures: SPS, PPS, and VPS where there is one. */
function isParameterSet(streamType: number, head: number): boolean {
  if (streamType === h264) return (head & 0x1f) === 7 || (head & 0x1f) === 8
  const type = (head >> 1) & 0x3f
  return streamType === hevc && type >= 32 && type <= 34
}

/** The parameter sets in a stretch of an H.264 or HEVC byte stream (Annex B), in order. */
export function parameterSets(streamType: number, data: Uint8Array): Uint8Array[] {
  const sets: Uint8Array[] = []
  let begin = nextUnit(data, 0)
  while (begin < data.length) {
    const next = nextUnit(data, begin)
    // Without the start code that follows, whether of three bytes or of four, and stuffing.
    let end = next < data.length ? next - 3 : data.length
    while (end > begin && data[end - 1] === 0) end -= 1
    if (isParameterSet(streamType, data[begin] ?? 0)) sets.push(data.subarray(begin, end))
    begin = next
  }
  return sets
}

/** The first byte after the next start code; the end when there is none. */
function nextUnit(data: Uint8Array, from: number): number {
  for (let at = from; at + 3 < data.length; at += 1)
    if (data[at] === 0 && data[at + 1] === 0 && data[at + 2] === 1) return at + 3
  return data.length
}
