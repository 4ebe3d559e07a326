import { sleep, type Clock } from '../base/clock.ts'
import type { DownloadQueue } from './downloads/download-queue.ts'
import type { EntryChanges } from './entry-changes.ts'
import type { EntryRemover } from './entry-remover.ts'
import type { Mailbox } from './mailbox.ts'
import type { OpenEntries } from './open-entries.ts'
import type { ManifestKeeper } from './recovery/manifest-keeper.ts'
import type { ShutdownFlag } from './recovery/shutdown-flag.ts'
import type { FilePool } from './store/file-pool.ts'
import type { Upkeep } from './verify/upkeep.ts'

interface ClosedParts {
  readonly downloads: DownloadQueue
  readonly upkeep: Pick<Upkeep, 'stop'>
  readonly open: OpenEntries
  readonly manifests: ManifestKeeper
  readonly remover: EntryRemover
  readonly pool: FilePool
  readonly mailbox: Mailbox
  readonly changes: EntryChanges
  readonly clock: Clock
  readonly shutdownFlag: ShutdownFlag
}

/** Ends everything that works for the cache, whoever uses something before what is used, for at most `deadlineMs`. */
export async function closeInOrder(parts: ClosedParts, deadlineMs: number): Promise<void> {
  const stopped = parts.downloads.stop()
  const work = async (): Promise<'done'> => {
    await Promise.all([stopped, parts.upkeep.stop()])
    await parts.open.closeAll()
    await parts.manifests.stop()
    await parts.remover.stop()
    await parts.pool.closeAll()
    return 'done'
  }
  const isClosed = (await Promise.race([work(), sleep(parts.clock, deadlineMs)])) === 'done'
  // What was reported until now still has its turn; after that nobody uses the database.
  await parts.mailbox.after(Promise.resolve(), () => {
    parts.changes.stop()
    // The last thing that is written: everything before it is synced and closed.
    if (isClosed) parts.shutdownFlag.raise()
  })
}
