import { sleep, type Clock } from '../../base/clock.ts'
import type { Logger } from '../../ports.ts'
import { toSpoolError } from '../../spool-error.ts'
import { keyOf, planOf } from '../entry-views.ts'
import type { CacheIndex } from '../index/cache-index.ts'
import type { EntryRow } from '../index/entries.ts'
import type { OrderRow } from '../index/orders.ts'
import type { FileOrder, FinishedFile, OrderState, ServerFiles } from './server-files.ts'
import { sweepOrders } from './sweep-orders.ts'

/** Where the fetching of an entry stands: by the entry's own fill, by a file that is ready, or not yet. */
export type Outlook =
  | { readonly by: 'own' }
  | { readonly by: 'server-file'; readonly file: FinishedFile }
  | { readonly by: 'nothing-yet'; readonly share: number | null }

export interface OrderBookOptions {
  readonly index: CacheIndex
  readonly clock: Clock
  readonly logger: Logger
  readonly files: ServerFiles
  /** Runs something as a turn of the actor. */
  readonly inTurn: <T>(work: () => T) => Promise<T>
  readonly isReachable: (sourceId: string) => boolean
  /** An outlook changed. Called inside a turn. */
  readonly onOutlook: (entryId: number) => void
  /** The file being fetched for this order is worth nothing any more: its rows and its folder go. Called inside a turn. */
  readonly dropFile: (order: OrderRow) => void
}

const askMs = 1_000
const errorPauseMs = 5_000
/** Before segments are taken instead. */
const mostSetbacks = 3
const mostRestarts = 1

/**
 * Knows what was ordered of servers and how far they are; orders what downloads want, and takes back what nobody wants any more, also
 * what an earlier run left there. One task a source, which asks for one thing at a time.
 */
export class OrderBook {
  readonly #options: OrderBookOptions
  readonly #outlooks = new Map<number, Outlook>()
  /** Times that a file vanished or was refused. */
  readonly #setbacks = new Map<number, number>()
  readonly #tasks = new Map<string, Promise<void>>()
  /** Sources on which something of ours may lie that is in no row, or in one that nobody wants. */
  readonly #unswept: Set<string>
  readonly #withoutQueue = new Set<string>()
  readonly #end = new AbortController()
  #wake = Promise.withResolvers<void>()

  constructor(options: OrderBookOptions) {
    this.#options = options
    this.#unswept = new Set(options.index.orders.sources())
  }

