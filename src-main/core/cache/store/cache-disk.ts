import { randomBytes } from 'node:crypto'
import { isAbsolute, relative } from 'node:path'
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
  /** Where the index lies: a cache folder in it is never on a disk of its own that could be missing. */
  readonly dataFolder: string
  /** The folder is there again, with what was in it. */
  readonly onReturn: () => void
  readonly onError: (error: unknown) => void
}

/** How the cache folder was found at start. `fresh`: no row is about it. `moved`: rows are about another one, which the user gave up for it. */
export type FoundFolder = 'known' | 'fresh' | 'moved' | 'missing'

/**
 * The disk with the cache folder. The folder carries a name of its own, which the index remembers: so an empty mount point, or another disk
 * in its place, is told from the one with the bytes. While it is missing nothing is written, deleted or forgotten.
 */
export class CacheDisk {
  readonly #options: CacheDiskOptions
  #isHere = false
  /** What the folder is called; null until it had a name. */
  #name: string | null = null
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
    if (!this.#isHere || (await this.#isOurs()) || this.#isStopped) return
    this.#isHere = false
    this.#lookLater()
  }

  /** Whether the folder is still ours and no other Spool took it over. */
  #isOurs(): Promise<boolean> {
    return this.#options.store.identity().then(
      (identity) => identity !== null && identity === this.#name,
      () => false,
    )
  }

  stop(): void {
    this.#isStopped = true
    this.#timer?.[Symbol.dispose]()
  }

  async #find(): Promise<FoundFolder> {
    const { store, index, hasBytes, dataFolder } = this.#options
    const known = index.getMeta('folder_identity') as string | null
    this.#name = known
    const isMoved = known !== null && index.getMeta('folder_path') !== store.root
    const isPresent = await store.isPresent()
    const identity = isPresent ? await store.identity() : null
    if (known !== null && identity === known) return this.#settle(known, 'known')
    // Folders of earlier versions have no name: the rows are about this one if they are about any.
    const isUnnamed = isPresent && identity === null
    if (hasBytes && !isMoved && !isUnnamed && !(isInside(dataFolder, store.root) && !isPresent))
      return 'missing'
    await store.create()
    // A name of its own also when another Spool used the folder before: only one of them may sweep it.
    const name = randomBytes(8).toString('hex')
    await store.setIdentity(name)
    return this.#settle(name, !hasBytes ? 'fresh' : isMoved ? 'moved' : 'known')
  }

  #settle(identity: string, found: FoundFolder): FoundFolder {
    const { index, store } = this.#options
    this.#name = identity
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

/** Whether `path` lies in `folder`. */
function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '' && !way.startsWith('..') && !isAbsolute(way)
}
