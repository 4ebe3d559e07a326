import type { HistoryRow } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import { defined } from '../base/control.ts'
import type { Logger } from '../ports.ts'
import { titleText } from './entry-views.ts'
import type { CacheIndex } from './index/cache-index.ts'
import type { EntryRow } from './index/entries.ts'
import type { OpenEntries } from './open-entries.ts'
import { chooseVictims, type Candidate } from './space/choose-victims.ts'
import type { FolderStore } from './store/folder-store.ts'

const retryMs = 30_000

export interface EntryRemoverOptions {
  readonly index: CacheIndex
  readonly store: FolderStore
  readonly open: OpenEntries
  readonly clock: Clock
  readonly logger: Logger
  readonly isProtected: (row: EntryRow) => boolean
  /** False while the disk with the folders is not connected. */
  readonly isDiskHere: () => boolean
  /** A file that was fetched beside a removed entry is let go of, when there is one. */
  readonly retireBeside: (generationId: number) => Promise<void>
  readonly onRemoved: (row: EntryRow) => void
  /** Resolves when nothing else writes into a folder whose rows are gone. */
  readonly settled: (storeName: string) => Promise<void>
}

interface Removal {
  readonly row: EntryRow
  readonly action: HistoryRow['action']
  readonly reason: string
}

/** Takes entries away: rows first, in one transaction with a note of the folder; then the folder, as often as it takes. */
export class EntryRemover {
  readonly #options: EntryRemoverOptions
  /** Folders that readers of a removed entry still hold. */
  readonly #draining = new Set<string>()
  readonly #deleting = new Map<string, Promise<number>>()
  /** Folders that could not be deleted when that was last tried. */
  readonly #stuck = new Set<string>()
  #retryTimer: Disposable | null = null
  #isStopped = false

  constructor(options: EntryRemoverOptions) {
    this.#options = options
  }

  /** Removes the entries in this turn. Resolves with the bytes that came free on the disk; those still being read come free later and do not count. */
  remove(removals: readonly Removal[], force: boolean): Promise<number> {
    const { index, open, clock, onRemoved, retireBeside } = this.#options
    const others = new Map<number, string>()
    index.durably(() => {
      for (const { row, action, reason } of removals) {
        for (const { storeName, bytesPresent } of index.generations.ofEntry(row.id)) {
          index.doomed.add(storeName, bytesPresent, clock.now())
          if (storeName !== row.storeName) others.set(row.id, storeName)
        }
        index.entries.remove(row.id)
        index.history.add(clock.now(), row, action, reason, row.bytesPresent)
      }
    })
    const freed = removals.map(({ row }) => {
      const beside = others.get(row.id)
      if (beside !== undefined && row.makingId !== null)
        void this.#deleteAfter(retireBeside(row.makingId), beside)
      const isRead = !force && (open.peek(row.id)?.readerCount ?? 0) > 0
      const deleted = this.#deleteAfter(open.retire(row.id, force, 'cancelled'), row.storeName)
      onRemoved(row)
      return isRead ? 0 : deleted
    })
    return sum(freed)
  }

  /** The folder of a replaced generation, whose rows are gone already. */
  dropReplaced(row: EntryRow): void {
    void this.#deleteAfter(this.#options.open.retire(row.id, true, 'bad-reply'), row.storeName)
  }

  /** The folder of segments that a finished file has replaced: their viewer may go on with them until it leaves. */
  dropLeft(row: EntryRow): void {
    void this.#deleteAfter(this.#options.open.leave(row), row.storeName)
  }

  /** A folder whose rows are gone, once `released` resolves. */
  dropFolder(storeName: string, released: Promise<void>): void {
    void this.#deleteAfter(released, storeName)
  }

