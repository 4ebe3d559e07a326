import type { MediaId, SourceId } from '../../src-preload/contract/index.ts'
import type { FileCacheHandle } from './cache/handle.ts'
import { mediaIdsOf } from './library/item-details.ts'
import type { LibraryMemory } from './library/library-memory.ts'
import type { LibraryService } from './library/library-service.ts'
import { mediaBelow, nextEpisode } from './library/related-media.ts'
import type { PlaybackService } from './playback/playback-service.ts'

interface EvictionGuides {
  readonly cache: Pick<FileCacheHandle, 'setProtected' | 'setWatched'>
  readonly memory: Pick<LibraryMemory, 'store'>
  readonly library: Pick<LibraryService, 'onMarked'>
  readonly playback: Pick<PlaybackService, 'onOwnerChange' | 'onProgress'>
}

/** Tells the cache what goes first and what stays when room is needed: what was watched, what plays, and what plays next. */
export function guideEviction({ cache, memory, library, playback }: EvictionGuides): Disposable {
  const { store } = memory
  const playing = (sourceId: SourceId, ratingKey: string, mediaId: MediaId): readonly MediaId[] => {
    const item = store.get(sourceId, ratingKey)?.item
    const next = nextEpisode(store, sourceId, ratingKey)
    return [mediaId, ...(item ? mediaIdsOf(item) : []), ...(next ? mediaIdsOf(next) : [])]
  }
  const links = [
    playback.onOwnerChange(({ sourceId, ratingKey, mediaId }) => {
      if (sourceId === null || ratingKey === null || mediaId === null) return cache.setProtected([])
      cache.setProtected(playing(sourceId, ratingKey, mediaId).map((id) => ({ sourceId, mediaId: id })))
    }),
    playback.onProgress(({ sourceId, mediaId, isWatched }) => cache.setWatched(sourceId, mediaId, isWatched)),
    library.onMarked(({ sourceId, ratingKey, isWatched }) => {
      for (const id of mediaBelow(store, sourceId, ratingKey)) cache.setWatched(sourceId, id, isWatched)
    }),
  ]
  return {
    [Symbol.dispose]() {
      for (const link of links) link[Symbol.dispose]()
    },
  }
}
