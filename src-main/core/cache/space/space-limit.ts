import type { CacheLimits } from '../handle.ts'

/**
 * Bytes the cache may hold: what the user allows, and never so much that less than the reserve is left free. What the cache holds itself counts
 * as available, what other programs hold does not.
 * @param freeBytes null when the disk could not be asked
 */
export function spaceLimit(limits: CacheLimits, usedBytes: number, freeBytes: number | null): number {
  if (freeBytes === null) return limits.limitBytes
  return Math.max(0, Math.min(limits.limitBytes, freeBytes + usedBytes - limits.reserveBytes))
}
