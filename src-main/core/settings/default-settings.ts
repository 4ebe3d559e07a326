import { join } from 'node:path'
import type { Settings } from '../../../src-preload/contract/index.ts'

const gibibyte = 1024 ** 3

/** The disk the cache is on; null when it cannot be asked. */
export interface DiskSize {
  readonly totalBytes: number
  readonly freeBytes: number
}

/** What holds until somebody chooses: half of what is free up to 100 GiB, and never the last 5 GiB (5 % of a small disk). */
export function defaultSettings(dataDir: string, disk: DiskSize | null): Settings {
  const limit = disk === null ? 100 * gibibyte : Math.min(100 * gibibyte, disk.freeBytes / 2)
  const reserve = disk === null ? 5 * gibibyte : Math.min(5 * gibibyte, disk.totalBytes * 0.05)
  return {
    cacheLimitBytes: Math.floor(limit),
    cacheFolder: join(dataDir, 'cache'),
    reserveBytes: Math.floor(reserve),
    backgroundKbps: null,
    defaultQuality: { lan: 'automatic', wan: 'automatic', relay: 'automatic' },
    volume: 1,
    isMuted: false,
    theme: 'system',
    allowExternalPlayers: false,
  }
}
