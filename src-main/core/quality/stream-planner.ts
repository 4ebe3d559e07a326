import type { CacheKey, MediaId, SourceId } from '../../../src-preload/contract/index.ts'
import type { FileCacheHandle } from '../cache/handle.ts'
import type { LibrarySources } from '../library/library-port.ts'
import type { LibraryService } from '../library/library-service.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import { SpoolError } from '../spool-error.ts'
import type { Capabilities } from './capabilities.ts'
import { planQuality, type PlannedQuality } from './planner.ts'

export interface PlannedStream extends PlannedQuality {
  readonly key: CacheKey
}

/** Chooses the quality of a part nobody named one for: from its real file, the connection, the settings, and what is kept. */
export interface StreamPlanner {
  /** Throws `unknown-source`, `unknown-media`, and `source-unreachable` when the server is off and nothing is kept. */
  plan(sourceId: SourceId, mediaId: MediaId, signal?: AbortSignal): Promise<PlannedStream>
}

export interface StreamPlannerOptions {
  readonly cache: Pick<FileCacheHandle, 'getShelves'>
  readonly library: Pick<LibraryService, 'findPart'>
  readonly sources: Pick<LibrarySources, 'getSources'>
  readonly settings: Pick<SettingsService, 'get'>
  readonly capabilities: Capabilities
}

export function createStreamPlanner(options: StreamPlannerOptions): StreamPlanner {
  return {
    async plan(sourceId, mediaId, signal) {
      const source = options.sources.getSources().find((known) => known.sourceId === sourceId)
      if (!source) throw new SpoolError('unknown-source', { detail: sourceId })
      const { media, part } = await options.library.findPart(sourceId, mediaId, signal)
      const shelves = await options.cache.getShelves(sourceId, [mediaId], signal)
      const planned = planQuality({
        media,
        part,
        capabilities: options.capabilities,
        connection: source.connection,
        defaultQuality: options.settings.get().defaultQuality,
        shelf: shelves.get(mediaId) ?? new Map(),
      })
      if (planned === null) throw new SpoolError('source-unreachable', { detail: source.name })
      return { ...planned, key: { sourceId, mediaId, quality: planned.quality } }
    },
  }
}
