import { nodeFs, type CacheFile, type CacheFs } from './cache-fs.ts'

interface PooledFile {
  readonly opening: Promise<CacheFile>
  users: number
  /** Set by who waits for the last user. */
  unused: PromiseWithResolvers<void> | null
}

/**
 * Open files, at most `limit` of them lying idle or in use at a time where that is possible: the least recently used idle one is
 * closed first, one in use never.
 */
export class FilePool {
  readonly fs: CacheFs
  readonly #limit: number
  /** In order of use. */
  readonly #files = new Map<string, PooledFile>()

  constructor(limit = 64, fs: CacheFs = nodeFs) {
    this.fs = fs
    this.#limit = limit
  }

  /** Files held open. */
  get size(): number {
    return this.#files.size
  }

  /** Runs `work` with the file open for reading and writing. `create` also makes the folder that it lies in; else a missing file rejects with ENOENT. */
  async use<T>(path: string, create: boolean, work: (file: CacheFile) => Promise<T>): Promise<T> {
    const pooled = this.#take(path, create)
    try {
      return await work(await pooled.opening)
    } finally {
      pooled.users -= 1
      if (pooled.users === 0) pooled.unused?.resolve()
      this.#trim()
    }
  }

  /** Closes `path` once nobody uses it; whoever deletes a folder waits for this first. */
  async forget(path: string): Promise<void> {
    const pooled = this.#files.get(path)
    if (pooled === undefined) return
    this.#files.delete(path)
    if (pooled.users > 0) await (pooled.unused ??= Promise.withResolvers<void>()).promise
    await close(pooled)
  }

  async closeAll(): Promise<void> {
    const files = [...this.#files.values()]
    this.#files.clear()
    await Promise.all(files.map(close))
  }

  #take(path: string, create: boolean): PooledFile {
    const known = this.#files.get(path)
    const pooled = known ?? {
      opening: create ? this.fs.openOrCreate(path, 1) : this.fs.open(path),
      users: 0,
      unused: null,
    }
    pooled.users += 1
    // Set again, so that the map stays in order of use.
    this.#files.delete(path)
    this.#files.set(path, pooled)
    if (known === undefined)
      pooled.opening.catch(() => {
        if (this.#files.get(path) === pooled) this.#files.delete(path)
      })
    this.#trim()
    return pooled
  }

  #trim(): void {
    if (this.#files.size <= this.#limit) return
    for (const [path, pooled] of this.#files) {
      if (pooled.users > 0) continue
      this.#files.delete(path)
      void close(pooled)
      if (this.#files.size <= this.#limit) return
    }
  }
}

async function close(pooled: PooledFile): Promise<void> {
  // A failed open has nothing to close; a failed close has nothing left to lose: what counts was synced before.
  const file = await pooled.opening.catch(() => null)
  await file?.close().catch(() => undefined)
}
