import type { HomeRow, ItemSummary, SourceId } from '../../../src-preload/contract/index.ts'
import type { PlexItem } from '../plex/model.ts'
import { toSpoolError } from '../spool-error.ts'
import { continueRow, mergeStarted, offlineRow, recentRow, type StartedTitle } from './home-rows.ts'
import { continueListId, recentListId } from './item-store.ts'
import { watchState } from './item-summary.ts'
import type { KeptTitles } from './kept-index.ts'
import type { LibraryMemory } from './library-memory.ts'
import type { LibrarySources, PositionLookup } from './library-port.ts'

export interface HomeContext {
  readonly memory: LibraryMemory
  readonly sources: LibrarySources
  readonly positions: PositionLookup
  readonly kept: KeptTitles
  readonly summarise: (sourceId: SourceId, item: PlexItem, kept: KeptTitles) => ItemSummary
}

const mostStarted = 24
const mostRecent = 24

/** The rows of Home, empty ones left out. A source that does not answer contributes what is remembered of it. */
export async function buildHome(context: HomeContext, signal?: AbortSignal): Promise<readonly HomeRow[]> {
  const sources = context.sources.getSources()
  const perSource = await Promise.all(
    sources.map(async (source) => ({
      started: await readStarted(context, source.sourceId, signal),
      recent: await readRecent(context, source, signal),
    })),
  )
  signal?.throwIfAborted()
  const started = [...perSource.flatMap((rows) => rows.started), ...startedHere(context)]
  const offline = keptSummaries(context).filter((summary) => summary.kept.some((quality) => quality.complete))
  return [
    continueRow(mergeStarted(started, mostStarted)),
    offlineRow(offline, keptBytes(context, offline)),
    ...perSource.flatMap((rows) => rows.recent),
  ].filter((row) => row.items.length > 0)
}

/** Titles of which something is kept, complete ones first, then by name. */
export function keptSummaries({ memory, sources, kept, summarise }: HomeContext): readonly ItemSummary[] {
  const known = new Set<string>(sources.getSources().map((source) => source.sourceId))
  return kept.titles
    .filter(({ sourceId }) => known.has(sourceId))
    .flatMap(({ sourceId, ratingKey }) => {
      const stored = memory.store.get(sourceId, ratingKey)
      return stored ? [summarise(sourceId as SourceId, stored.item, kept)] : []
    })
    .sort((a, b) => Number(hasComplete(b)) - Number(hasComplete(a)) || a.title.localeCompare(b.title))
}

const hasComplete = (summary: ItemSummary): boolean => summary.kept.some((quality) => quality.complete)

const keptBytes = ({ kept }: HomeContext, titles: readonly ItemSummary[]): number =>
  titles
    .flatMap((title) => kept.get(title.sourceId, title.ratingKey))
    .reduce((sum, entry) => sum + entry.bytesPresent, 0)

async function readStarted(
  { memory, positions, kept, summarise }: HomeContext,
  sourceId: SourceId,
  signal?: AbortSignal,
): Promise<readonly StartedTitle[]> {
  await settled(memory.ensureContinueWatching(sourceId, signal))
  return memory.store.getListItems(sourceId, continueListId).flatMap((item) => {
    const local = positions.get(sourceId, item.ratingKey)
    const state = watchState(item, local)
    // Finished here; the server will say so when it has heard.
    if (local?.isWatched === true && state.viewedAt === local.updatedAt) return []
    return [{ summary: summarise(sourceId, item, kept), viewedAt: state.viewedAt }]
  })
}

/** What was begun on this computer, whether the server knows or not. */
function startedHere({ memory, sources, positions, kept, summarise }: HomeContext): readonly StartedTitle[] {
  const known = new Set<string>(sources.getSources().map((source) => source.sourceId))
  return (positions.getStarted?.(mostStarted) ?? []).flatMap(({ sourceId, ratingKey, isWatched }) => {
    const stored = known.has(sourceId) && !isWatched ? memory.store.get(sourceId, ratingKey) : null
    if (!stored) return []
    const summary = summarise(sourceId as SourceId, stored.item, kept)
    // The server's word may be newer: finished, or begun again, on another device.
    if (summary.positionMs === null) return []
    return [{ summary, viewedAt: watchState(stored.item, positions.get(sourceId, ratingKey)).viewedAt }]
  })
}

async function readRecent(
  { memory, kept, summarise }: HomeContext,
  source: { readonly sourceId: SourceId; readonly name: string },
  signal?: AbortSignal,
): Promise<readonly HomeRow[]> {
  const { sourceId } = source
  const sections = (await settled(memory.getSections(sourceId, signal))) ?? memory.store.getSections(sourceId)
  return Promise.all(
    sections.map(async (section) => {
      await settled(memory.ensureRecentlyAdded(sourceId, section.key, mostRecent, signal))
      const items = memory.store.getListItems(sourceId, recentListId(section.key))
      return recentRow(
        source,
        section,
        items.map((item) => summarise(sourceId, item, kept)),
      )
    }),
  )
}

/** Null for a source that cannot answer now: Home shows what there is. What is a mistake of ours still throws. */
async function settled<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (thrown) {
    if (toSpoolError(thrown).code === 'internal') throw thrown
    return null
  }
}
