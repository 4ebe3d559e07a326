import type { MediaId } from '../../../src-preload/contract/index.ts'
import type { PlexItem } from '../plex/model.ts'
import { mediaIdsOf } from './item-details.ts'
import type { ItemStore } from './item-store.ts'

type Items = Pick<ItemStore, 'get' | 'getByParent'>

/** The media of a title and, for a show or a season, of all episodes below it that are remembered. */
export function mediaBelow(items: Items, sourceId: string, ratingKey: string): readonly MediaId[] {
  const item = items.get(sourceId, ratingKey)?.item
  const own = item ? mediaIdsOf(item) : []
  const below = items.getByParent(sourceId, ratingKey)
  return [...own, ...below.flatMap((child) => mediaBelow(items, sourceId, child.ratingKey))]
}

/** The episode after this one, into the next season too; null for the last one, for films, and where it was never listed. */
export function nextEpisode(items: Items, sourceId: string, ratingKey: string): PlexItem | null {
  const item = items.get(sourceId, ratingKey)?.item
  if (item?.type !== 'episode') return null
  const isAfter = (index: number | null, other: number | null): boolean =>
    index !== null && other !== null && other > index
  const next = childrenOf(items, sourceId, item.parentRatingKey).find(({ index }) =>
    isAfter(item.index, index),
  )
  if (next) return next
  const season = childrenOf(items, sourceId, item.grandparentRatingKey).find(({ index }) =>
    isAfter(item.parentIndex, index),
  )
  return childrenOf(items, sourceId, season?.ratingKey ?? null)[0] ?? null
}

const childrenOf = (items: Items, sourceId: string, ratingKey: string | null): readonly PlexItem[] =>
  ratingKey === null ? [] : items.getByParent(sourceId, ratingKey)
