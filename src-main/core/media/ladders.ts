import type { FileCacheHandle, OpenHls } from '../cache/handle.ts'
import { writeMultivariant } from '../cache/hls/write-multivariant.ts'
import type { LibraryService } from '../library/library-service.ts'
import { ladderVariants } from '../quality/ladder-variants.ts'
import { parseQuality } from '../quality/quality-name.ts'
import { SpoolError, toSpoolError } from '../spool-error.ts'

/** All rungs of a part as one playlist, beside the playlist of each. */
export interface Ladders {
  /** The multivariant playlist for the part of this entry. Throws `unknown-media`. */
  write(entryId: number, signal: AbortSignal): Promise<string>
  /**
   * Another quality of the part of this entry, for its playlist. Throws what `getCachedStreamWithQuality` throws, and `unknown-media` when it
   * is no playlist.
   */
  openRung(entryId: number, quality: string, signal: AbortSignal): Promise<OpenHls>
}

export interface LaddersOptions {
  readonly cache: Pick<
    FileCacheHandle,
    'getStream' | 'getShelves' | 'getCachedStreamWithQuality' | 'openMedia'
  >
  readonly library: Pick<LibraryService, 'findPart'>
}

export function createLadders({ cache, library }: LaddersOptions): Ladders {
  return {
    async write(entryId, signal) {
      const { key } = await cache.getStream(entryId, signal)
      const { sourceId, mediaId, quality } = key
      const found = await library.findPart(sourceId, mediaId, signal).catch(unlessForgotten)
      const shelves = await cache.getShelves(sourceId, [mediaId], signal)
      const shelf = shelves.get(mediaId) ?? new Map()
      const variants = ladderVariants({ found, shelf, own: quality })
      return writeMultivariant(variants.map((variant) => ({ ...variant, uri: `${variant.quality}.m3u8` })))
    },

    async openRung(entryId, name, signal) {
      const { key } = await cache.getStream(entryId, signal)
      const quality = parseQuality(name)?.quality
      if (quality === undefined) throw new SpoolError('unknown-quality', { detail: name })
      const stream = await cache.getCachedStreamWithQuality({ ...key, quality }, signal)
      const media = await cache.openMedia(stream.entryId, signal, 'hls')
      if (media.kind === 'hls') return media
      media[Symbol.dispose]()
      throw new SpoolError('unknown-media', { detail: 'it is kept as a file' })
    },
  }
}

/** What is kept plays on when its server or its title is gone. */
function unlessForgotten(thrown: unknown): null {
  const { code } = toSpoolError(thrown)
  if (code === 'unknown-media' || code === 'unknown-source' || code === 'source-unreachable') return null
  throw thrown
}
