import type { Database } from 'better-sqlite3'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../ports.ts'
import type { ServerFiles } from './downloads/server-files.ts'
import type { OpenEntryResource } from './entry-resource.ts'
import type { CacheLimits } from './handle.ts'
import type { CacheFs } from './store/cache-fs.ts'
import type { MediaUpstream } from './upstream.ts'

export interface FileCacheOptions {
  /** cache.db, open and migrated (`core/db`). Whoever opened it closes it, after `close` of the cache. */
  readonly db: Database
  /** Absolute path of the folder `cache/`; made when it is missing. */
  readonly cacheFolder: string
  readonly upstream: MediaUpstream
  readonly clock: Clock
  readonly logger: Logger
  readonly limits: CacheLimits
  /** Opens entries of kind `hls`: `core/cache/hls/`. */
  readonly openHlsEntry: OpenEntryResource
  /** Servers that make whole files of rungs; without, rungs are kept segment by segment. */
  readonly serverFiles?: ServerFiles | undefined
  /** Whether files are fetched ahead of who reads them, as far as playing goes on; true when not said. */
  readonly readsAhead?: boolean | undefined
  /** What the folder lies on; only tests have another than the real one. */
  readonly fs?: CacheFs | undefined
  /** Cuts every new file into extents of so many bytes; only tests say so, else it depends on the volume and the size. */
  readonly extentBytes?: number | undefined
}
