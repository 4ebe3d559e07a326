import type { ConnectionKind, MediaId, SourceId } from '../../../src-preload/contract/index.ts'
import type { FileCacheHandle } from '../cache/handle.ts'
import type { LibraryService } from '../library/library-service.ts'
import type { PartQualities } from './automatic/automatic-service.ts'
import type { CapabilityBook } from './capability-book.ts'
import { buildQualityOptions } from './quality-options.ts'
import type { RungRates } from './rung-rates.ts'
import type { SourceLimits } from './source-limits.ts'

export interface PartQualitiesOptions {
  readonly cache: Pick<FileCacheHandle, 'getShelves'>
  readonly library: Pick<LibraryService, 'findPart'>
  readonly capabilities: Pick<CapabilityBook, 'of'>
  readonly limits: Pick<SourceLimits, 'of'>
  readonly rates: RungRates
  readonly connectionOf: (sourceId: SourceId) => ConnectionKind
}

/** The rows of the quality menu of one part, from what is remembered of it and what is kept. */
export function createPartQualities({
  cache,
  library,
  capabilities,
  limits,
  rates,
  connectionOf,
}: PartQualitiesOptions) {
  return async (
    sourceId: SourceId,
    mediaId: MediaId,
    callerId: string | null,
    signal: AbortSignal,
  ): Promise<PartQualities> => {
    const { item, media, part } = await library.findPart(sourceId, mediaId, signal)
    const shelf = (await cache.getShelves(sourceId, [mediaId], signal)).get(mediaId) ?? new Map()
    const connection = connectionOf(sourceId)
    return {
      durationMs: part.durationMs ?? media.durationMs ?? item.durationMs ?? 0,
      options: buildQualityOptions({
        key: { sourceId, mediaId },
        media,
        part,
        shelf,
        connection,
        capabilities: capabilities.of(callerId),
        limit: limits.of(sourceId, connection),
        rates,
      }),
    }
  }
}
