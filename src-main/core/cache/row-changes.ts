import type { Clock } from '../base/clock.ts'
import type { DownloadQueue } from './downloads/download-queue.ts'
import type { EntryChanges } from './entry-changes.ts'
import type { CacheIndex } from './index/cache-index.ts'
import type { EntryRow } from './index/entries.ts'
import type { ManifestKeeper } from './recovery/manifest-keeper.ts'
import { priority } from './schedule/priority.ts'

export interface RowChangesParts {
  readonly index: CacheIndex
  readonly clock: Clock
  readonly downloads: DownloadQueue
  readonly changes: EntryChanges
  readonly manifests: ManifestKeeper
  /** Begins anew what cannot be mended. */
  readonly remake: (row: EntryRow) => void
}

/** What follows when bytes came or went. Every method is called inside a turn. */
export class RowChanges {
  readonly #parts: RowChangesParts
  /** Generations that are all there. */
  readonly #completed: Set<number>

  constructor(parts: RowChangesParts) {
    this.#parts = parts
    this.#completed = new Set(parts.index.generations.completedIds())
  }

  /** An open entry wrote rows, or lost some. */
  onRowsChanged(entryId: number): void {
    const { index, changes, downloads, manifests, clock, remake } = this.#parts
    const row = index.entries.byId(entryId)
    if (row === null) return
    changes.report(entryId)
    if (row.completedAt === null && isMadeFile(row))
      return void (this.#completed.delete(row.generationId) && remake(row))
    if (row.completedAt === null) {
      manifests.note(row)
      // Damage was found in what was whole: if somebody wanted all of it, the rest is fetched again.
      if (this.#completed.delete(row.generationId) && row.isPinned === 1)
        downloads.add(entryId, priority.upkeep)
      return
    }
    if (this.#completed.has(row.generationId)) return
    this.#completed.add(row.generationId)
    manifests.note(row)
    index.history.add(clock.now(), row, 'completed', 'all of it is here', row.bytesPresent)
    // The fill, if there is one, ends by itself; a player that fetched everything leaves nothing to fill.
    if (downloads.runningEntryId !== entryId || row.makingId !== null) downloads.remove(entryId)
  }

  /** An entry that is not open was found on the disk, or missed there. */
  onSwept(row: EntryRow): void {
    const { changes, downloads, remake } = this.#parts
    if (row.completedAt !== null) this.#completed.add(row.generationId)
    else {
      this.#completed.delete(row.generationId)
      if (isMadeFile(row)) remake(row)
      else if (row.isPinned === 1) downloads.add(row.id, priority.upkeep)
    }
    changes.report(row.id)
  }
}

/** A file that a server made of a rung cannot be mended: the server has it no more. */
const isMadeFile = (row: EntryRow): boolean => row.kind === 'file' && row.quality !== 'original'
