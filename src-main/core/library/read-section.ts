import type { Clock } from '../base/clock.ts'
import type { PlexItemType, PlexSection } from '../plex/model.ts'
import { sectionListId, type ItemStore } from './item-store.ts'
import type { LibraryClient } from './library-port.ts'

interface ReadSectionOptions {
  readonly store: ItemStore
  readonly client: LibraryClient
  readonly clock: Clock
  readonly sourceId: string
  readonly section: PlexSection
}

/** Rows per request: a few hundred kilobytes, a few ms of writing. */
const pageSize = 200
/** Against a server whose totals never end. */
const mostPages = 5000

export const listedType = (section: PlexSection): PlexItemType => (section.type === 'show' ? 'show' : 'movie')

/**
 * Reads a section from its first title to its last and remembers it as the whole of it: what it no longer lists is gone.
 * Returns true when anything differs from before. A section that moved while it was read only adds: the next reading decides.
 */
export async function readWholeSection(options: ReadSectionOptions, signal: AbortSignal): Promise<boolean> {
  const { store, client, clock, sourceId, section } = options
  const listId = sectionListId(section.key)
  const keys = new Set<string>()
  let hasChanged = false
  let isSteady = true
  let firstTotal: number | null = null
  let rows = 0
  for (let page = 0; page < mostPages; page += 1) {
    signal.throwIfAborted()
    // By places, not by rows received: the client leaves out what it cannot read.
    const offset = page * pageSize
    const query = { type: listedType(section), offset, limit: pageSize, sort: 'titleSort' } as const
    const { items, total } = await client.getSectionItems(section.key, query, signal)
    firstTotal ??= total
    isSteady &&= total === firstTotal
    hasChanged = store.putListed(sourceId, items, section.key, clock.now()) || hasChanged
    for (const item of items) keys.add(item.ratingKey)
    rows += items.length
    if (items.length === 0 || offset + pageSize >= total) break
  }
  if (!isSteady || keys.size !== rows) {
    // Rows slid between pages. What was never whole stays so; what was keeps its titles until a steady reading.
    if (!store.hasList(sourceId, listId)) return hasChanged
    for (const key of store.getListKeys(sourceId, listId)) keys.add(key)
  }
  const gone = store.getSectionKeys(sourceId, section.key, 'title').filter((key) => !keys.has(key))
  store.markGone(sourceId, gone, clock.now())
  return store.putList(sourceId, listId, [...keys], clock.now()) || hasChanged || gone.length > 0
}
