import type { Clock } from '../base/clock.ts'
import type { FileCacheHandle } from '../cache/handle.ts'
import type { CorePorts } from '../ports.ts'
import {
  fractionOf,
  hasWork,
  isRunning,
  nameOf,
  nextBatch,
  noticeOf,
  type DownloadBatch,
} from './download-batch.ts'

/** Changes come many a second. */
const lookAfterMs = 1_000
/** What nobody reports, as a download that fails or is held. */
const lookEveryMs = 5_000

export interface ShownDownloads {
  readonly cache: Pick<FileCacheHandle, 'getDownloads' | 'onEntryChange'>
  readonly ports: Pick<CorePorts, 'progress' | 'power' | 'notifier' | 'logger'>
  readonly clock: Clock
}

/** Shows downloads where a desktop shows such things: progress on the taskbar, a computer that stays awake, one notice at the end. */
export function showDownloads(options: ShownDownloads): Disposable {
  return new DownloadShow(options)
}

class DownloadShow implements Disposable {
  readonly #options: ShownDownloads
  readonly #subscription: Disposable
  /** Keys that became whole since the batch began. */
  readonly #whole = new Set<string>()
  #batch: DownloadBatch = new Map()
  #timer: { readonly dueAt: number; readonly handle: Disposable } | null = null
  #awake: Disposable | null = null
  #isDisposed = false

  constructor(options: ShownDownloads) {
    this.#options = options
    this.#subscription = options.cache.onEntryChange(({ key, complete }) => {
      if (complete) this.#whole.add(nameOf(key))
      this.#lookIn(lookAfterMs)
    })
    this.#lookIn(0)
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true
    this.#subscription[Symbol.dispose]()
    this.#timer?.handle[Symbol.dispose]()
    this.#keepAwake(false)
    this.#options.ports.progress.show(null)
  }

  #lookIn(delayMs: number): void {
    const { clock } = this.#options
    const dueAt = clock.monotonicMs() + delayMs
    if (this.#isDisposed || (this.#timer !== null && this.#timer.dueAt <= dueAt)) return
    this.#timer?.handle[Symbol.dispose]()
    const handle = clock.after(delayMs, () => {
      this.#timer = null
      void this.#look()
    })
    this.#timer = { dueAt, handle }
  }

  async #look(): Promise<void> {
    const { cache, ports } = this.#options
    try {
      const downloads = await cache.getDownloads()
      if (this.#isDisposed) return
      const had = hasWork(this.#batch)
      this.#batch = nextBatch(this.#batch, downloads, this.#whole)
      const has = hasWork(this.#batch)
      ports.progress.show(fractionOf(this.#batch))
      this.#keepAwake(isRunning(this.#batch))
      const notice = had ? noticeOf(this.#batch) : null
      if (notice !== null) ports.notifier.notify(notice.title, notice.body)
      if (has) this.#lookIn(lookEveryMs)
      else this.#begin()
    } catch (error) {
      ports.logger.warn('downloads.not-shown', { cause: String(error) })
    }
  }

  /** The next download begins a batch of its own. */
  #begin(): void {
    this.#batch = new Map()
    this.#whole.clear()
  }

  #keepAwake(isWanted: boolean): void {
    if (isWanted) this.#awake ??= this.#options.ports.power.keepComputerAwake()
    else {
      this.#awake?.[Symbol.dispose]()
      this.#awake = null
    }
  }
}
