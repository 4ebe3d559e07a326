import type { CacheStats, Settings } from '../../../src-preload/contract/index.ts'
import type { CacheLimits } from '../cache/handle.ts'

/** Whatever limit was chosen: other programs on the disk, and the databases, need room too. */
const shareOfDisk = 0.9

/** What the settings say of how much may be kept, and how fast. */
export const limitsOf = (settings: Settings): CacheLimits => ({
  limitBytes: settings.cacheLimitBytes,
  reserveBytes: settings.reserveBytes,
  shareOfDisk,
  backgroundKbps: settings.backgroundKbps,
})

/** Bytes that may still be kept: below the limit and above the reserve. Nothing while nothing is being kept. */
export const roomOf = (stats: CacheStats, { reserveBytes }: Settings): number =>
  stats.trouble === null
    ? Math.max(0, Math.min(stats.bytesLimit - stats.bytesUsed, stats.bytesFreeOnDisk - reserveBytes))
    : 0
