import { useQueries, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import type { ItemSummary, ParamsOf } from '../../../src-preload/contract/index.ts'
import { callKey, useRpc } from '../../lib/rpc/index.ts'

/** Small enough for one quick answer, large enough that a screenful needs at most two. */
const pageSize = 60

export type GridQuery = Omit<ParamsOf<'library.getItems'>, 'offset' | 'limit'>

/** The items of the pages that `first…last` touches. Pages in the middle of a library come without those before them. */
export function useGridItems(
  query: GridQuery,
  first: number,
  last: number,
): {
  readonly itemAt: (index: number) => ItemSummary | undefined
  readonly titleAt: (index: number) => Promise<string | null>
} {
  const client = useRpc()
  const queries = useQueryClient()
  const firstPage = Math.floor(Math.max(0, first) / pageSize)
  const lastPage = Math.floor(Math.max(0, last) / pageSize)

  const optionsOf = useCallback(
    (page: number) => {
      const params = { ...query, offset: page * pageSize, limit: pageSize }
      return {
        queryKey: callKey('library.getItems', params),
        queryFn: ({ signal }: { signal: AbortSignal }) => client.call('library.getItems', params, signal),
      }
    },
    [client, query],
  )

  const pages = useQueries({
    queries: Array.from({ length: lastPage - firstPage + 1 }, (_, index) => optionsOf(firstPage + index)),
  })

  const itemAt = (index: number): ItemSummary | undefined =>
    pages[Math.floor(index / pageSize) - firstPage]?.data?.items[index % pageSize]

  const titleAt = useMemo(
    () =>
      async (index: number): Promise<string | null> => {
        const page = await queries.fetchQuery(optionsOf(Math.floor(index / pageSize)))
        return page.items[index % pageSize]?.title ?? null
      },
    [queries, optionsOf],
  )
  return { itemAt, titleAt }
}