  /** Inside a turn. Orders a file of the entry if its server makes any, and says where it stands. */
  outlook(row: EntryRow): Outlook {
    if (row.kind === 'file' || this.#withoutQueue.has(row.sourceId)) return { by: 'own' }
    const known = this.#outlooks.get(row.id)
    if (known !== undefined) return known
    const asked: Outlook = { by: 'nothing-yet', share: null }
    this.#outlooks.set(row.id, asked)
    this.#tend(row.sourceId)
    return asked
  }

  /** Share of the file that its server has made. */
  shareOf(entryId: number): number | null {
    const outlook = this.#outlooks.get(entryId)
    return outlook?.by === 'nothing-yet' ? outlook.share : null
  }

  get unswept(): readonly string[] {
    return [...this.#unswept]
  }

  /** Inside a turn. The file's reading broke off: look again before the next. One that is refused again and again is given up. */
  lookAgain(entryId: number, isRefused: boolean): void {
    if (this.#outlooks.get(entryId)?.by !== 'server-file') return
    const setbacks = (this.#setbacks.get(entryId) ?? 0) + Number(isRefused)
    this.#setbacks.set(entryId, setbacks)
    if (setbacks > mostSetbacks) this.#giveUp(entryId)
    else this.#outlooks.delete(entryId)
  }

  /** Inside a turn. Nobody wants the entry's file any more: neither the server nor this computer keeps anything of it. */
  release(entryId: number): void {
    this.#outlooks.delete(entryId)
    this.#setbacks.delete(entryId)
    const order = this.#options.index.orders.byEntry(entryId)
    if (order !== null) this.#release(order)
  }

  /** Inside a turn. The entry is gone with its rows, or its file has become the entry. */
  forget(sourceId: string, entryId: number): void {
    this.#outlooks.delete(entryId)
    this.#setbacks.delete(entryId)
    this.#unswept.add(sourceId)
    this.#tend(sourceId)
  }

  /** Inside a turn. A source answers again, or for the first time: it may be another version of itself by now. */
  onReachable(sourceId: string): void {
    this.#withoutQueue.delete(sourceId)
    if (this.#unswept.has(sourceId)) this.#tend(sourceId)
    for (const [entryId, outlook] of this.#outlooks) {
      const isOfSource = this.#options.index.entries.byId(entryId)?.sourceId === sourceId
      if (isOfSource && outlook.by !== 'nothing-yet') this.#outlooks.delete(entryId)
    }
    this.#wake.resolve()
  }

  /** Resolves when nothing is asked any more. What lies on servers is in rows. */
  async stop(): Promise<void> {
    this.#end.abort()
    await Promise.all(this.#tasks.values())
  }

  #tend(sourceId: string): void {
    this.#wake.resolve()
    this.#wake = Promise.withResolvers<void>()
    if (this.#tasks.has(sourceId) || this.#end.signal.aborted) return
    const task = this.#tendNow(sourceId)
      .catch((error: unknown) => {
        if (!this.#end.signal.aborted) this.#options.logger.error('orders.broke', { error: String(error) })
      })
      .finally(() => {
        if (this.#tasks.get(sourceId) === task) this.#tasks.delete(sourceId)
      })
    this.#tasks.set(sourceId, task)
  }

  /** Until nothing of this source is waited for. */
  async #tendNow(sourceId: string): Promise<void> {
    const { inTurn, isReachable, clock } = this.#options
    const { signal } = this.#end
    while (isReachable(sourceId)) {
      const woken = this.#wake.promise
      const pauses: number[] = []
      for (const row of await inTurn(() => this.#waiting(sourceId))) pauses.push(await this.#advance(row))
      // After what is wanted has its name: what an earlier run ordered is not taken back only to be ordered again.
      pauses.push(await this.#sweep(sourceId))
      const pauseMs = Math.min(...pauses)
      if (pauseMs < Infinity) await Promise.race([sleep(clock, pauseMs, signal), woken])
      else if (await inTurn(() => this.#isAtRest(sourceId))) return
      signal.throwIfAborted()
    }
  }

  #waiting(sourceId: string): EntryRow[] {
    const rows: EntryRow[] = []
    for (const [entryId, outlook] of this.#outlooks) {
      if (outlook.by !== 'nothing-yet') continue
      const row = this.#options.index.entries.byId(entryId)
      if (row === null || row.downloadState === null) this.#outlooks.delete(entryId)
      else if (row.sourceId === sourceId) rows.push(row)
    }
    return rows
  }

  /** The task ends in the turn that finds nothing to do, so that whatever comes later begins another. */
  #isAtRest(sourceId: string): boolean {
    if (this.#waiting(sourceId).length > 0 || this.#unswept.has(sourceId)) return false
    this.#tasks.delete(sourceId)
    return true
  }

  /** Ms until it should be tried again. */
  async #sweep(sourceId: string): Promise<number> {
    if (!this.#unswept.delete(sourceId)) return Infinity
    const { index, files, inTurn, logger } = this.#options
    try {
      const isDone = await sweepOrders({ sourceId, orders: index.orders, files, inTurn }, this.#end.signal)
      if (isDone) return Infinity
      this.#unswept.add(sourceId)
      return errorPauseMs
    } catch (error) {
      if (this.#end.signal.aborted) throw error
      this.#unswept.add(sourceId)
      logger.debug('orders.sweep', { code: toSpoolError(error).code })
      return errorPauseMs
    }
  }

  /** One step with one order. Ms until the next; endless when it stands. */
  async #advance(row: EntryRow): Promise<number> {
    const { inTurn, files } = this.#options
    try {
      const order = await this.#place(row)
      if (order === null) return Infinity
      const state = await files.look(keyOf(row), order.item, this.#end.signal)
      const step = await inTurn(() => this.#onState(row.id, order.row, state))
      if (step !== 'restart') return step
      await files.restart(row.sourceId, order.item, this.#end.signal)
      return askMs
    } catch (error) {
      if (this.#end.signal.aborted) throw error
      const known = toSpoolError(error)
      if (known.code === 'source-unreachable' || known.code === 'cancelled')
        return (known.retryAfterSeconds ?? errorPauseMs / 1000) * 1000
      // The server has a queue and will not, or cannot, for this one: its segments may still be had.
      this.#options.logger.warn('orders.refused', { code: known.code, detail: known.message })
      await inTurn(() => this.#giveUp(row.id))
      return Infinity
    }
  }

  /** The order with the server's name for it; null when there is none to be had. */
  async #place(row: EntryRow): Promise<{ readonly row: OrderRow; readonly item: FileOrder } | null> {
    const { index, files, inTurn, clock } = this.#options
    const begun = await inTurn(() => {
      const generation = index.generations.get(row.generationId)
      if (generation === null) return null
      const order = index.orders.byEntry(row.id) ?? index.orders.insert(row.sourceId, row.id, clock.now())
      return { order, plan: planOf(row, generation) }
    })
    if (begun?.plan.kind !== 'hls') {
      await inTurn(() => this.#outlooks.delete(row.id))
      return null
    }
    const { order, plan } = begun
    if (order.queueId !== null && order.itemId !== null)
      return { row: order, item: { queueId: order.queueId, itemId: order.itemId } }
    const item = await files.order(keyOf(row), plan, this.#end.signal)
    return inTurn(() => {
      if (item === 'no-queue') {
        this.#withoutQueue.add(row.sourceId)
        index.orders.remove(order.id)
        this.#set(row.id, { by: 'own' })
        return null
      }
      // Also when nobody wants it any more: only with its name can it be taken back.
      index.orders.setItem(order.id, item.queueId, item.itemId)
      const current = index.orders.byEntry(row.id)
      return current?.id === order.id ? { row: current, item } : null
    })
  }

  #onState(entryId: number, order: OrderRow, state: OrderState): number | 'restart' {
    const { index, dropFile } = this.#options
    if (index.orders.byEntry(entryId)?.id !== order.id) return Infinity
    switch (state.state) {
      case 'making':
        this.#set(entryId, { by: 'nothing-yet', share: state.share })
        return Math.max(state.retryAfterMs, askMs)
      case 'ready':
        this.#set(entryId, { by: 'server-file', file: state })
        return Infinity
      case 'failed':
        if (order.restarts >= mostRestarts) {
          this.#giveUp(entryId)
          return Infinity
        }
        index.orders.countRestart(order.id)
        dropFile(order)
        return 'restart'
      case 'gone': {
        const setbacks = (this.#setbacks.get(entryId) ?? 0) + 1
        this.#setbacks.set(entryId, setbacks)
        this.#release(order)
        if (setbacks > mostSetbacks) this.#set(entryId, { by: 'own' })
        return askMs
      }
    }
  }

  /** The server's files are no help for this entry: it fills itself. */
  #giveUp(entryId: number): void {
    this.release(entryId)
    this.#set(entryId, { by: 'own' })
  }

  #release(order: OrderRow): void {
    const { index, dropFile } = this.#options
    dropFile(order)
    index.orders.release(order.id)
    this.#unswept.add(order.sourceId)
    this.#tend(order.sourceId)
  }

  #set(entryId: number, outlook: Outlook): void {
    this.#outlooks.set(entryId, outlook)
    this.#options.onOutlook(entryId)
  }
}
