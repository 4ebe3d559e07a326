import { randomBytes } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import type { CacheIndex } from '../index/cache-index.ts'
import type { FolderStore } from './folder-store.ts'

const lookMs = 10_000

export interface CacheDiskOptions {
  readonly store: FolderStore
  readonly index: Pick<CacheIndex, 'setMeta' | 'getMeta'>
  readonly clock: Clock
  /** Rows say that bytes are kept. */
  readonly hasBytes: boolean
  /** The folder lies in the data folder: it is never on a disk of its own that could be missing. */
  readonly isInside: boolean
  /** The folder is there again, with what was in it. */
  readonly onReturn: () => void
  readonly onError: (error: unknown) => void
}

/** How the cache folder was found at start. `fresh`: the rows know nothing of what may lie in it. */
export type FoundFolder = 'known' | 'fresh' | 'missing'

/**
 * The disk with the cache folder. The folder carries a name of its own, which the index remembers: so an empty mount point, or another disk
 * in its place, is told from the one with the bytes. While it is missing nothing is written, deleted or forgotten.
 */
export class CacheDisk {
  readonly #options: CacheDiskOptions
  #isHere = false
  #timer: Disposable | null = null
  #isStopped = false

  constructor(options: CacheDiskOptions) {
    this.#options = options
  }

  get isHere(): boolean {
    return this.#isHere
  }

  /** Finds the folder or makes it. Never rejects: a folder that cannot be used is a missing one. */
  async open(): Promise<FoundFolder> {
    const found = await this.#find().catch((error: unknown) => {
      // What it takes to choose another folder is in Settings, so this is no reason not to start.
      this.#options.onError(error)
      return 'missing' as const
    })
    this.#isHere = found !== 'missing'
    if (found === 'missing') this.#lookLater()
    return found
  }

  /** Something on the disk could not be reached: looks whether all of it is gone. */
  async check(): Promise<void> {
    if (!this.#isHere || (await this.#isOurs())) return
    this.#isHere = false
    this.#lookLater()
  }

  /** Whether the folder is still ours and no other Spool took it over. */
  #isOurs(): Promise<boolean> {
    const { store, index } = this.#options
    return store.identity().then(
      (identity) => identity !== null && identity === index.getMeta('folder_identity'),
      () => false,
    )
  }

  stop(): void {
    this.#isStopped = true
    this.#timer?.[Symbol.dispose]()
  }

  async #find(): Promise<FoundFolder> {
    const { store, index, hasBytes, isInside } = this.#options
    const known = index.getMeta('folder_identity')
    const isMoved = known !== null && index.getMeta('folder_path') !== store.root
    const isPresent = await store.isPresent()
    const identity = isPresent ? await store.identity() : null
    if (known !== null && identity === known) return this.#settle(known, 'known')
    // Folders of earlier versions have no name: the rows are about this one if they are about any.
    const isUnnamed = isPresent && identity === null
    if (hasBytes && !isMoved && !isUnnamed && !(isInside && !isPresent)) return 'missing'
    await store.create()
    const isKnown = hasBytes && !isMoved
    // A name of its own also when another Spool used the folder before: only one of them may sweep it.
    const name = randomBytes(8).toString('hex')
    await store.setIdentity(name)
    return this.#settle(name, isKnown ? 'known' : 'fresh')
  }

  #settle(identity: string | number, found: FoundFolder): FoundFolder {
    const { index, store } = this.#options
    index.setMeta('folder_identity', identity)
    index.setMeta('folder_path', store.root)
    return found
  }

  #lookLater(): void {
    if (this.#isStopped || this.#timer !== null) return
    this.#timer = this.#options.clock.after(lookMs, () => {
      this.#timer = null
      void this.#look()
    })
  }

  async #look(): Promise<void> {
    if (await this.#isOurs()) {
      if (this.#isStopped) return
      this.#isHere = true
      this.#options.onReturn()
    } else this.#lookLater()
  }
}
