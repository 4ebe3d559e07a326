import type { WaitingReason } from '../../../../src-preload/contract/index.ts'
import type { Clock } from '../../base/clock.ts'
import { isAbort } from '../../base/control.ts'
import { toSpoolError } from '../../spool-error.ts'
import type { EntryResource, FillResult } from '../entry-resource.ts'
import type { CacheIndex } from '../index/cache-index.ts'
import type { DownloadRow } from '../index/downloads.ts'
import type { EntryRow } from '../index/entries.ts'
import { priority, type Priority } from '../schedule/priority.ts'
import type { Outlook } from './order-book.ts'
import type { ServerFileDownloads } from './server-file-downloads.ts'

export interface DownloadQueueOptions {
  readonly index: CacheIndex
  readonly clock: Clock
  /** Runs something as a turn of the actor. */
  readonly post: (name: string, turn: () => void) => void
  readonly isReachable: (sourceId: string) => boolean
  /** A promise: the entry is closing, ask again when it settled. */
  readonly open: (row: EntryRow) => EntryResource | Promise<void>
  readonly onChange: (entryId: number) => void
  /** Files that servers make of rungs; null when no server is asked for any. */
  readonly serverFiles: ServerFileDownloads | null
}

/** When rows could not be read or written, it is tried again after so long. */
const brokenPauseMs = 30_000
/** A clock that was set back must not park anything for years. */
const longestPauseMs = 3_600_000

