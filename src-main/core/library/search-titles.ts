import type { SourceId } from '../../../src-preload/contract/index.ts'
import type { PlexItem } from '../plex/model.ts'
import { foldText, rankTitle } from './fold-text.ts'
import type { LibraryMemory } from './library-memory.ts'
import type { LibrarySources } from './library-port.ts'

/** How long the servers are waited for: titles are remembered as well. */
const patienceMs = 4_000
const mostFound = 100
const typeOrder = ['movie', 'show', 'episode', 'season']

export interface FoundTitle {
  readonly sourceId: SourceId
  readonly item: PlexItem
}

/** Titles of all servers that fit the words, the best first, at most 100. A server that does not answer leaves what is remembered of it. */
export async function searchTitles(
  { memory, sources }: { readonly memory: LibraryMemory; readonly sources: LibrarySources },
  text: string,
  signal?: AbortSignal,
): Promise<readonly FoundTitle[]> {
  const query = foldText(text)
  if (query === '') return []
  const searchSource = async (sourceId: SourceId, isOffline: boolean): Promise<FoundTitle[]> => {
    const items = new Map<string, PlexItem>()
    if (!isOffline) {
      const patience = AbortSignal.timeout(patienceMs)
      const either = signal ? AbortSignal.any([signal, patience]) : patience
      const client = sources.getClient(sourceId)
      const found = await client.search(text, either).catch(() => [])
      memory.putListed(sourceId, found, null)
      for (const item of found) if (item.type !== 'season') items.set(item.ratingKey, item)
    }
    for (const item of memory.store.search(sourceId, query, mostFound)) items.set(item.ratingKey, item)
    return [...items.values()].map((item) => ({ sourceId, item }))
  }
  const known = sources.getSources()
  const found = await Promise.all(
    known.map(({ sourceId, connection }) => searchSource(sourceId, connection === 'offline')),
  )
  signal?.throwIfAborted()
  return found
    .flat()
    .map((title) => ({ title, rank: rankTitle(foldText(title.item.title), query) ?? 9 }))
    .sort((a, b) => a.rank - b.rank || compareItems(a.title.item, b.title.item))
    .slice(0, mostFound)
    .map(({ title }) => title)
}

const compareItems = (a: PlexItem, b: PlexItem): number =>
  typeOrder.indexOf(a.type) - typeOrder.indexOf(b.type) || a.titleSort.localeCompare(b.titleSort)
