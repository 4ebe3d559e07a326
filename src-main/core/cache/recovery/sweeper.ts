import { join } from 'node:path'
import { sleep, type Clock } from '../../base/clock.ts'
import { isAbort } from '../../base/control.ts'
import type { Logger } from '../../ports.ts'
import { keyOf } from '../entry-views.ts'
import type { CacheIndex } from '../index/cache-index.ts'
import type { EntryRow } from '../index/entries.ts'
import type { Mailbox } from '../mailbox.ts'
import type { OpenEntries } from '../open-entries.ts'
import type { CacheDisk } from '../store/cache-disk.ts'
import type { FolderStore } from '../store/folder-store.ts'
import { adoptManifest, manifestName, readManifest } from './manifest.ts'

/** Between two folders: a start with many has other things to do. */
const pauseMs = 1_000
/** A younger folder may be of somebody who is just at work. */
const oldEnoughMs = 60 * 60 * 1000

export interface SweeperParts {
  readonly index: CacheIndex
  readonly mailbox: Mailbox
  readonly open: OpenEntries
  readonly store: FolderStore
  readonly disk: CacheDisk
  readonly clock: Clock
  readonly logger: Logger
  /** The entry is known again, or its bytes are not there any more. */
  readonly onChange: (row: EntryRow) => void
}

/**
 * Brings rows and folders together after a start. A folder that no row knows is taken over if it tells what is in it, else deleted once it is
 * old; rows whose folder is gone are forgotten. As much work as there are folders, not chunks, and none of it before the start is over.
 */
export class Sweeper {
  readonly #parts: SweeperParts
  readonly #stopping = new AbortController()
  #running: Promise<void> | null = null

  constructor(parts: SweeperParts) {
    this.#parts = parts
  }

  /** @param isFresh the index is new and the folder is not: everything is taken over at once, and nothing is deleted */
  start(isFresh: boolean): void {
    this.#running = this.#sweep(isFresh).catch((error: unknown) => {
      if (!isAbort(error) && !this.#stopping.signal.aborted)
        this.#parts.logger.warn('cache.sweep-stopped', { error: String(error) })
    })
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #sweep(isFresh: boolean): Promise<void> {
    const { store, mailbox, clock } = this.#parts
    // Rows come before their folder: what is there now and unknown afterwards belongs to nobody.
    const names = await store.names()
    const { strangers, lost } = await mailbox.after(Promise.resolve(), () => this.#compare(new Set(names)))
    for (const row of lost) {
      await sleep(clock, pauseMs, this.#stopping.signal)
      await this.#forget(row)
    }
    for (const name of strangers) {
      if (!isFresh) await sleep(clock, pauseMs, this.#stopping.signal)
      this.#stopping.signal.throwIfAborted()
      if (!(await this.#adopt(name)) && !isFresh) await this.#deleteOld(name)
    }
  }

  #compare(names: ReadonlySet<string>): { strangers: string[]; lost: EntryRow[] } {
    const { index } = this.#parts
    if (!index.db.open) return { strangers: [], lost: [] }
    const rows = index.entries.all()
    const known = new Set([
      ...index.generations.storeNames(),
      ...index.doomed.all().map(({ storeName }) => storeName),
    ])
    return {
      strangers: [...names].filter((name) => !known.has(name)),
      lost: rows.filter(({ storeName, bytesPresent }) => bytesPresent > 0 && !names.has(storeName)),
    }
  }

  /** The bytes of these rows are gone. One that is open finds out by itself. */
  async #forget(row: EntryRow): Promise<void> {
    const { index, mailbox, open, store, disk, clock, onChange } = this.#parts
    await disk.check()
    const isThere = await store.fs.exists(store.pathOf(row.storeName))
    await mailbox.after(Promise.resolve(), () => {
      if (isThere || !disk.isHere || !index.db.open || open.isOpen(row.id)) return
      const current = index.entries.byId(row.id)
      if (current?.generationId !== row.generationId) return
      index.db.transaction(() => {
        index.generations.forgetPieces(row.generationId)
        index.history.add(clock.now(), row, 'damaged', 'missing on disk', current.bytesPresent)
      })()
      const forgotten = index.entries.byId(row.id)
      if (forgotten !== null) onChange(forgotten)
    })
  }

  async #adopt(name: string): Promise<boolean> {
    const { index, mailbox, open, store, clock, logger, onChange } = this.#parts
    const text = await store.fs.readWhole(join(store.pathOf(name), manifestName)).catch(() => null)
    const manifest = text === null ? null : readManifest(text.toString(), name)
    if (manifest === null) return false
    return mailbox.after(Promise.resolve(), () => {
      if (!index.db.open) return false
      try {
        const entryId = adoptManifest(index.db, manifest, open.nextAccessSeq())
        const row = index.entries.byId(entryId)
        if (row === null) return false
        index.history.add(clock.now(), row, 'completed', 'found again on the disk', row.bytesPresent)
        logger.info('cache.adopted', { ...keyOf(row), bytes: row.bytesPresent })
        onChange(row)
        return true
      } catch (error) {
        // Another copy has the key meanwhile, or the rows are of another version.
        logger.warn('cache.not-adopted', { storeName: name, error: String(error) })
        return false
      }
    })
  }

  async #deleteOld(name: string): Promise<void> {
    const { store, disk, clock, logger } = this.#parts
    await disk.check()
    const changedAt = await store.fs.changedAt(store.pathOf(name))
    if (!disk.isHere || changedAt === null || clock.now() - changedAt < oldEnoughMs) return
    const bytes = await store.remove(name)
    logger.info('cache.stray-deleted', { storeName: name, bytes })
  }
}
