import { randomFillSync } from 'node:crypto'

export const mebibyte = 1024 * 1024
/** No multiple of anything else here, so that bytes at the wrong place are the wrong bytes. */
const patternBytes = 4 * mebibyte + 4099
const pattern = randomFillSync(Buffer.alloc(patternBytes))

/** Files are named by what they are: `/<size in MiB>/<any name>.bin`. All of one origin have the same bytes. */
export function sizeOfPath(path: string): number | null {
  const match = /^\/(?<size>[1-9]\d{0,5})\/[\w.-]+\.bin$/.exec(path)
  return match?.groups === undefined ? null : Number(match.groups['size']) * mebibyte
}

/** Up to `length` bytes from `position`. */
export function bytesAt(position: number, length: number): Buffer {
  const from = position % patternBytes
  return pattern.subarray(from, Math.min(from + length, patternBytes))
}
