import type { DamageNotice } from '../../../../src-preload/contract/index.ts'
import { Emitter } from '../../base/emitter.ts'
import { keyOf } from '../entry-views.ts'
import type { EntryRow } from '../index/entries.ts'

/** One bad place is healed without a word; so many in one title are a disk that somebody should look at. */
const noticeablePieces = 3

/** Tells of damage that is worth a word: much of it in one title, or any while the server cannot make it good. Once for each title and run. */
export class DamageWatch {
  readonly #isReachable: (sourceId: string) => boolean
  readonly #emitter: Emitter<DamageNotice>
  readonly #pieces = new Map<number, number>()
  readonly #told = new Set<number>()

  constructor(isReachable: (sourceId: string) => boolean, onError: (error: unknown) => void) {
    this.#isReachable = isReachable
    this.#emitter = new Emitter(onError)
  }

  on(listener: (notice: DamageNotice) => void): Disposable {
    return this.#emitter.on(listener)
  }

  /** Something of this entry's generation is not what was recorded. */
  onDamage(row: EntryRow): void {
    const pieces = (this.#pieces.get(row.generationId) ?? 0) + 1
    this.#pieces.set(row.generationId, pieces)
    const isReachable = this.#isReachable(row.sourceId)
    if (this.#told.has(row.generationId) || (isReachable && pieces < noticeablePieces)) return
    this.#told.add(row.generationId)
    this.#emitter.emit({ key: keyOf(row), title: row.title, isReachable })
  }
}