  /**
   * Removes what may go, in the order of `chooseVictims`, until `neededBytes` are free; when that is not enough, what was played of titles
   * that are being watched.
   */
  async evict(neededBytes: number): Promise<number> {
    const { index } = this.#options
    // What is condemned already comes first: it only has to be deleted. What cannot be deleted now is no help.
    const condemned = index.doomed
      .all()
      .filter(({ storeName }) => !this.#stuck.has(storeName) && !this.#draining.has(storeName))
      .reduce((bytes, row) => bytes + row.bytes, 0)
    const deleted = this.deleteDoomed()
    const rows = new Map(index.entries.all().map((row) => [row.id, row]))
    const candidates = [...rows.values()].map((row) => this.#candidate(row))
    const victims = chooseVictims(candidates, neededBytes - condemned)
    const removals = victims.map(({ entryId, reason }) => ({
      row: defined(rows.get(entryId), 'victim'),
      action: 'evicted' as const,
      reason,
    }))
    const removed = removals.length > 0 ? this.remove(removals, false) : 0
    const missing = neededBytes - condemned - victims.reduce((bytes, victim) => bytes + victim.bytes, 0)
    return sum([deleted, removed, missing > 0 ? this.#dropPlayed(rows.values(), missing) : 0])
  }

  /** Of titles too large to be kept whole: pinned ones and downloads stay whole all the same. */
  async #dropPlayed(rows: Iterable<EntryRow>, neededBytes: number): Promise<number> {
    const open = [...rows].filter((row) => row.isPinned === 0 && !isFilling(row))
    let freed = 0
    for (const row of open.sort((a, b) => a.accessSeq - b.accessSeq)) {
      if (freed >= neededBytes) break
      freed += (await this.#options.open.peek(row.id)?.dropPlayed(neededBytes - freed)) ?? 0
    }
    return freed
  }

  /** Tries again to delete what could not be deleted before. */
  deleteDoomed(): Promise<number> {
    const names = this.#options.index.doomed.all().map(({ storeName }) => storeName)
    return sum(names.filter((name) => !this.#draining.has(name)).map((name) => this.#delete(name)))
  }

  /** Folders of ours that no row knows, at once and however young: for who clears the cache. */
  async deleteStrays(): Promise<number> {
    const { index, store, isDiskHere } = this.#options
    if (!isDiskHere()) return 0
    // Rows come before their folder: what is there now and has no rows afterwards belongs to nobody, however many begin meanwhile.
    const names = await store.names()
    const known = new Set([
      ...index.generations.storeNames(),
      ...index.doomed.all().map((row) => row.storeName),
    ])
    const strays = names.filter((name) => !known.has(name))
    return sum(strays.map((name) => store.remove(name).catch(() => 0)))
  }

  /** Until nothing is being deleted. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#retryTimer?.[Symbol.dispose]()
    await Promise.all(this.#deleting.values())
  }

  async #deleteAfter(released: Promise<void>, storeName: string): Promise<number> {
    this.#draining.add(storeName)
    await released
    this.#draining.delete(storeName)
    return this.#delete(storeName)
  }

  #delete(storeName: string): Promise<number> {
    let deleting = this.#deleting.get(storeName)
    if (deleting === undefined) {
      deleting = this.#deleteNow(storeName).finally(() => this.#deleting.delete(storeName))
      this.#deleting.set(storeName, deleting)
    }
    return deleting
  }

  async #deleteNow(storeName: string): Promise<number> {
    const { index, store, clock, logger, isDiskHere, settled } = this.#options
    // On another disk there is nothing of that name; the note stays until ours is back.
    if (!isDiskHere()) return 0
    try {
      await settled(storeName)
      const bytes = await store.remove(storeName)
      this.#stuck.delete(storeName)
      index.doomed.remove(storeName)
      return bytes
    } catch (error) {
      // The next start takes it up again.
      if (!index.db.open) return 0
      logger.warn('cache.delete-failed', { storeName, error: String(error) })
      this.#stuck.add(storeName)
      index.doomed.failed(storeName)
      if (!this.#isStopped)
        this.#retryTimer ??= clock.after(retryMs, () => {
          this.#retryTimer = null
          void this.deleteDoomed()
        })
      return 0
    }
  }

  #candidate(row: EntryRow): Candidate {
    const { open, isProtected } = this.#options
    return {
      entryId: row.id,
      title: titleText(row),
      bytes: row.bytesPresent,
      qualityRank: row.kind === 'file' ? Number.POSITIVE_INFINITY : (row.bitrateKbps ?? 0),
      isPinned: row.isPinned === 1,
      isInUse: open.isInUse(row.id) || isFilling(row) || isProtected(row),
      isComplete: row.completedAt !== null,
      isFailed: row.downloadState === 'failed' || row.errorCode !== null,
      isWatched: row.watchedAt !== null,
      accessSeq: row.accessSeq,
    }
  }
}

const isFilling = (row: EntryRow): boolean => row.downloadState !== null && row.downloadState !== 'failed'

async function sum(parts: readonly (number | Promise<number>)[]): Promise<number> {
  let total = 0
  for (const part of parts) total += await part
  return total
}
