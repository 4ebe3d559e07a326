/**
 * What tells one version of a file from another. Null: not known, or not told.
 * `partKey` comes from metadata only, the validators from replies only.
 */
export interface Identity {
  readonly partKey: string | null
  readonly totalBytes: number | null
  /** As in the header, quotes and `W/` included. */
  readonly etag: string | null
  readonly lastModified: string | null
}

/** What a source's replies say of the file, apart from its size. */
export type Validators = Pick<Identity, 'etag' | 'lastModified'>

export const noValidators: Validators = { etag: null, lastModified: null }

/**
 * How much of the validators is trusted. Servers behind one address may each have their own: a source that contradicts itself is
 * taken less and less at its word, for as long as the program runs.
 */
export type Trust = 'etag' | 'last-modified' | 'size'

/** What decided. `nothing`: the two have nothing in common to go by. */
type Ground = 'part key' | 'size' | 'ETag' | 'Last-Modified' | 'nothing'

export interface Comparison {
  readonly isSame: boolean
  readonly ground: Ground
}

export const isStrongEtag = (etag: string | null): etag is string => etag?.startsWith('"') ?? false

/**
 * Whether two are the same bytes. Another size is another file, whatever else is said; then the first ground that both have decides, the
 * surest first: part key, strong ETag, Last-Modified, weak ETag, and at last the size alone.
 */
export function compareIdentity(kept: Identity, seen: Identity, trust: Trust): Comparison {
  if (differ(kept.totalBytes, seen.totalBytes)) return { isSame: false, ground: 'size' }
  for (const [ground, one, other] of grounds(kept, seen, trust))
    if (one !== null && other !== null) return { isSame: one === other, ground }
  const isSized = kept.totalBytes !== null && seen.totalBytes !== null
  return { isSame: true, ground: isSized ? 'size' : 'nothing' }
}

function grounds(
  kept: Identity,
  seen: Identity,
  trust: Trust,
): readonly (readonly [Ground, string | null, string | null])[] {
  const isStrong = isStrongEtag(kept.etag) && isStrongEtag(seen.etag)
  return [
    ['part key', kept.partKey, seen.partKey],
    ...(trust === 'etag' && isStrong ? [['ETag', kept.etag, seen.etag] as const] : []),
    ...(trust === 'size' ? [] : [['Last-Modified', kept.lastModified, seen.lastModified] as const]),
    ...(trust === 'etag' ? [['ETag', opaque(kept.etag), opaque(seen.etag)] as const] : []),
  ]
}

/** Whether only the size would tell this one from another: not worth much. */
export const isWeak = ({ etag, lastModified }: Validators): boolean =>
  !isStrongEtag(etag) && lastModified === null

/** What `If-Range` may be sent with; null when nothing is sure enough. RFC 9110, 13.1.5: never a weak ETag. */
export function ifRangeOf({ etag, lastModified }: Validators, trust: Trust): string | null {
  if (trust === 'size') return null
  return trust === 'etag' && isStrongEtag(etag) ? etag : lastModified
}

/** From the headers of a reply, names in lower case; what is not well formed counts as not told. */
export function validatorsOf(headers: Readonly<Record<string, string>>): Validators {
  const etag = headers['etag']?.trim() ?? ''
  const date = headers['last-modified']?.trim() ?? ''
  return {
    etag: /^(?:W\/)?"[\x21\x23-\x7e]{0,200}"$/.test(etag) ? etag : null,
    lastModified: /^[\x20-\x7e]{1,40}$/.test(date) && !Number.isNaN(Date.parse(date)) ? date : null,
  }
}

const differ = (one: number | null, other: number | null): boolean =>
  one !== null && other !== null && one !== other

const opaque = (etag: string | null): string | null => etag?.replace(/^W\//, '') ?? null
