import { useQueryClient } from '@tanstack/react-query'
import type { Item, ItemSummary } from '../../../src-preload/contract/index.ts'
import { callKey, useAct } from '../../lib/rpc/index.ts'

/** Marks as watched or not; the page shows it at once, and goes back when the core refuses. */
export function useSetWatched(
  item: Pick<ItemSummary, 'sourceId' | 'ratingKey'>,
): (isWatched: boolean) => void {
  const queries = useQueryClient()
  const act = useAct('library.setWatched')
  return (isWatched) => {
    const params = { sourceId: item.sourceId, ratingKey: item.ratingKey }
    const key = callKey('library.getItem', params)
    const before = queries.getQueryData<Item>(key)
    queries.setQueryData<Item>(key, (was) => was && { ...was, isWatched, positionMs: null })
    act.mutate(
      { ...params, isWatched },
      {
        onError: () => queries.setQueryData(key, before),
        onSettled: () => {
          for (const method of [
            'library.getItem',
            'library.getChildren',
            'library.getHome',
            'library.getItems',
          ]) {
            void queries.invalidateQueries({ queryKey: [method] })
          }
        },
      },
    )
  }
}
