/** `bytes <start>-<last>/<total>` as a half-open span; `total` null for `*`. Null when it is not that. RFC 9110, 14.4. */
export function parseContentRange(
  header: string | undefined,
): { readonly start: number; readonly end: number; readonly total: number | null } | null {
  const match = /^\s*bytes\s+(\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)\s*$/i.exec(header ?? '')
  if (match === null) return null
  const start = Number(match[1])
  const end = Number(match[2]) + 1
  const total = match[3] === '*' ? null : Number(match[3])
  return end <= start || (total !== null && end > total) ? null : { start, end, total }
}

/** The whole size that a 416 tells after the star; null when the header is not that. */
export function parseUnsatisfiedTotal(header: string | undefined): number | null {
  const match = /^\s*bytes\s+\*\/(\d{1,15})\s*$/i.exec(header ?? '')
  return match === null ? null : Number(match[1])
}
