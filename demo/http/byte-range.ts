/** A range of bytes, both ends included. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

/**
 * Reads a `Range` header for a file of `sizeBytes`: null to send everything (no header, or one that is not understood),
 * 'unsatisfiable' for 416. Of several ranges only the first is served.
 */
export function parseByteRange(
  header: string | undefined,
  sizeBytes: number,
): ByteRange | 'unsatisfiable' | null {
  const [, start, end] = /^bytes=(\d*)-(\d*)(?:,|$)/.exec(header?.replaceAll(' ', '') ?? '') ?? []
  if (start === undefined || end === undefined || (start === '' && end === '')) return null
  if (start === '') {
    const length = Math.min(Number(end), sizeBytes)
    return length > 0 ? { first: sizeBytes - length, last: sizeBytes - 1 } : 'unsatisfiable'
  }
  const first = Number(start)
  const last = end === '' ? sizeBytes - 1 : Math.min(Number(end), sizeBytes - 1)
  if (first >= sizeBytes) return 'unsatisfiable'
  return first <= last ? { first, last } : null
}
