/** What a request's `Range` asks of a resource of known size. Offsets in bytes, half open. */
export type RangeChoice =
  | { readonly kind: 'full' }
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'unsatisfiable' }

const full: RangeChoice = { kind: 'full' }
const unsatisfiable: RangeChoice = { kind: 'unsatisfiable' }

/**
 * Chooses what to send, after RFC 9110 section 14: one range is honoured; a header that is malformed, of another unit or
 * of several ranges is ignored, as a server may; one that lies beyond the end is unsatisfiable.
 */
export function chooseRange(header: string | null, sizeBytes: number): RangeChoice {
  const range = readRange(header)
  if (range === null) return full
  const { first, last } = range
  if (first === null) {
    if (last === 0 || sizeBytes === 0) return unsatisfiable
    return { kind: 'part', start: Math.max(0, sizeBytes - (last ?? 0)), end: sizeBytes }
  }
  // A last position before the first makes the header invalid, not the range empty.
  if (last !== null && last < first) return full
  if (first >= sizeBytes) return unsatisfiable
  return { kind: 'part', start: first, end: last === null ? sizeBytes : Math.min(sizeBytes, last + 1) }
}

/** The two numbers of one range as they stand there; without the first one, the last counts from the end. Null when it is ignored. */
export function readRange(
  header: string | null,
): { readonly first: number | null; readonly last: number | null } | null {
  const match = /^bytes=[ \t]*(?<first>\d*)-(?<last>\d*)[ \t]*$/i.exec(header ?? '')
  const first = match?.groups?.['first'] ?? ''
  const last = match?.groups?.['last'] ?? ''
  if (first === '' && last === '') return null
  return { first: first === '' ? null : toOffset(first), last: last === '' ? null : toOffset(last) }
}

/** Digits of any length: more than a number can hold is beyond the end of everything. */
const toOffset = (digits: string): number => Math.min(Number(digits), Number.MAX_SAFE_INTEGER - 1)

/**
 * Whether `If-Range` allows the range to be honoured: it names this very version by a strong ETag.
 * A date never does: what is served here has none.
 */
export const allowsRange = (ifRange: string | null, etag: string): boolean =>
  ifRange === null || ifRange.trim() === etag
