import type { ItemSummary, MediaId, Quality, SourceId } from '../../../src-preload/contract/index.ts'

const segments = (...parts: readonly string[]): string => `/${parts.map(encodeURIComponent).join('/')}`

export const libraryPath = (sourceId: SourceId, sectionId: string): string =>
  segments('library', sourceId, sectionId)

export const itemPath = (item: Pick<ItemSummary, 'sourceId' | 'ratingKey'>): string =>
  segments('item', item.sourceId, item.ratingKey)

export const searchPath = (query: string): string =>
  query === '' ? '/search' : `/search?${new URLSearchParams({ q: query }).toString()}`

export interface PlayTarget {
  readonly sourceId: SourceId
  readonly ratingKey: string
  readonly mediaId: MediaId
  /** Left out, the planner chooses. */
  readonly quality?: Quality
  /** Where to begin; left out, where it was left. */
  readonly positionMs?: number
}

/** The player's address: `/play/<source>/<item>?media=…&quality=…&t=<ms>`. */
export function playPath({ sourceId, ratingKey, mediaId, quality, positionMs }: PlayTarget): string {
  const query = new URLSearchParams({ media: mediaId })
  if (quality !== undefined) query.set('quality', quality)
  if (positionMs !== undefined) query.set('t', String(Math.round(positionMs)))
  return `${segments('play', sourceId, ratingKey)}?${query.toString()}`
}

/** A picture's address at a size in CSS pixels; a screen gets its own pixels, to twice the size at most. */
export function pictureUrl(path: string, width: number, height: number, pixelRatio: number): string {
  const ratio = Math.min(2, Math.max(1, pixelRatio))
  const separator = path.includes('?') ? '&' : '?'
  return `${path}${separator}w=${Math.round(width * ratio)}&h=${Math.round(height * ratio)}`
}
