import { FileEntry } from './file/file-entry.ts'
import type { Mailbox } from './mailbox.ts'
import type { OpenEntries } from './open-entries.ts'
import type { SpaceKeeper } from './space/space-keeper.ts'
import type { FilePool } from './store/file-pool.ts'

/** Everything that must be zero when nobody uses the cache. For tests and diagnostics. */
export interface CacheCounters {
  readonly resources: number
  readonly handles: number
  readonly readers: number
  readonly transfers: number
  readonly files: number
  readonly reservedBytes: number
  readonly mailbox: number
}

interface CountedParts {
  readonly open: OpenEntries
  readonly pool: FilePool
  readonly space: SpaceKeeper
  readonly mailbox: Mailbox
}

export function countInUse({ open, pool, space, mailbox }: CountedParts): CacheCounters {
  const files = open.resources.filter((resource) => resource instanceof FileEntry)
  return {
    resources: open.size,
    handles: open.resources.reduce((sum, resource) => sum + resource.readerCount, 0),
    readers: files.reduce((sum, file) => sum + file.counters.readers, 0),
    transfers: files.reduce((sum, file) => sum + file.counters.transfers, 0),
    files: pool.size,
    reservedBytes: space.reservedBytes,
    mailbox: mailbox.length,
  }
}
