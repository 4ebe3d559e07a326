import type { Database } from 'better-sqlite3'
import type { MediaId, SourceId } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import type { ItemLookup } from '../plex/model.ts'
import type { ShownMedia } from '../plex/transcode-coordinator.ts'
import type { Logger, PowerBlocker } from '../ports.ts'
import type { TimelineReceiver } from './timeline-sender.ts'
import type { WatchedMarks } from './watched-marks.ts'

/** What playback needs to know of sources. `SourceDirectory` is one. */
export interface PlaybackSources {
  getSources(): readonly { readonly sourceId: string }[]
  /** Throws `unknown-source`. */
  getClient(sourceId: string): TimelineReceiver
  onReachabilityChange(listener: (sourceId: string, isReachable: boolean) => void): Disposable
}

/** What playback needs of transcodes. `TranscodeCoordinator` is one. */
export interface PlaybackTranscodes {
  setShown(sourceId: string, shown: ShownMedia | null): void
  sessionOf(sourceId: string, mediaId: string): string | null
  stopPlayback(sourceId: string): Promise<void>
}

export interface PlaybackServiceOptions {
  /** library.db, migrated. */
  readonly db: Database
  readonly clock: Clock
  readonly logger: Logger
  readonly sources: PlaybackSources
  readonly items: ItemLookup
  readonly transcodes: PlaybackTranscodes
  readonly power?: PowerBlocker
  readonly marks?: Pick<WatchedMarks, 'flush'>
}

/** A title was watched to the end, or left somewhere: lists that show it are stale. */
export interface PlaybackProgress {
  readonly sourceId: SourceId
  readonly ratingKey: string
  readonly mediaId: MediaId
  readonly isWatched: boolean
}
