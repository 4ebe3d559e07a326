import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../ports.ts'
import { toSpoolError } from '../../spool-error.ts'
import { keyOf, planOf } from '../entry-views.ts'
import type { CacheIndex } from '../index/cache-index.ts'
import type { EntryRow } from '../index/entries.ts'
import type { OrderRow } from '../index/orders.ts'
import type { FileOrder, FinishedFile, OrderState, ServerFiles } from './server-files.ts'
import { SourceTasks, type Round } from './source-tasks.ts'
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

/** Between two looks at one order, at least. */
const askMs = 1_000
/** Between two looks at any order of a source, on average. */
const perOrderMs = 500
const errorPauseMs = 5_000
/** Before segments are taken instead. */
const mostSetbacks = 3
const mostRestarts = 1

/**
 * Knows what was ordered of servers and how far they are; orders what downloads want, and takes back what nobody wants any more, also
 * what an earlier run left there. Asks a source for one thing at a time.
 */
export class OrderBook {
  readonly #options: OrderBookOptions
  readonly #outlooks = new Map<number, Outlook>()
  /** Times that a file vanished or was refused. */
  readonly #setbacks = new Map<number, number>()
  /** Monotonic ms: an order is not looked at sooner, whatever wakes its source's task. */
  readonly #lookAt = new Map<number, number>()
  /** The same for what lies on a source. */
  readonly #sweepAt = new Map<string, number>()
  /** Sources on which something of ours may lie that is in no row, or in one that nobody wants. */
  readonly #unswept: Set<string>
  readonly #withoutQueue = new Set<string>()
  readonly #tasks: SourceTasks

