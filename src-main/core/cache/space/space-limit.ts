import type { CacheLimits } from '../handle.ts'

/** What the disk said when it was last asked. */
export interface DiskProbe {
  readonly freeBytes: number
  /** What the cache held then, by rows. */
  readonly usedBytes: number
}

/**
 * Bytes the cache may hold: what the user allows, a share of what is there for it, and never so much that less than the reserve is left free.
 * What the cache holds itself counts as available, what other programs hold does not. Both figures of the probe are of one moment: what the
 * cache writes after it takes as much from the one as it adds to the other.
 * @param probe null when the disk could not be asked
 */
export function spaceLimit(limits: CacheLimits, probe: DiskProbe | null): number {
  const { limitBytes, reserveBytes, shareOfDisk = 1 } = limits
  if (probe === null) return limitBytes
  const available = probe.freeBytes + probe.usedBytes
  return Math.max(0, Math.min(limitBytes, Math.floor(shareOfDisk * available), available - reserveBytes))
}
