import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../ports.ts'
import type { DownloadQueue } from '../downloads/download-queue.ts'
import type { EntryRow } from '../index/entries.ts'
import { Sweeper } from '../recovery/sweeper.ts'
import type { CacheDisk, FoundFolder } from '../store/cache-disk.ts'
import type { FolderStore } from '../store/folder-store.ts'
import { EntryChecker } from './entry-checker.ts'
import type { EntryHolderParts } from './hold-entry.ts'
import { Scrubber } from './scrubber.ts'

export interface UpkeepParts extends EntryHolderParts {
  readonly clock: Clock
  readonly logger: Logger
  readonly downloads: Pick<DownloadQueue, 'runningEntryId'>
  readonly store: FolderStore
  readonly disk: CacheDisk
  readonly isReachable: (sourceId: string) => boolean
  /** An entry is known again, or its bytes are not there any more. */
  readonly onSwept: (row: EntryRow) => void
}

/** Whatever looks after the copies that are kept. */
export interface Upkeep {
  readonly checker: EntryChecker
  start(found: FoundFolder): void
  stop(): Promise<void>
}

export function createUpkeep(parts: UpkeepParts): Upkeep {
  const { disk, downloads, open, onSwept } = parts
  const checker = new EntryChecker(parts)
  const sweeper = new Sweeper({ ...parts, onChange: onSwept })
  const scrubber = new Scrubber({
    ...parts,
    isIdle: (own) =>
      disk.isHere &&
      checker.progress === null &&
      downloads.runningEntryId === null &&
      open.resources.every(
        (resource) => !resource.isBusy && resource.readerCount === (resource === own ? 1 : 0),
      ),
  })
  return {
    checker,
    start(found) {
      scrubber.start()
      if (found !== 'missing') sweeper.start(found !== 'known')
    },
    stop: async () => void (await Promise.all([scrubber.stop(), sweeper.stop()])),
  }
}
