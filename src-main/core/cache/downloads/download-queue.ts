import type { Clock } from '../../base/clock.ts'
import { isAbort } from '../../base/control.ts'
import { toSpoolError } from '../../spool-error.ts'
import type { EntryResource, FillResult } from '../entry-resource.ts'
import type { CacheIndex } from '../index/cache-index.ts'
import type { DownloadRow } from '../index/downloads.ts'
import type { EntryRow } from '../index/entries.ts'

export interface DownloadQueueOptions {
  readonly index: CacheIndex
  readonly clock: Clock
  /** Runs something as a turn of the actor. */
  readonly post: (name: string, turn: () => void) => void
  readonly isReachable: (sourceId: string) => boolean
  /** A promise: the entry is closing, ask again when it settled. */
  readonly open: (row: EntryRow) => EntryResource | Promise<void>
  readonly onChange: (entryId: number) => void
}

/** Fills entries one after another; what is to be filled is in rows, so it goes on after a restart. Every method is called inside a turn. */
export class DownloadQueue {
  readonly #options: DownloadQueueOptions
  #running: { readonly entryId: number; readonly abort: AbortController } | null = null
  #timer: Disposable | null = null
  #isStopped = false

  constructor(options: DownloadQueueOptions) {
    this.#options = options
  }

  get runningEntryId(): number | null {
    return this.#running?.entryId ?? null
  }

  add(entryId: number): void {
    this.#options.index.downloads.add(entryId)
    this.next()
  }

  /** Forgets it; what is here stays. */
  remove(entryId: number): void {
    this.#options.index.downloads.remove(entryId)
    this.interrupt(entryId)
  }

  /** Ends the fill of an entry whose rows changed or went away. */
  interrupt(entryId: number): void {
    if (this.#running?.entryId === entryId) this.#running.abort.abort()
    else this.next()
  }

  /** A source answers again: what was parked is due. */
  onReachable(): void {
    for (const { entryId, state, reason } of this.#options.index.downloads.pending())
      if (state === 'parked') this.#options.index.downloads.setState(entryId, 'parked', null, reason)
    this.next()
  }

  /** Something changed: begins the next one that can run. */
  next(): void {
    if (this.#running !== null || this.#isStopped) return
    this.#timer?.[Symbol.dispose]()
    this.#timer = null
    const { index, clock, isReachable } = this.#options
    const now = clock.now()
    let wakeAt = Number.POSITIVE_INFINITY
    for (const download of index.downloads.pending()) {
      const row = index.entries.byId(download.entryId)
      if (row === null || row.completedAt !== null) {
        index.downloads.remove(download.entryId)
        continue
      }
      if (!isReachable(row.sourceId)) {
        this.#park(download, 'source-unreachable')
        continue
      }
      // A clock that was set back must not park anything for years.
      const isDue = download.nextAt === null || download.nextAt <= now || download.nextAt > now + 3_600_000
      if (download.state !== 'parked' || isDue) return this.#run(row)
      wakeAt = Math.min(wakeAt, download.nextAt ?? now)
    }
    if (Number.isFinite(wakeAt))
      this.#timer = clock.after(wakeAt - now + 1, () => this.#options.post('download due', () => this.next()))
  }

  stop(): void {
    this.#isStopped = true
    this.#timer?.[Symbol.dispose]()
    this.#running?.abort.abort()
  }

  #park(download: DownloadRow, reason: string): void {
    if (download.state === 'parked' && download.reason === reason) return
    this.#options.index.downloads.setState(download.entryId, 'parked', null, reason)
  }

  #run(row: EntryRow): void {
    const { index, post, open } = this.#options
    const abort = new AbortController()
    const running = { entryId: row.id, abort }
    this.#running = running
    const end = (settle: () => void): void =>
      post('download ended', () => {
        this.#running = null
        settle()
        this.#options.onChange(row.id)
        this.next()
      })
    const resource = open(row)
    if (resource instanceof Promise) {
      const again = (): void => end(() => undefined)
      void resource.then(again, again)
      return
    }
    index.downloads.setState(row.id, 'running')
    resource.fill(abort.signal).then(
      (result) => end(() => this.#onResult(row.id, result)),
      (error: unknown) => end(() => this.#onError(row, abort.signal.aborted, error)),
    )
  }

  #onResult(entryId: number, result: FillResult): void {
    const { index, clock } = this.#options
    if (result === 'complete') return index.downloads.remove(entryId)
    if (index.downloads.get(entryId) === null) return
    index.downloads.setState(entryId, 'parked', clock.now() + result.retryAfterMs, result.parked)
  }

  #onError(row: EntryRow, isAborted: boolean, error: unknown): void {
    const { index, clock } = this.#options
    if (index.downloads.get(row.id) === null) return
    const known = toSpoolError(error)
    if (isAborted || isAbort(error) || known.code === 'cancelled')
      return index.downloads.setState(row.id, 'waiting')
    if (known.code === 'source-unreachable')
      return index.downloads.setState(row.id, 'parked', clock.now() + 30_000, 'source-unreachable')
    index.downloads.setState(row.id, 'failed', null, known.code)
    index.history.add(clock.now(), row, 'failed', known.code, row.bytesPresent)
  }
}
