import type { CacheStats, DamageNotice } from './cache.ts'
import type { CacheKey, SourceId } from './ids.ts'
import type { Source } from './library.ts'
import type { PlaybackOwner } from './playback.ts'
import type { Settings } from './settings.ts'

/** Everything that can be subscribed to. Events are coalesced by the core: at most four a second per topic and key. */
export interface Topics {
  /** Bytes came, went or were pinned: lists that show this entry are stale. */
  'cache.entryChanged': {
    readonly key: CacheKey
    readonly bytesPresent: number
    readonly complete: boolean
    readonly removed: boolean
    /** Another file took its place on the server: whoever plays it begins again at the same moment. */
    readonly replaced: boolean
  }
  'cache.stats': CacheStats
  /** Told once for each title and run. */
  'cache.damaged': DamageNotice
  'library.sources': readonly Source[]
  /** Lists and details of this source may have changed. */
  'library.changed': { readonly sourceId: SourceId; readonly ratingKey: string | null }
  'playback.owner': PlaybackOwner
  'settings.changed': Settings
}

export type TopicName = keyof Topics

export const topicNames = [
  'cache.entryChanged',
  'cache.stats',
  'cache.damaged',
  'library.sources',
  'library.changed',
  'playback.owner',
  'settings.changed',
] as const satisfies readonly TopicName[]
