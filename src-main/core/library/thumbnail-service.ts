import { SpoolError } from '../spool-error.ts'
import { findPart } from '../plex/find-part.ts'
import type { PlexPart } from '../plex/model.ts'
import type { KitStore } from './kit-store.ts'
import type { LibraryMemory } from './library-memory.ts'
import type { LibrarySources } from './library-port.ts'
import { parseMediaId } from './media-id.ts'
import { findThumbnail } from './read-bif.ts'

/** Small pictures of what is at a time of a title, for the seek bar. */
export interface ThumbnailService {
  /** JPEG. Throws `unknown-media` when there is none, and what the source answers when it has to be asked. */
  getThumbnail(sourceId: string, mediaId: string, atMs: number, signal?: AbortSignal): Promise<Uint8Array>
  /** Fetches all of a part's, and keeps them with the title. */
  keep(sourceId: string, ratingKey: string, part: PlexPart, signal?: AbortSignal): Promise<void>
}

export interface ThumbnailServiceOptions {
  readonly store: KitStore
  readonly sources: LibrarySources
  readonly items: Pick<LibraryMemory, 'getPlexItem'>
}

/** Details of a title may be this old: an hour. */
const ageMs = 3_600_000
/** Of titles that are played and not kept. */
const mostInMemory = 3

export function createThumbnailService({ store, sources, items }: ThumbnailServiceOptions): ThumbnailService {
  const fetched = new Map<string, Promise<Uint8Array>>()

  const fetchAll = (sourceId: string, part: PlexPart, name: string): Promise<Uint8Array> => {
    const key = JSON.stringify([sourceId, part.key])
    let fetching = fetched.get(key)
    if (fetching === undefined) {
      const signal = AbortSignal.timeout(60_000)
      fetching = sources
        .getClient(sourceId)
        .getThumbnails(part.id, name, signal)
        .then(({ bytes }) => bytes)
      fetching.catch(() => fetched.delete(key))
      fetched.set(key, fetching)
      const oldest = fetched.keys().next()
      if (fetched.size > mostInMemory && oldest.done !== true) fetched.delete(oldest.value)
    }
    return fetching
  }

  return {
    async getThumbnail(sourceId, mediaId, atMs, signal) {
      const address = parseMediaId(mediaId)
      if (!address) throw new SpoolError('unknown-media')
      const found = findPart(await items.getPlexItem(sourceId, address.ratingKey, ageMs, signal), address)
      const name = found?.part.thumbnails
      if (!found || name === undefined) throw new SpoolError('unknown-media')
      const kept = store.getThumbnails(sourceId, found.part.id, found.part.key)
      const picture = findThumbnail(kept ?? (await fetchAll(sourceId, found.part, name)), atMs)
      if (picture === null) throw new SpoolError('unknown-media', { detail: 'no picture of that time' })
      return picture
    },
    async keep(sourceId, ratingKey, part) {
      if (part.thumbnails === undefined || store.getThumbnails(sourceId, part.id, part.key) !== null) return
      const bif = await fetchAll(sourceId, part, part.thumbnails)
      if (findThumbnail(bif, 0) === null) throw new SpoolError('bad-reply', { detail: 'no thumbnails in it' })
      store.putThumbnails(sourceId, ratingKey, part, bif)
    },
  }
}
