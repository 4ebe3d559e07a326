import type { Item, ItemSummary } from '../../../src-preload/contract/index.ts'
import { useCall } from '../../lib/rpc/index.ts'

export interface Neighbours {
  readonly previous: ItemSummary | null
  readonly next: ItemSummary | null
}

const none: Neighbours = { previous: null, next: null }

/** The episodes before and after this one, across seasons; nothing for films. */
export function useNeighbours(item: Item | null): Neighbours {
  const isEpisode = item?.type === 'episode' && item.seasonRatingKey !== null
  const children = (ratingKey: string | null | undefined, isWanted: boolean) => ({
    params: { sourceId: item?.sourceId ?? ('' as never), ratingKey: ratingKey ?? '' },
    options: { enabled: isWanted && ratingKey != null, staleMs: 60_000 },
  })

  const own = children(item?.seasonRatingKey, isEpisode)
  const episodes = useCall('library.getChildren', own.params, own.options).data ?? []
  const at = episodes.findIndex(({ ratingKey }) => ratingKey === item?.ratingKey)
  const isFirst = at === 0
  const isLast = at !== -1 && at === episodes.length - 1

  const show = children(item?.showRatingKey, isEpisode && (isFirst || isLast))
  const seasons = useCall('library.getChildren', show.params, show.options).data ?? []
  const seasonAt = seasons.findIndex(({ ratingKey }) => ratingKey === item?.seasonRatingKey)
  const seasonBefore = seasonAt === -1 ? undefined : seasons[seasonAt - 1]
  const seasonAfter = seasonAt === -1 ? undefined : seasons[seasonAt + 1]

  const before = children(seasonBefore?.ratingKey, isFirst)
  const lastOfBefore = useCall('library.getChildren', before.params, before.options).data?.at(-1)
  const after = children(seasonAfter?.ratingKey, isLast)
  const firstOfAfter = useCall('library.getChildren', after.params, after.options).data?.at(0)

  if (!isEpisode || at === -1) return none
  return {
    previous: episodes[at - 1] ?? lastOfBefore ?? null,
    next: episodes[at + 1] ?? firstOfAfter ?? null,
  }
}
