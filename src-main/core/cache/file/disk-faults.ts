import type { EntryContext } from '../entry-resource.ts'
import type { Span } from '../ranges.ts'
import { isDiskFull } from '../store/disk-errors.ts'
import type { ByteLosses } from './byte-losses.ts'
import type { ByteMap } from './byte-map.ts'
import type { FileStorage } from './file-storage.ts'
import type { Keeping } from './keeping.ts'

export interface DiskFaultsParts {
  readonly context: EntryContext
  readonly map: ByteMap
  readonly storage: FileStorage
  readonly keeping: Keeping
  readonly losses: ByteLosses
  /** Bytes are not here any more: whoever waits should look again. */
  readonly onLoss: () => void
}

/** What follows from a disk that fails: which bytes are gone, and whether anything is written to it for now. */
export class DiskFaults {
  readonly #parts: DiskFaultsParts

  constructor(parts: DiskFaultsParts) {
    this.#parts = parts
  }

  /**
   * A sync failed: what the disk has of these is unknown, so it has nothing. The file is opened again for what comes next; when that fails
   * as well, or the disk is full, nothing is kept for a while.
   *
   * @param failures syncs that failed in a row
   */
  async onSyncError(error: unknown, spans: readonly Span[], failures: number): Promise<void> {
    const { storage, losses } = this.#parts
    const missing = await storage.missingFiles(error, spans)
    losses.loseFiles(missing)
    losses.unwrite(spans)
    if (failures > 1 || isDiskFull(error)) this.#suspend(error)
  }

  /** `again`: the file was deleted underneath, by whomever, and a new one takes its place. */
  async onWriteError(error: unknown, span: Span): Promise<'again' | 'given up'> {
    const { storage, losses } = this.#parts
    // Found to be gone in the middle of a write: that was told already.
    if ((error as NodeJS.ErrnoException).code === 'ESTALE') return 'again'
    const missing = await storage.missingFiles(error, [span])
    losses.loseFiles(missing)
    if (missing.length > 0) return 'again'
    this.#suspend(error)
    return 'given up'
  }

  /** The disk is not there: no row is touched, and what is asked for comes from the source and is not kept. */
  onOutOfReach(error: unknown): void {
    const { context, keeping, losses, map, onLoss } = this.#parts
    keeping.setReach(false)
    for (const { start, end } of map.written.spans) losses.dropWritten(start, end)
    context.logger.warn('cache.file.out-of-reach', { error: String(error) })
    context.onDiskError(error)
    onLoss()
  }

  #suspend(error: unknown): void {
    this.#parts.keeping.suspend()
    this.#parts.context.onDiskError(error)
  }
}
