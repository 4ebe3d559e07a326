import type { ConnectionKind, MediaId } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import type { ItemLookup, PlexItem, PlexMedia, PlexPart } from '../plex/model.ts'
import { SpoolError, toSpoolError } from '../spool-error.ts'
import type { ItemStore } from './item-store.ts'
import type { LibrarySources } from './library-port.ts'
import { parseMediaId } from './media-id.ts'
import type { Refresher } from './refresher.ts'
import type { SubtitleStore } from './subtitle-store.ts'

/** A part with what it belongs to. */
export interface LibraryPart {
  readonly item: PlexItem
  readonly media: PlexMedia
  readonly part: PlexPart
}

export interface FoundItem {
  readonly item: PlexItem
  /** The source did not answer (in time). */
  readonly isRemembered: boolean
}

/** Single items, remembered or fresh. */
export interface ItemFinder extends ItemLookup {
  /** The item, fresh when the source answers soon enough. */
  readonly findItem: (sourceId: string, ratingKey: string, signal?: AbortSignal) => Promise<FoundItem>
  /** The file a media id names. Throws `unknown-media` when there is none. */
  readonly findPart: (sourceId: string, mediaId: MediaId, signal?: AbortSignal) => Promise<LibraryPart>
  readonly getPlexItem: ItemLookup['getPlexItem']
}

export interface ItemFinderOptions {
  readonly store: ItemStore
  readonly subtitles: SubtitleStore
  readonly sources: LibrarySources
  readonly refresher: Refresher
  readonly clock: Clock
  /** Throws `unknown-source`. */
  readonly connectionOf: (sourceId: string) => ConnectionKind
  readonly emit: (sourceId: string, ratingKey: string | null) => void
}

/** A details page that was read this lately is not read again, ms. */
const freshItemMs = 3000
/** How long a details page waits for a fresh answer when an older one is at hand, ms. */
const patienceMs = 1500
/** Files seldom change: their metadata may be this old when a part is looked up. Ten minutes. */
const partAgeMs = 600_000

export function createItemFinder(options: ItemFinderOptions): ItemFinder {
  const { store, subtitles, sources, refresher, clock, connectionOf, emit } = options

  const refreshItem = async (sourceId: string, ratingKey: string, ending: AbortSignal): Promise<void> => {
    try {
      const item = await sources.getClient(sourceId).getItem(ratingKey, ending)
      const wasKnown = store.get(sourceId, ratingKey) !== null
      subtitles.putStreams(sourceId, item)
      if (store.putDetailed(sourceId, item, clock.now()) && wasKnown) emit(sourceId, ratingKey)
    } catch (error) {
      const known = store.get(sourceId, ratingKey)
      if (toSpoolError(error).code === 'unknown-media' && known && !known.isGone) {
        store.markGone(sourceId, [ratingKey], clock.now())
        emit(sourceId, null)
      }
      throw error
    }
  }

  const runItem = (sourceId: string, ratingKey: string, signal?: AbortSignal): Promise<void> =>
    refresher.run(
      `${sourceId} item:${ratingKey}`,
      (ending) => refreshItem(sourceId, ratingKey, ending),
      signal,
    )

  const getPlexItem: ItemLookup['getPlexItem'] = async (sourceId, ratingKey, maxAgeMs, signal) => {
    connectionOf(sourceId)
    const known = store.get(sourceId, ratingKey)
    const isYoung = known?.detailAt != null && Math.abs(clock.now() - known.detailAt) < maxAgeMs
    if (known && isYoung && !known.isGone && (known.hasStreams || known.item.media.length === 0))
      return known.item
    try {
      await runItem(sourceId, ratingKey, signal)
    } catch (thrown) {
      if (!known || !isSilence(thrown)) throw thrown
      return known.item
    }
    return stored(store, sourceId, ratingKey).item
  }

  return {
    getPlexItem,
    async findItem(sourceId, ratingKey, signal) {
      const isOff = connectionOf(sourceId) === 'offline'
      const known = store.get(sourceId, ratingKey)
      if (!known) {
        await runItem(sourceId, ratingKey, signal)
        return { item: stored(store, sourceId, ratingKey).item, isRemembered: false }
      }
      if (known.detailAt !== null && !known.isGone && Math.abs(clock.now() - known.detailAt) < freshItemMs)
        return { item: known.item, isRemembered: isOff }
      if (isOff) return { item: known.item, isRemembered: true }
      const waiting = new AbortController()
      const patience = clock.after(patienceMs, () => waiting.abort(new SpoolError('source-unreachable')))
      try {
        const either = signal ? AbortSignal.any([signal, waiting.signal]) : waiting.signal
        await runItem(sourceId, ratingKey, either)
        return { item: stored(store, sourceId, ratingKey).item, isRemembered: false }
      } catch (thrown) {
        if (!isSilence(thrown)) throw thrown
        return { item: known.item, isRemembered: true }
      } finally {
        patience[Symbol.dispose]()
      }
    },
    async findPart(sourceId, mediaId, signal) {
      const address = parseMediaId(mediaId)
      if (!address) throw new SpoolError('unknown-media', { detail: mediaId })
      const find = (item: PlexItem): LibraryPart | null => {
        const media = item.media.find((version) => version.id === address.versionId)
        const part = media?.parts.find((file) => file.id === address.partId)
        return media && part ? { item, media, part } : null
      }
      const remembered = find(await getPlexItem(sourceId, address.ratingKey, partAgeMs, signal))
      if (remembered) return remembered
      // The id may be of a file that came after the item was last read.
      const fresh = find(await getPlexItem(sourceId, address.ratingKey, 0, signal))
      if (!fresh) throw new SpoolError('unknown-media', { detail: mediaId })
      return fresh
    },
  }
}

/** Errors that say nothing about the item: what is remembered of it still stands. */
export function isSilence(thrown: unknown): boolean {
  const { code } = toSpoolError(thrown)
  return code === 'source-unreachable' || code === 'source-refused' || code === 'bad-reply'
}

function stored(store: ItemStore, sourceId: string, ratingKey: string): { readonly item: PlexItem } {
  const found = store.get(sourceId, ratingKey)
  // The server answered with another item than it was asked for.
  if (!found) throw new SpoolError('bad-reply', { detail: `item ${ratingKey}` })
  return found
}
