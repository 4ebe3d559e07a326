import type { CacheKey, MediaId, Quality, SourceId } from '../../../src-preload/contract/index.ts'
import type { FileCacheHandle } from '../cache/handle.ts'
import type { LibraryPart, LibraryService } from '../library/library-service.ts'
import type { LibrarySources } from '../library/library-port.ts'
import { parseMediaId } from '../library/media-id.ts'
import { parseQuality } from '../quality/quality-name.ts'
import { SpoolError } from '../spool-error.ts'

export interface KeyResolver {
  /**
   * The canonical key for what a caller named. Throws `unknown-quality`, `unknown-source`, `unknown-media`.
   * What is kept stays reachable when its server or its title is gone.
   */
  resolve(
    named: { readonly sourceId: SourceId; readonly mediaId: MediaId; readonly quality: string },
    signal: AbortSignal,
  ): Promise<CacheKey>
}

interface KeyResolverOptions {
  readonly cache: Pick<FileCacheHandle, 'getShelves'>
  readonly library: Pick<LibraryService, 'findPart'>
  readonly sources: Pick<LibrarySources, 'getSources'>
}

export function createKeyResolver({ cache, library, sources }: KeyResolverOptions): KeyResolver {
  return {
    async resolve(named, signal) {
      const parsed = parseQuality(named.quality)
      if (!parsed) throw new SpoolError('unknown-quality', { detail: named.quality })
      const { sourceId, mediaId } = named
      const key: CacheKey = { sourceId, mediaId, quality: parsed.quality }
      const shelves = parseMediaId(mediaId) ? await cache.getShelves(sourceId, [mediaId], signal) : null
      if (shelves?.get(mediaId)?.has(key.quality)) return key
      if (!sources.getSources().some((source) => source.sourceId === sourceId))
        throw new SpoolError('unknown-source', { detail: sourceId })
      checkTracks(await library.findPart(sourceId, mediaId, signal), parsed)
      return key
    },
  }
}

/** A name may ask for tracks: they must be the file's own. */
function checkTracks(
  { part }: LibraryPart,
  parsed: {
    readonly quality: Quality
    readonly audioStreamId: string | null
    readonly burnedSubtitleId: string | null
  },
): void {
  const has = (kind: 'audio' | 'subtitle', id: string): boolean =>
    // A file whose streams were never read is asked about by the server instead.
    part.streams.length === 0 || part.streams.some((stream) => stream.kind === kind && stream.id === id)
  const { audioStreamId, burnedSubtitleId } = parsed
  if (audioStreamId !== null && !has('audio', audioStreamId))
    throw new SpoolError('unknown-quality', {
      detail: `there is no audio track ${audioStreamId} in this file`,
    })
  if (burnedSubtitleId !== null && !has('subtitle', burnedSubtitleId))
    throw new SpoolError('unknown-quality', {
      detail: `there are no subtitles ${burnedSubtitleId} for this file`,
    })
}
