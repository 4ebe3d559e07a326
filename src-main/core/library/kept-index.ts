import type { CacheEntry, KeptQuality } from '../../../src-preload/contract/index.ts'
import type { FileCacheHandle } from '../cache/handle.ts'
import type { PlexItem } from '../plex/model.ts'
import { ladder } from '../quality/ladder.ts'
import { qualityLabel } from '../quality/quality-label.ts'
import { parseQuality } from '../quality/quality-name.ts'
import { formatMediaId, parseMediaId } from './media-id.ts'

/** What is kept, by title. A snapshot. */
export interface KeptTitles {
  /** Entries of one item that hold something; empty when none do. */
  get(sourceId: string, ratingKey: string): readonly CacheEntry[]
  readonly titles: readonly { readonly sourceId: string; readonly ratingKey: string }[]
}

/** Reads the cache's entries again only after one of them changed. */
export class KeptIndex implements Disposable {
  readonly #cache: Pick<FileCacheHandle, 'getEntries'>
  readonly #watching: Disposable
  #snapshot: Promise<KeptTitles> | null = null

  constructor(cache: Pick<FileCacheHandle, 'getEntries' | 'onEntryChange'>) {
    this.#cache = cache
    this.#watching = cache.onEntryChange(() => (this.#snapshot = null))
  }

  get(): Promise<KeptTitles> {
    const snapshot = (this.#snapshot ??= this.#cache.getEntries().then(groupByTitle))
    // A failure is not remembered.
    snapshot.catch(() => {
      if (this.#snapshot === snapshot) this.#snapshot = null
    })
    return snapshot
  }

  [Symbol.dispose](): void {
    this.#watching[Symbol.dispose]()
  }
}

export function groupByTitle(entries: readonly CacheEntry[]): KeptTitles {
  const byTitle = new Map<string, { sourceId: string; ratingKey: string; entries: CacheEntry[] }>()
  for (const entry of entries) {
    const address = parseMediaId(entry.key.mediaId)
    if (!address || (entry.bytesPresent === 0 && entry.state !== 'complete')) continue
    const { sourceId } = entry.key
    const title = byTitle.get(titleKey(sourceId, address.ratingKey))
    if (title) title.entries.push(entry)
    else
      byTitle.set(titleKey(sourceId, address.ratingKey), {
        sourceId,
        ratingKey: address.ratingKey,
        entries: [entry],
      })
  }
  return {
    get: (sourceId, ratingKey) => byTitle.get(titleKey(sourceId, ratingKey))?.entries ?? [],
    titles: [...byTitle.values()].map(({ sourceId, ratingKey }) => ({ sourceId, ratingKey })),
  }
}

const titleKey = (sourceId: string, ratingKey: string): string => JSON.stringify([sourceId, ratingKey])

/**
 * The badge of a card: each kept quality, complete when every part of some version is. Copies of files the server no longer has
 * count as versions of their own.
 */
export function keptQualities(item: PlexItem, entries: readonly CacheEntry[]): readonly KeptQuality[] {
  const versions = item.media.map((media) =>
    media.parts.map((part) =>
      formatMediaId({ ratingKey: item.ratingKey, versionId: media.id, partId: part.id }),
    ),
  )
  const known = new Set(versions.flat())
  for (const { key } of entries) if (!known.has(key.mediaId)) versions.push([key.mediaId])
  const qualities = [...new Set(entries.map((entry) => entry.key.quality))]
  return qualities
    .map((quality) => {
      const complete = new Set(
        entries
          .filter((entry) => entry.key.quality === quality && entry.state === 'complete')
          .map((entry) => entry.key.mediaId),
      )
      const isComplete = versions.some(
        (parts) => parts.length > 0 && parts.every((part) => complete.has(part)),
      )
      return { quality, label: qualityLabel(quality), complete: isComplete }
    })
    .sort((a, b) => rank(a.quality) - rank(b.quality) || a.quality.length - b.quality.length)
}

/** Original first, then down the ladder. */
function rank(quality: string): number {
  const parsed = parseQuality(quality)
  if (!parsed) return ladder.length + 1
  return parsed.rung === null ? -1 : ladder.indexOf(parsed.rung)
}
