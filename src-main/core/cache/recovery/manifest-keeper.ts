import { join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../ports.ts'
import type { CacheIndex } from '../index/cache-index.ts'
import type { EntryRow } from '../index/entries.ts'
import type { FolderStore } from '../store/folder-store.ts'
import { manifestName, writeManifest } from './manifest.ts'

/** A copy that grows is described anew at most so often. */
const pauseMs = 60_000

export interface ManifestKeeperParts {
  readonly index: CacheIndex
  readonly store: FolderStore
  readonly clock: Clock
  readonly logger: Logger
  /** Runs something as a turn of the actor. */
  readonly post: (name: string, turn: () => void) => void
}

/** Describes complete and pinned copies in their own folders, so that they outlast the index. Every method is called inside a turn. */
export class ManifestKeeper {
  readonly #parts: ManifestKeeperParts
  readonly #waiting = new Map<number, Disposable>()
  readonly #writing = new Map<string, Promise<void>>()
  #isStopped = false

  constructor(parts: ManifestKeeperParts) {
    this.#parts = parts
  }

  /** Rows of this entry changed. */
  note(row: EntryRow): void {
    if (row.completedAt !== null) return this.#write(row)
    if (row.isPinned === 0 || row.bytesPresent === 0 || this.#waiting.has(row.id) || this.#isStopped) return
    const { clock, post, index } = this.#parts
    const timer = clock.after(pauseMs, () =>
      post('manifest', () => {
        this.#waiting.delete(row.id)
        const current = index.db.open ? index.entries.byId(row.id) : null
        if (current?.isPinned === 1 && current.bytesPresent > 0) this.#write(current)
      }),
    )
    this.#waiting.set(row.id, timer)
  }

  /** Resolves when nothing is written into this folder any more; nothing will be once its rows are gone. */
  async settled(storeName: string): Promise<void> {
    await this.#writing.get(storeName)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    for (const timer of this.#waiting.values()) timer[Symbol.dispose]()
    this.#waiting.clear()
    await Promise.all(this.#writing.values())
  }

  #write(row: EntryRow): void {
    if (this.#isStopped) return
    const { index, store, logger } = this.#parts
    const text = writeManifest(index.db, row.generationId)
    const before = this.#writing.get(row.storeName) ?? Promise.resolve()
    const writing = before
      .then(() => store.fs.writeWhole(join(store.pathOf(row.storeName), manifestName), text))
      // It only helps when the index is lost, which is rare: no reason to trouble anybody.
      .catch((error: unknown) => logger.warn('cache.manifest-not-written', { error: String(error) }))
      .finally(() => {
        if (this.#writing.get(row.storeName) === writing) this.#writing.delete(row.storeName)
      })
    this.#writing.set(row.storeName, writing)
  }
}