  constructor(options: OrderBookOptions) {
    this.#options = options
    const { clock, inTurn, logger } = options
    this.#tasks = new SourceTasks({
      clock,
      inTurn,
      next: (sourceId) => this.#nextRound(sourceId),
      onError: (error) => logger.error('orders.broke', { error: String(error) }),
    })
    this.#unswept = new Set(options.index.orders.sources())
  }

  /** Inside a turn. Orders a file of the entry if its server makes any, and says where it stands. */
  outlook(row: EntryRow): Outlook {
    if (row.kind === 'file' || this.#withoutQueue.has(row.sourceId)) return { by: 'own' }
    const known = this.#outlooks.get(row.id)
    if (known !== undefined) return known
    const asked: Outlook = { by: 'nothing-yet', share: null }
    this.#outlooks.set(row.id, asked)
    this.#tasks.tend(row.sourceId)
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
    this.#forget(entryId)
    const order = this.#options.index.orders.byEntry(entryId)
    if (order !== null) this.#release(order)
  }

  /** Inside a turn. The entry is gone with its rows, or its file has become the entry. */
  forget(sourceId: string, entryId: number): void {
    this.#forget(entryId)
    this.#unswept.add(sourceId)
    this.#tasks.tend(sourceId)
  }

  /** Inside a turn. A source answers again, or for the first time: it may be another version of itself by now. */
  onReachable(sourceId: string): void {
    this.#withoutQueue.delete(sourceId)
    for (const [entryId, outlook] of this.#outlooks) {
      const isOfSource = this.#options.index.entries.byId(entryId)?.sourceId === sourceId
      if (isOfSource && outlook.by !== 'nothing-yet') this.#outlooks.delete(entryId)
    }
    this.#tasks.tend(sourceId)
  }

  /** Resolves when nothing is asked any more. What lies on servers is in rows. */
  stop(): Promise<void> {
    return this.#tasks.stop()
  }

  #nextRound(sourceId: string): Round | null {
    const rows = this.#waiting(sourceId)
    const isIdle = rows.length === 0 && !this.#unswept.has(sourceId)
    if (isIdle || !this.#options.isReachable(sourceId)) return null
    const now = this.#options.clock.monotonicMs()
    const inMs = (at: number | undefined): number => Math.max(0, (at ?? now) - now)
    const due = rows.filter(({ id }) => inMs(this.#lookAt.get(id)) === 0)
    const sweepInMs = this.#unswept.has(sourceId) ? inMs(this.#sweepAt.get(sourceId)) : Infinity
    if (due.length === 0 && sweepInMs > 0)
      return { work: null, inMs: Math.min(sweepInMs, ...rows.map(({ id }) => inMs(this.#lookAt.get(id)))) }
    const work = async (): Promise<void> => {
      for (const row of due) await this.#look(row, rows.length)
      // After what is wanted has its name: what an earlier run ordered is not taken back only to be ordered again.
      if (sweepInMs === 0) await this.#sweep(sourceId)
    }
    return { work, inMs: 0 }
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

  async #sweep(sourceId: string): Promise<void> {
    const { index, files, inTurn, logger, clock } = this.#options
    this.#unswept.delete(sourceId)
    let isDone = false
    try {
      isDone = await sweepOrders({ sourceId, orders: index.orders, files, inTurn }, this.#tasks.signal)
    } catch (error) {
      if (this.#tasks.signal.aborted) throw error
      logger.debug('orders.sweep', { code: toSpoolError(error).code })
    }
    if (!isDone) this.#unswept.add(sourceId)
    this.#sweepAt.set(sourceId, clock.monotonicMs() + (isDone ? askMs : errorPauseMs))
  }

  /** @param orders that are looked at in turns: the more there are, the longer until the next look at this one */
  async #look(row: EntryRow, orders: number): Promise<void> {
    const pauseMs = Math.max(await this.#advance(row), orders * perOrderMs)
    if (this.#outlooks.has(row.id)) this.#lookAt.set(row.id, this.#options.clock.monotonicMs() + pauseMs)
  }

  /** One step with one order. Ms until the next, if it is waited for then. */
  async #advance(row: EntryRow): Promise<number> {
    const { inTurn, files, index } = this.#options
    try {
      const order = await this.#place(row)
      if (order === null) return askMs
      const state = await files.look(keyOf(row), order.item, this.#tasks.signal)
      const step = await inTurn(() => this.#onState(row.id, order.row, state))
      if (step !== 'restart') return step
      await files.restart(row.sourceId, order.item, this.#tasks.signal)
      // Only now: one that the server did not hear of was none.
      await inTurn(() => index.orders.countRestart(order.row.id))
      return askMs
    } catch (error) {
      if (this.#tasks.signal.aborted) throw error
      const known = toSpoolError(error)
      if (known.code === 'source-unreachable' || known.code === 'cancelled')
        return (known.retryAfterSeconds ?? errorPauseMs / 1000) * 1000
      // The server has a queue and will not, or cannot, for this one: its segments may still be had.
      this.#options.logger.warn('orders.refused', { code: known.code, detail: known.message })
      await inTurn(() => {
        if (this.#isWaiting(row.id)) this.#giveUp(row.id)
      })
      return askMs
    }
  }

  /** The order with the server's name for it; null when there is none to be had. */
  async #place(row: EntryRow): Promise<{ readonly row: OrderRow; readonly item: FileOrder } | null> {
    const { index, files, inTurn, clock } = this.#options
    const begun = await inTurn(() => {
      const generation = index.generations.get(row.generationId)
      if (generation === null || !this.#isWaiting(row.id)) return null
      const order = index.orders.byEntry(row.id) ?? index.orders.insert(row.sourceId, row.id, clock.now())
      return { order, plan: planOf(row, generation) }
    })
    if (begun?.plan.kind !== 'hls') return null
    const { order, plan } = begun
    if (order.queueId !== null && order.itemId !== null)
      return { row: order, item: { queueId: order.queueId, itemId: order.itemId } }
    const item = await files.order(keyOf(row), plan, this.#tasks.signal)
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
    if (index.orders.byEntry(entryId)?.id !== order.id) return askMs
    switch (state.state) {
      case 'making':
        this.#set(entryId, { by: 'nothing-yet', share: state.share })
        return Math.max(state.retryAfterMs, askMs)
      case 'ready':
        this.#set(entryId, { by: 'server-file', file: state })
        return askMs
      case 'failed':
        if (order.restarts >= mostRestarts) {
          this.#giveUp(entryId)
          return askMs
        }
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
    this.#tasks.tend(order.sourceId)
  }

  #isWaiting(entryId: number): boolean {
    return this.#outlooks.get(entryId)?.by === 'nothing-yet'
  }

  #forget(entryId: number): void {
    this.#outlooks.delete(entryId)
    this.#setbacks.delete(entryId)
    this.#lookAt.delete(entryId)
  }

  #set(entryId: number, outlook: Outlook): void {
    this.#outlooks.set(entryId, outlook)
    this.#options.onOutlook(entryId)
  }
}
