import type { Clock } from '../base/clock.ts'
import { Emitter } from '../base/emitter.ts'
import { keyOf, presentOf } from './entry-views.ts'
import type { EntryChange } from './handle.ts'
import type { CacheIndex } from './index/cache-index.ts'
import type { EntryRow } from './index/entries.ts'

/** At most so often per entry; the last state always comes. */
const intervalMs = 250

/** Tells listeners what became of entries. */
export class EntryChanges {
  readonly #index: CacheIndex
  readonly #clock: Clock
  readonly #emitter: Emitter<EntryChange>
  readonly #pending = new Map<number, Disposable>()
  #isStopped = false

  constructor(index: CacheIndex, clock: Clock, onError: (error: unknown) => void) {
    this.#index = index
    this.#clock = clock
    this.#emitter = new Emitter(onError)
  }

  on(listener: (change: EntryChange) => void): Disposable {
    return this.#emitter.on(listener)
  }

  report(entryId: number): void {
    if (this.#isStopped || this.#pending.has(entryId)) return
    const timer = this.#clock.after(intervalMs, () => {
      this.#pending.delete(entryId)
      this.#emit(this.#index.entries.byId(entryId))
    })
    this.#pending.set(entryId, timer)
    this.#emit(this.#index.entries.byId(entryId))
  }

  removed(row: EntryRow): void {
    this.#gone(row, { removed: true, replaced: false })
  }

  replaced(row: EntryRow): void {
    this.#gone(row, { removed: false, replaced: true })
  }

  stop(): void {
    this.#isStopped = true
    for (const timer of this.#pending.values()) timer[Symbol.dispose]()
    this.#pending.clear()
  }

  /** At once, whatever was said of the bytes that were there. */
  #gone(row: EntryRow, how: Pick<EntryChange, 'removed' | 'replaced'>): void {
    this.#pending.get(row.id)?.[Symbol.dispose]()
    this.#pending.delete(row.id)
    this.#emitter.emit({ key: keyOf(row), bytesPresent: 0, complete: false, ...how })
  }

  #emit(row: EntryRow | null): void {
    if (row === null) return
    const { completedAt } = row
    this.#emitter.emit({
      key: keyOf(row),
      bytesPresent: presentOf(row),
      complete: completedAt !== null,
      removed: false,
      replaced: false,
    })
  }
}
