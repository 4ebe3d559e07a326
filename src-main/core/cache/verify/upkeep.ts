import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../ports.ts'
import type { DownloadQueue } from '../downloads/download-queue.ts'
import { EntryChecker } from './entry-checker.ts'
import type { EntryHolderParts } from './hold-entry.ts'
import { Scrubber } from './scrubber.ts'

export interface UpkeepParts extends EntryHolderParts {
  readonly clock: Clock
  readonly logger: Logger
  readonly downloads: Pick<DownloadQueue, 'runningEntryId'>
  readonly isDiskHere: () => boolean
}

/** Whatever looks after the copies that are kept. */
export interface Upkeep {
  readonly checker: EntryChecker
  readonly scrubber: Scrubber
}

export function createUpkeep(parts: UpkeepParts, isReachable: (sourceId: string) => boolean): Upkeep {
  const checker = new EntryChecker({ ...parts, isReachable })
  const scrubber = new Scrubber({
    ...parts,
    isIdle: (own) =>
      parts.isDiskHere() &&
      checker.progress === null &&
      parts.downloads.runningEntryId === null &&
      parts.open.resources.every(
        (resource) => !resource.isBusy && resource.readerCount === (resource === own ? 1 : 0),
      ),
  })
  return { checker, scrubber }
}
