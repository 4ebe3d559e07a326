import type { SegmentFacts, SegmentRefusal } from './segment-check.ts'
import { ptsPerSecond } from './ts-packets.ts'

/** One box (ISO/IEC 14496-12, 4.2): its four letters and what is inside. */
interface Box {
  readonly name: string
  readonly body: Uint8Array
}

/** The boxes of a stretch of bytes; null when they do not fill it exactly. */
function readBoxes(bytes: Uint8Array): Box[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const boxes: Box[] = []
  for (let at = 0; at < bytes.length;) {
    if (at + 8 > bytes.length) return null
    let size = view.getUint32(at)
    let header = 8
    if (size === 1) {
      if (at + 16 > bytes.length) return null
      size = Number(view.getBigUint64(at + 8))
      header = 16
    }
    // Size 0, "to the end of the file", cannot tell a whole segment from half a one.
    if (size < header || at + size > bytes.length) return null
    boxes.push({
      name: String.fromCharCode(...bytes.subarray(at + 4, at + 8)),
      body: bytes.subarray(at + header, at + size),
    })
    at += size
  }
  return boxes
}

const inside = (boxes: readonly Box[] | null, name: string): Box[] =>
  boxes?.filter((box) => box.name === name) ?? []

const descend = (box: Box | undefined, ...path: string[]): Box | undefined =>
  path.reduce<Box | undefined>((at, name) => at && inside(readBoxes(at.body), name)[0], box)

const word = (box: Box | undefined, at: number): number | null =>
  box !== undefined && at + 4 <= box.body.length
    ? new DataView(box.body.buffer, box.body.byteOffset).getUint32(at)
    : null

const noFacts: SegmentFacts = { firstPts: null, lastPts: null, frameTicks: null, startsWithKeyframe: null }

export function checkFmp4Init(bytes: Uint8Array): SegmentFacts | SegmentRefusal {
  if (bytes.length === 0) return { refused: 'blank' }
  const boxes = readBoxes(bytes)
  if (inside(boxes, 'moov').length === 0) return { refused: boxes === null ? 'truncated' : 'not-media' }
  return videoTrack(bytes) === null ? { refused: 'no-video' } : noFacts
}

/** `init` may be unknown yet: then the times stay unknown too. */
export function checkFmp4Segment(bytes: Uint8Array, init: Uint8Array | null): SegmentFacts | SegmentRefusal {
  if (bytes.length === 0) return { refused: 'blank' }
  const boxes = readBoxes(bytes)
  if (boxes === null) return { refused: isBoxName(bytes.subarray(4, 8)) ? 'truncated' : 'not-media' }
  const fragments = inside(boxes, 'moof')
  if (fragments.length === 0) return { refused: 'not-media' }
  if (!inside(boxes, 'mdat').some(({ body }) => body.length > 0)) return { refused: 'blank' }
  const track = init === null ? null : videoTrack(init)
  if (track === null) return noFacts
  for (const fragment of fragments) {
    for (const traf of inside(readBoxes(fragment.body), 'traf')) {
      if (word(descend(traf, 'tfhd'), 4) !== track.id) continue
      const time = decodeTime(descend(traf, 'tfdt'))
      if (time === null) continue
      return { ...noFacts, firstPts: Math.round((time * ptsPerSecond) / track.timescale) }
    }
  }
  return { refused: 'no-video' }
}

const isBoxName = (bytes: Uint8Array): boolean => /^[A-Za-z0-9 ]{4}$/.test(String.fromCharCode(...bytes))

/** `tfdt`: 32 or 64 bits by version. */
function decodeTime(box: Box | undefined): number | null {
  const high = word(box, 4)
  if (box?.body[0] !== 1 || high === null) return high
  const low = word(box, 8)
  return low === null ? null : high * 2 ** 32 + low
}

function videoTrack(init: Uint8Array): { readonly id: number; readonly timescale: number } | null {
  const moov = inside(readBoxes(init), 'moov')[0]
  for (const trak of inside(moov ? readBoxes(moov.body) : null, 'trak')) {
    const mdia = descend(trak, 'mdia')
    const isVideo = word(descend(mdia, 'hdlr'), 8) === 0x76696465
    const tkhd = descend(trak, 'tkhd')
    const mdhd = descend(mdia, 'mdhd')
    const id = word(tkhd, tkhd?.body[0] === 1 ? 20 : 12)
    const timescale = word(mdhd, mdhd?.body[0] === 1 ? 20 : 12)
    if (isVideo && id !== null && timescale !== null && timescale > 0) return { id, timescale }
  }
  return null
}
