interface Headers {
  get(name: string): string | null
}

/**
 * What `If-Match` and `If-None-Match` leave of a request to read what has this strong ETag, after RFC 9110, 13.2.2. Dates are ignored: what is
 * served here has none.
 */
export function judgePreconditions(headers: Headers, etag: string): 'go' | 'failed' | 'not-modified' {
  const match = headers.get('if-match')
  if (match !== null && !names(match, etag)) return 'failed'
  const noneMatch = headers.get('if-none-match')
  // Compared weakly, the other one strongly (RFC 9110, 8.8.3.2).
  return noneMatch !== null && names(noneMatch.replaceAll('W/"', '"'), etag) ? 'not-modified' : 'go'
}

/** `*`, or a list of tags; a comma may stand within a tag, but not in one of ours. */
const names = (list: string, etag: string): boolean =>
  list.trim() === '*' || list.split(',').some((tag) => tag.trim() === etag)
