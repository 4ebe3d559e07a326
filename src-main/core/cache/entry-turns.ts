import type { CacheKey, EntryState } from '../../../src-preload/contract/index.ts'
import { SpoolError } from '../spool-error.ts'
import type { EntryResource } from './entry-resource.ts'
import { stateOf } from './entry-views.ts'
import type { FileCacheParts } from './file-cache-parts.ts'
import type { EntryRow } from './index/entries.ts'

type TurnParts = Pick<
  FileCacheParts,
  'mailbox' | 'catalog' | 'index' | 'open' | 'clock' | 'changes' | 'manifests' | 'remover' | 'space'
>

/** What the actor's commands have in common: how they come to their entry, and what follows when they changed it. */
export class EntryTurns {
  readonly #parts: TurnParts

  constructor(parts: TurnParts) {
    this.#parts = parts
  }

  /** Runs a turn on the key's row; `none` when there is no such row. */
  ofKey<T>(key: CacheKey, signal: AbortSignal | undefined, none: T, turn: (row: EntryRow) => T): Promise<T> {
    const { mailbox, index } = this.#parts
    return mailbox.ask(() => {
      const row = index.entries.byKey(key)
      return row === null ? none : turn(row)
    }, signal)
  }

  /** Runs a turn on the key's row, once there is one. */
  withEntry<T>(
    key: CacheKey,
    purpose: 'play' | 'keep',
    signal: AbortSignal | undefined,
    turn: (row: EntryRow) => T,
  ): Promise<T> {
    const { catalog, mailbox, index } = this.#parts
    return mailbox.ask(() => {
      const row = catalog.ensure(key, purpose)
      if (!(row instanceof Promise)) return turn(row)
      return mailbox.after(row, () => {
        if (signal?.aborted) throw new SpoolError('cancelled')
        const current = index.entries.byKey(key)
        if (current === null) throw new SpoolError('cancelled')
        return turn(current)
      })
    }, signal)
  }

  /** Inside a turn. A resource that is just closing is opened again when it has. */
  resource(row: EntryRow): EntryResource | Promise<EntryResource> {
    const { open, mailbox, index } = this.#parts
    const resource = open.get(row)
    if (!(resource instanceof Promise)) return resource
    return mailbox.after(resource, () => {
      const current = index.entries.byId(row.id)
      if (current === null) throw new SpoolError('unknown-media')
      return this.resource(current)
    })
  }

  /** Inside a turn: somebody plays it now. */
  touch(row: EntryRow): void {
    const { index, open, clock } = this.#parts
    index.entries.touch(row.id, open.nextAccessSeq(), clock.now())
  }

  /** Inside a turn: says that the row is another, and what it is now. */
  changed(entryId: number): EntryState {
    const { index, changes, manifests } = this.#parts
    changes.report(entryId)
    const row = index.entries.byId(entryId)
    if (row === null) return 'none'
    manifests.note(row)
    return stateOf(row)
  }

  /** Inside a turn: removes entries on somebody's word. */
  async remove(
    rows: readonly EntryRow[],
    reason: string,
    force: boolean,
  ): Promise<{ readonly freedBytes: number }> {
    const removals = rows.map((row) => ({ row, action: 'removed' as const, reason }))
    const freedBytes = rows.length === 0 ? 0 : await this.#parts.remover.remove(removals, force)
    await this.#parts.space.onRemoved(freedBytes)
    return { freedBytes }
  }
}
