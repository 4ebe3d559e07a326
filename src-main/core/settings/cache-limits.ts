import type { CacheStats, Settings } from '../../../src-preload/contract/index.ts'
import type { CacheLimits } from '../cache/handle.ts'

/** What may still be kept: below the limit and above the reserve. Nothing while nothing is being kept. */
export const roomOf = (stats: CacheStats, { reserveBytes }: Settings): number =>
  stats.trouble === null
    ? Math.max(0, Math.min(stats.bytesLimit - stats.bytesUsed, stats.bytesFreeOnDisk - reserveBytes))
    : 0

/** What the settings allow the cache. */
export const limitsOf = (settings: Settings): CacheLimits => ({
  limitBytes: settings.cacheLimitBytes,
  reserveBytes: settings.reserveBytes,
  backgroundKbps: settings.backgroundKbps,
})
