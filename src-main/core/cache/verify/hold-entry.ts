import type { EntryResource } from '../entry-resource.ts'
import type { CacheIndex } from '../index/cache-index.ts'
import type { EntryRow } from '../index/entries.ts'
import type { Mailbox } from '../mailbox.ts'
import type { OpenEntries } from '../open-entries.ts'

/** An entry that stays open until this is disposed. */
export interface HeldEntry extends Disposable {
  readonly row: EntryRow
  readonly resource: EntryResource
}

export interface EntryHolderParts {
  readonly index: CacheIndex
  readonly mailbox: Mailbox
  readonly open: OpenEntries
}

/** Opens an entry for work of our own; null when there is none any more. To be called outside of a turn. */
export async function holdEntry(parts: EntryHolderParts, entryId: number): Promise<HeldEntry | null> {
  const { index, mailbox, open } = parts
  for (;;) {
    const found = await mailbox.after(Promise.resolve(), () => {
      const row = index.db.open ? index.entries.byId(entryId) : null
      if (row === null) return { held: null }
      const resource = open.get(row)
      if (resource instanceof Promise) return { closing: resource }
      const media = resource.open()
      return { held: { row, resource, [Symbol.dispose]: () => media[Symbol.dispose]() } }
    })
    if (found.closing === undefined) return found.held
    // It is opened again once it has closed.
    await found.closing
  }
}