/** Fills entries one after another; what is to be filled is in rows, so it goes on after a restart. Every method is called inside a turn. */
export class DownloadQueue {
  readonly #options: DownloadQueueOptions
  #running: {
    readonly entryId: number
    readonly of: Priority
    readonly abort: AbortController
    ended: Promise<unknown>
  } | null = null
  #timer: Disposable | null = null
  #isStopped = false

  constructor(options: DownloadQueueOptions) {
    this.#options = options
  }

  get runningEntryId(): number | null {
    return this.#running?.entryId ?? null
  }

  /** Share of the file that a server is making for it; null when it makes none now. */
  shareMade(entryId: number): number | null {
    return this.#options.serverFiles?.shareOf(entryId) ?? null
  }

  /** `of`: what somebody asked to keep, unless said. What is less urgent and under way makes room for it. */
  add(entryId: number, of: Priority = priority.download): void {
    this.#options.index.downloads.add(entryId, of)
    if (this.#running !== null && this.#running.of > of) this.#running.abort.abort()
    else this.next()
  }

  /** Forgets it; what is here stays, but for a file that only the server could finish. */
  remove(entryId: number): void {
    this.#options.index.downloads.remove(entryId)
    this.#options.serverFiles?.release(entryId)
    this.interrupt(entryId)
  }

  /** Holds it, with all that is here and on the server, until it is added again. */
  pause(entryId: number): void {
    this.#options.index.downloads.setPaused(entryId, true)
    this.interrupt(entryId)
  }

  /** Puts it at another place in the order of those that are not done. */
  move(entryId: number, to: 'first' | 'earlier' | 'later' | 'last'): void {
    const { downloads } = this.#options.index
    const order = downloads.all()
    const from = order.findIndex((row) => row.entryId === entryId)
    const moved = order[from]
    if (moved === undefined) return
    const at = { first: 0, earlier: Math.max(0, from - 1), later: from + 1, last: order.length }[to]
    const others = order.filter((row) => row !== moved)
    others.splice(at, 0, moved)
    // One class: the user's order is above any that was there.
    const priority = Math.min(...order.map((row) => row.priority))
    others.forEach((row, position) => downloads.setPosition(row.entryId, priority, position + 1))
    this.next()
  }

  /** Ends the fill of an entry whose rows changed or went away. */
  interrupt(entryId: number): void {
    if (this.#running?.entryId === entryId) this.#running.abort.abort()
    else this.next()
  }

  /** A source answers again: what was parked for it is due. A full disk is as full as it was. */
  onReachable(sourceId: string): void {
    const { entries } = this.#options.index
    this.#hasten(
      ({ entryId, reason }) => reason !== 'disk-full' && entries.byId(entryId)?.sourceId === sourceId,
    )
  }

  /** The cache disk is connected again: whatever was parked is due. */
  onDiskReturn(): void {
    this.#hasten(() => true)
  }

  /** Something changed: begins the next one that can run. */
  next(): void {
    if (this.#running !== null || this.#isStopped) return
    this.#wakeIn(brokenPauseMs)
    this.#wakeIn(this.#beginNext())
  }

  /** Resolves when nothing is fetched any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.[Symbol.dispose]()
    this.#running?.abort.abort()
    await Promise.all([this.#running?.ended, this.#options.serverFiles?.stop()])
  }

  #hasten(isMeant: (download: DownloadRow) => boolean): void {
    const { downloads } = this.#options.index
    for (const download of downloads.pending())
      if (download.state === 'parked' && isMeant(download))
        downloads.setState(download.entryId, 'parked', null, download.reason)
    this.next()
  }

  /** Ms until another is due. */
  #beginNext(): number {
    const { index, clock, isReachable, serverFiles } = this.#options
    const now = clock.now()
    let wakeInMs = Number.POSITIVE_INFINITY
    for (const download of index.downloads.pending()) {
      const row = index.entries.byId(download.entryId)
      if (row === null || row.completedAt !== null) {
        index.downloads.remove(download.entryId)
        continue
      }
      const isHere = isReachable(row.sourceId)
      // Asked for also while it rests: meanwhile its server goes on.
      const outlook: Outlook = (isHere ? serverFiles?.outlook(row) : null) ?? { by: 'own' }
      const restMs = restOf(download, now)
      if (restMs > 0) wakeInMs = Math.min(wakeInMs, restMs + 1)
      else if (!isHere) this.#park(download, 'source-unreachable')
      else if (outlook.by === 'nothing-yet') this.#park(download, 'server-preparing')
      else {
        this.#run(row, outlook, download.priority)
        return Number.POSITIVE_INFINITY
      }
    }
    return wakeInMs
  }

  #wakeIn(delayMs: number): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = null
    if (!Number.isFinite(delayMs) || this.#isStopped) return
    const { clock, post } = this.#options
    this.#timer = clock.after(delayMs, () => post('download due', () => this.next()))
  }

  #park(download: DownloadRow, reason: WaitingReason): void {
    if (download.state === 'parked' && download.reason === reason) return
    this.#options.index.downloads.setState(download.entryId, 'parked', null, reason)
    this.#options.onChange(download.entryId)
  }

  #run(row: EntryRow, outlook: Outlook, of: Priority): void {
    const { post, onChange } = this.#options
    const abort = new AbortController()
    const running = { entryId: row.id, of, abort, ended: Promise.resolve() as Promise<unknown> }
    this.#running = running
    const end = (settle: () => void): void =>
      post('download ended', () => {
        this.#running = null
        this.#wakeIn(brokenPauseMs)
        settle()
        onChange(row.id)
        this.next()
      })
    const filling = this.#fill(row, outlook, of, abort.signal)
    if ('closing' in filling) {
      const again = (): void => end(() => undefined)
      void filling.closing.then(again, again)
      return
    }
    running.ended = filling.then(
      (result) => end(() => this.#onResult(row.id, result)),
      (error: unknown) => end(() => this.#onError(row, abort.signal.aborted, error)),
    )
  }

  /** Never throws: what cannot be begun is a fill that failed. `closing`: the entry is just being closed, to be asked again when it is. */
  #fill(
    row: EntryRow,
    outlook: Outlook,
    of: Priority,
    signal: AbortSignal,
  ): Promise<FillResult> | { readonly closing: Promise<void> } {
    const { open, serverFiles, index } = this.#options
    const setRunning = (): void => index.downloads.setState(row.id, 'running')
    try {
      if (outlook.by === 'server-file' && serverFiles !== null) {
        setRunning()
        return serverFiles.fill(row, outlook.file, signal, of)
      }
      const resource = open(row)
      if (resource instanceof Promise) return { closing: resource }
      setRunning()
      return resource.fill(signal, of)
    } catch (error) {
      return Promise.reject(toSpoolError(error))
    }
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

/** Ms until a parked one is due. */
function restOf({ state, nextAt }: DownloadRow, now: number): number {
  if (state !== 'parked' || nextAt === null || nextAt > now + longestPauseMs) return 0
  return Math.max(0, nextAt - now)
}
