import type { CacheCheck, CacheKey, CheckReport } from '../../../../src-preload/contract/index.ts'
import type { EntryRow } from '../index/entries.ts'
import { holdEntry, type EntryHolderParts } from './hold-entry.ts'

export interface EntryCheckerParts extends EntryHolderParts {
  readonly isReachable: (sourceId: string) => boolean
}

/** Reads everything that entries have recorded, at the user's wish. */
export class EntryChecker {
  readonly #parts: EntryCheckerParts
  /** Checks under way. */
  readonly #running = new Set<{ bytesChecked: number; bytesTotal: number }>()

  constructor(parts: EntryCheckerParts) {
    this.#parts = parts
  }

  /** How far it is; null when nothing is checked. */
  get progress(): CacheCheck | null {
    if (this.#running.size === 0) return null
    const sum = { bytesChecked: 0, bytesTotal: 0 }
    for (const { bytesChecked, bytesTotal } of this.#running) {
      sum.bytesChecked += bytesChecked
      sum.bytesTotal += bytesTotal
    }
    return sum
  }

  /** One entry, or all of them for null. To be called inside a turn; see `#check`. */
  verify(key: CacheKey | null, signal: AbortSignal = new AbortController().signal): Promise<CheckReport> {
    const { entries } = this.#parts.index
    const row = key === null ? null : entries.byKey(key)
    return this.#check(key === null ? entries.all() : row === null ? [] : [row], signal)
  }

  /**
   * Checks the entries one after another. What is damaged loses its row; of what is pinned or being downloaded it is fetched again at once, if
   * the source answers. Rejects with the signal's reason, and with `cache-disk-missing`; what was found until then is forgotten all the same.
   */
  async #check(rows: readonly EntryRow[], signal: AbortSignal): Promise<CheckReport> {
    const run = { bytesChecked: 0, bytesTotal: rows.reduce((sum, row) => sum + row.bytesPresent, 0) }
    const report = { checked: 0, damaged: 0, missing: 0, repaired: 0 }
    this.#running.add(run)
    try {
      for (const row of rows) {
        signal.throwIfAborted()
        using held = await holdEntry(this.#parts, row.id)
        if (held === null) continue
        for await (const { index, bytes, result } of held.resource.check()) {
          signal.throwIfAborted()
          run.bytesChecked += bytes
          report.checked += 1
          if (result === 'sound') continue
          report[result] += 1
          if (this.#isWantedNow(row) && (await held.resource.repair(index, signal))) report.repaired += 1
        }
      }
      return report
    } finally {
      this.#running.delete(run)
    }
  }

  #isWantedNow(row: EntryRow): boolean {
    const isWhole = row.isPinned === 1 || row.downloadState !== null
    return isWhole && this.#parts.isReachable(row.sourceId)
  }
}
