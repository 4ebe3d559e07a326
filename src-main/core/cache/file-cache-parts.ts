import type { CacheIndex } from './index/cache-index.ts'
import type { Clock } from '../base/clock.ts'
import type { Mailbox } from './mailbox.ts'
import type { EntryCatalog } from './entry-catalog.ts'
import type { OpenEntries } from './open-entries.ts'
import type { EntryRemover } from './entry-remover.ts'
import type { DownloadQueue } from './downloads/download-queue.ts'
import type { SpaceKeeper } from './space/space-keeper.ts'
import type { Scheduler } from './schedule/scheduler.ts'
import type { ServedCounts } from './served-counts.ts'
import type { LoopDelay } from './diagnostics.ts'
import type { FilePool } from './store/file-pool.ts'
import type { EntryChanges } from './entry-changes.ts'
import type { EntryChecker } from './verify/entry-checker.ts'
import type { ManifestKeeper } from './recovery/manifest-keeper.ts'
import type { DamageWatch } from './verify/damage-watch.ts'

/** What the actor is made of; put together by `createFileCache`. */
export interface FileCacheParts {
  readonly index: CacheIndex
  readonly clock: Clock
  readonly mailbox: Mailbox
  readonly catalog: EntryCatalog
  readonly open: OpenEntries
  readonly remover: EntryRemover
  readonly downloads: DownloadQueue
  readonly space: SpaceKeeper
  readonly scheduler: Scheduler
  readonly counts: ServedCounts
  readonly pool: FilePool
  readonly loopDelay: LoopDelay
  readonly changes: EntryChanges
  readonly protectedTitles: Set<string>
  readonly checker: EntryChecker
  readonly damage: DamageWatch
  readonly manifests: ManifestKeeper
  /** False while the disk with the cache folder is not connected. */
  readonly isDiskPresent: () => boolean
  readonly closeAll: (deadlineMs: number) => Promise<void>
}
