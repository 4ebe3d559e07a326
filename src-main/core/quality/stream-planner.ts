import type { CacheKey, MediaId, SourceId } from '../../../src-preload/contract/index.ts'
import type { FileCacheHandle } from '../cache/handle.ts'
import type { LibrarySources } from '../library/library-port.ts'
import type { LibraryService } from '../library/library-service.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import { SpoolError } from '../spool-error.ts'
import type { CapabilityBook } from './capability-book.ts'
import type { SourceLinks } from './link/source-links.ts'
import { planQuality, type PlannedQuality } from './planner.ts'
import type { SourceLimits } from './source-limits.ts'

export interface PlannedStream extends PlannedQuality {
  readonly key: CacheKey
}

/** Chooses the quality of a part nobody named one for: from its real file, the connection, the settings, and what is kept. */
export interface StreamPlanner {
  /**
   * `callerId` names the page whose player it is for; null for a script. Throws `unknown-source`, `unknown-media`, and
   * `source-unreachable` when the server is off and nothing is kept.
   */
  plan(
    sourceId: SourceId,
    mediaId: MediaId,
    callerId: string | null,
    signal?: AbortSignal,
  ): Promise<PlannedStream>
}

export interface StreamPlannerOptions {
  readonly cache: Pick<FileCacheHandle, 'getShelves'>
  readonly library: Pick<LibraryService, 'findPart'>
  readonly sources: Pick<LibrarySources, 'getSources'>
  readonly settings: Pick<SettingsService, 'get'>
  readonly capabilities: Pick<CapabilityBook, 'of'>
  readonly limits: Pick<SourceLimits, 'of'>
  readonly links?: Pick<SourceLinks, 'factsOf'>
}

export function createStreamPlanner(options: StreamPlannerOptions): StreamPlanner {
  return {
    async plan(sourceId, mediaId, callerId, signal) {
      const source = options.sources.getSources().find((known) => known.sourceId === sourceId)
      if (!source) throw new SpoolError('unknown-source', { detail: sourceId })
      const { media, part } = await options.library.findPart(sourceId, mediaId, signal)
      const shelves = await options.cache.getShelves(sourceId, [mediaId], signal)
      const planned = planQuality({
        key: { sourceId, mediaId },
        media,
        part,
        capabilities: options.capabilities.of(callerId),
        connection: source.connection,
        defaultQuality: options.settings.get().defaultQuality,
        shelf: shelves.get(mediaId) ?? new Map(),
        limit: options.limits.of(sourceId, source.connection),
        linkKbps: options.links?.factsOf(sourceId, source.connection).kbps ?? null,
      })
      if (planned === null) throw new SpoolError('source-unreachable', { detail: source.name })
      return { ...planned, key: { sourceId, mediaId, quality: planned.quality } }
    },
  }
}
