import { asMediaId, type MediaId } from '../../../src-preload/contract/index.ts'

/** What a media id names: one file of one version of one item. */
export interface MediaAddress {
  readonly ratingKey: string
  /** Plex `Media.id`. Its position in `Media[]` changes when versions come and go; the id does not. */
  readonly versionId: string
  /** Plex `Part.id`. */
  readonly partId: string
}

/** Injective: `:` joins, and `encodeURIComponent` escapes it inside the fields. */
export function formatMediaId(address: MediaAddress): MediaId {
  return asMediaId([address.ratingKey, address.versionId, address.partId].map(encodeURIComponent).join(':'))
}

/** Null when `mediaId` was not made by `formatMediaId`. */
export function parseMediaId(mediaId: string): MediaAddress | null {
  const fields = mediaId.split(':')
  if (fields.length !== 3 || fields.some((field) => field === '')) return null
  try {
    const [ratingKey = '', versionId = '', partId = ''] = fields.map(decodeURIComponent)
    const address = { ratingKey, versionId, partId }
    // Only the canonical spelling is an id: two spellings of one id would be two cache entries.
    return formatMediaId(address) === mediaId ? address : null
  } catch {
    return null
  }
}
