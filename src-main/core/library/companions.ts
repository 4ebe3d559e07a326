import type { FileCacheHandle } from '../cache/handle.ts'
import type { PlexItem } from '../plex/model.ts'
import type { Logger } from '../ports.ts'
import { toSpoolError } from '../spool-error.ts'
import type { ImageService } from './image-service.ts'
import type { KitStore } from './kit-store.ts'
import type { LibraryMemory } from './library-memory.ts'
import { parseMediaId } from './media-id.ts'
import { isImagePath } from './page-urls.ts'
import type { SubtitleService } from './subtitle-service.ts'
import { isTextSubtitle } from './subtitle-store.ts'
import type { ThumbnailService } from './thumbnail-service.ts'

export interface CompanionsOptions {
  readonly cache: Pick<FileCacheHandle, 'onEntryChange' | 'getEntries'>
  readonly memory: LibraryMemory
  readonly images: ImageService
  readonly subtitles: SubtitleService
  readonly thumbnails: Pick<ThumbnailService, 'keep'>
  readonly kits: Pick<KitStore, 'keepImage' | 'keepSubtitle' | 'drop' | 'titles'>
  readonly logger: Logger
}

/** Metadata of a kept title may be this old: an hour. */
const ageMs = 3_600_000
/** Large enough for a card and for a page behind it. */
const poster = { width: 320, height: 480 } as const
const backdrop = { width: 1280, height: 720 } as const

/**
 * Fetches what a kept title needs beside its bytes to be shown and played offline: its details, those of its season and show, the
 * pictures, the text subtitles, the seek bar's thumbnails. They stay with the title and go with its last copy. Once per title and run, as soon as something of it is kept. What the server does not have is left out;
 * what it could not give just now is tried again with the title's next bytes.
 */
export function fetchCompanions(options: CompanionsOptions): Disposable {
  const { cache, memory, images, subtitles, thumbnails, kits, logger } = options
  const ending = new AbortController()
  const done = new Set<string>()

  /** One piece that is not there must not keep the others away. */
  const unlessMissing = async (piece: Promise<unknown>): Promise<void> => {
    await piece.catch((thrown: unknown) => {
      const { code } = toSpoolError(thrown)
      if (code !== 'unknown-media' && code !== 'bad-reply') throw thrown
      logger.debug('library.companion-missing', { code })
    })
  }

  /** `keptKey`: of the title that they are fetched for. */
  const fetchPictures = async (sourceId: string, keptKey: string, item: PlexItem): Promise<void> => {
    const wanted = [
      [item.thumb, poster],
      [item.grandparentThumb, poster],
      [item.art, backdrop],
    ] as const
    for (const [path, { width, height }] of wanted)
      if (path !== null && isImagePath(path)) {
        kits.keepImage(sourceId, keptKey, path)
        await unlessMissing(images.getImage(sourceId, path, width, height, ending.signal))
      }
  }

  const fetchAll = async (sourceId: string, ratingKey: string): Promise<void> => {
    const item = await memory.getPlexItem(sourceId, ratingKey, ageMs, ending.signal)
    await fetchPictures(sourceId, ratingKey, item)
    const streams = item.media.flatMap((media) => media.parts.flatMap((part) => part.streams))
    for (const stream of streams.filter(isTextSubtitle)) {
      kits.keepSubtitle(sourceId, ratingKey, stream.id)
      await unlessMissing(subtitles.getSubtitle(sourceId, stream.id, ending.signal))
    }
    for (const part of item.media.flatMap((media) => media.parts))
      await unlessMissing(thumbnails.keep(sourceId, ratingKey, part, ending.signal))
    for (const above of [item.parentRatingKey, item.grandparentRatingKey])
      if (above !== null)
        await unlessMissing(
          memory
            .getPlexItem(sourceId, above, ageMs, ending.signal)
            .then((item) => fetchPictures(sourceId, ratingKey, item)),
        )
  }

  /** With the last copy of a title goes what was fetched for it; what is shown of it is fetched again when it is looked at. */
  const dropUnkept = async (): Promise<void> => {
    const entries = await cache.getEntries(ending.signal)
    const kept = new Set(
      entries.flatMap(({ key }) => {
        const address = parseMediaId(key.mediaId)
        return address ? [JSON.stringify([key.sourceId, address.ratingKey])] : []
      }),
    )
    for (const { sourceId, ratingKey } of kits.titles()) {
      const title = JSON.stringify([sourceId, ratingKey])
      if (kept.has(title)) continue
      kits.drop(sourceId, ratingKey)
      done.delete(title)
    }
  }

  const watching = cache.onEntryChange(({ key, bytesPresent, removed }) => {
    const address = parseMediaId(key.mediaId)
    if (removed) return void dropUnkept().catch(() => undefined)
    if (!address || bytesPresent === 0) return
    const title = JSON.stringify([key.sourceId, address.ratingKey])
    if (done.has(title)) return
    done.add(title)
    void fetchAll(key.sourceId, address.ratingKey).catch((thrown: unknown) => {
      done.delete(title)
      const { code } = toSpoolError(thrown)
      if (!ending.signal.aborted) logger.debug('library.companions', { title, code })
    })
  })

  return {
    [Symbol.dispose]() {
      watching[Symbol.dispose]()
      ending.abort()
    },
  }
}
