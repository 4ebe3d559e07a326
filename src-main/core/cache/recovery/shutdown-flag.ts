import type { CacheIndex } from '../index/cache-index.ts'

const key = 'clean_shutdown'

/** Says in the index whether the last run ended well: with everything synced and closed, and nothing written afterwards. */
export class ShutdownFlag {
  readonly #index: CacheIndex

  constructor(index: CacheIndex) {
    this.#index = index
  }

  /** Before anything is written. What was open when a run ended badly is to be read again; on the disk when this returns. */
  lower(): void {
    const { generations, getMeta, setMeta, durably } = this.#index
    durably(() => {
      if (getMeta(key) !== 1) generations.distrustOpen()
      setMeta(key, 0)
    })
  }

  /** The last thing that is written: everything else is on the disk. */
  raise(): void {
    this.#index.setMeta(key, 1)
  }
}
