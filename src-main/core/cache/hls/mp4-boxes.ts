/** One box (ISO/IEC 14496-12, 4.2): its four letters and what is inside. */
export interface Box {
  readonly name: string
  readonly body: Uint8Array
}

/** The boxes of a stretch of bytes; null when they do not fill it exactly. */
export function readBoxes(bytes: Uint8Array): Box[] | null {
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

/** Those of this name; none when the boxes could not be read. */
export const boxesNamed = (boxes: readonly Box[] | null, name: string): Box[] =>
  boxes?.filter((box) => box.name === name) ?? []

/** The first box along a path of names. */
export const descend = (box: Box | undefined, ...path: string[]): Box | undefined =>
  path.reduce<Box | undefined>((at, name) => at && boxesNamed(readBoxes(at.body), name)[0], box)

/** Four bytes of a box as a number; null when it is shorter. */
export const wordAt = (box: Box | undefined, at: number): number | null =>
  box !== undefined && at + 4 <= box.body.length
    ? new DataView(box.body.buffer, box.body.byteOffset).getUint32(at)
    : null

export interface Mp4Track {
  readonly id: number
  readonly timescale: number
  readonly isVideo: boolean
  /** Of one sample, in its time scale, where fragments do not say (`trex`). */
  readonly defaultDuration: number
  readonly defaultFlags: number
}

/** The tracks of an initialisation part, as far as they can be read. */
export function readTracks(init: Uint8Array): Mp4Track[] {
  const moov = boxesNamed(readBoxes(init), 'moov')[0]
  const boxes = moov ? readBoxes(moov.body) : null
  const defaults = boxesNamed(readBoxes(descend(moov, 'mvex')?.body ?? new Uint8Array()), 'trex')
  return boxesNamed(boxes, 'trak').flatMap((trak) => {
    const mdia = descend(trak, 'mdia')
    const tkhd = descend(trak, 'tkhd')
    const mdhd = descend(mdia, 'mdhd')
    const id = wordAt(tkhd, tkhd?.body[0] === 1 ? 20 : 12)
    const timescale = wordAt(mdhd, mdhd?.body[0] === 1 ? 20 : 12)
    if (id === null || timescale === null || timescale === 0) return []
    const trex = defaults.find((box) => wordAt(box, 4) === id)
    return {
      id,
      timescale,
      isVideo: wordAt(descend(mdia, 'hdlr'), 8) === 0x76696465,
      defaultDuration: wordAt(trex, 12) ?? 0,
      defaultFlags: wordAt(trex, 20) ?? 0,
    }
  })
}

/** `tfdt`, a fragment's time in its track's scale: 32 or 64 bits by version. */
export function decodeTime(box: Box | undefined): number | null {
  const high = wordAt(box, 4)
  if (box?.body[0] !== 1 || high === null) return high
  const low = wordAt(box, 8)
  return low === null ? null : high * 2 ** 32 + low
}
