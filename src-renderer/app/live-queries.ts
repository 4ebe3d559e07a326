import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import type { CacheKey, Item, MethodName, Source, Topics } from '../../src-preload/contract/index.ts'
import { callKey, useTopicListener, useWireStatus } from '../lib/rpc/index.ts'
import { throttle } from '../lib/throttle.ts'
import { applyTheme } from './theme.ts'

const lists: readonly MethodName[] = [
  'library.getHome',
  'library.getItems',
  'library.getChildren',
  'library.search',
]
const keptLists: readonly MethodName[] = [
  'library.getKept',
  'library.getHome',
  'library.getItems',
  'library.getChildren',
]

const invalidate = (queries: QueryClient, methods: readonly MethodName[]): void => {
  for (const method of methods) void queries.invalidateQueries({ queryKey: [method] })
}

/** Puts a changed entry into the details that show it, so that bars move without asking. */
function patchItem(item: Item, change: Topics['cache.entryChanged']): Item {
  const isSame = (mediaId: CacheKey['mediaId']): boolean => mediaId === change.key.mediaId
  if (!item.versions.some((version) => version.parts.some((part) => isSame(part.mediaId)))) return item
  return {
    ...item,
    versions: item.versions.map((version) => ({
      ...version,
      parts: version.parts.map((part) =>
        isSame(part.mediaId)
          ? {
              ...part,
              qualities: part.qualities.map((option) =>
                option.quality === change.key.quality
                  ? { ...option, bytesPresent: change.bytesPresent, complete: change.complete }
                  : option,
              ),
            }
          : part,
      ),
    })),
  }
}

const connectionsOf = (sources: readonly Source[]): string =>
  sources.map(({ sourceId, connection }) => `${sourceId} ${connection}`).join('\n')

/** Keeps every answer the page holds in step with the core. Mount once. */
export function useLiveQueries(): void {
  const queries = useQueryClient()
  const status = useWireStatus()

  const refresh = useMemo(
    () => ({
      // Bars move by patches; the rest of what an entry's change touches follows at a calmer pace.
      entries: throttle(
        () => invalidate(queries, ['cache.getEntries', 'cache.getDownloads', 'library.getSpace']),
        1000,
      ),
      details: throttle(() => invalidate(queries, ['library.getItem']), 2000),
      kept: throttle(() => invalidate(queries, keptLists), 3000),
      library: throttle(
        () => invalidate(queries, [...lists, 'library.getSections', 'library.getItem', 'library.getKept']),
        1500,
      ),
    }),
    [queries],
  )
  useEffect(() => () => Object.values(refresh).forEach((each) => each.cancel()), [refresh])

  useTopicListener('cache.stats', (stats) => {
    queries.setQueryData(callKey('cache.getStats', {}), stats)
    // Speeds and reasons move without any entry's change.
    refresh.entries()
  })
  useTopicListener('settings.changed', (settings) => {
    queries.setQueryData(callKey('settings.get', {}), settings)
    applyTheme(settings.theme)
    // They say what Automatic stands for.
    refresh.details()
  })
  useTopicListener('library.sources', (sources) => {
    const key = callKey('library.getSources', {})
    const before = queries.getQueryData<readonly Source[]>(key) ?? []
    queries.setQueryData(key, sources)
    if (connectionsOf(before) !== connectionsOf(sources)) refresh.library()
  })
  useTopicListener('library.changed', refresh.library)
  useTopicListener('cache.entryChanged', (change) => {
    queries.setQueriesData<Item>({ queryKey: ['library.getItem'] }, (item) =>
      item === undefined ? item : patchItem(item, change),
    )
    refresh.entries()
    refresh.details()
    if (change.complete || change.removed) refresh.kept()
  })

  useEffect(() => {
    // After the core was away nothing the page holds is certain.
    if (status === 'down') return () => void queries.invalidateQueries()
    return undefined
  }, [status, queries])
}
