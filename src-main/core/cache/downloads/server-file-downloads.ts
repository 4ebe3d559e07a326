import type { FillResult } from '../entry-resource.ts'
import type { EntryRow } from '../index/entries.ts'
import type { Priority } from '../schedule/priority.ts'
import { OrderBook, type OrderBookOptions, type Outlook } from './order-book.ts'
import type { FinishedFile } from './server-files.ts'
import { ServerFileFill, type ServerFileFillOptions } from './server-file-fill.ts'

type Options = Omit<OrderBookOptions, 'dropFile'> & Omit<ServerFileFillOptions, 'lookAgain'>

/** Rungs as whole files that servers make: ordering them, fetching them, and leaving nothing of them anywhere. */
export class ServerFileDownloads {
  readonly #orders: OrderBook
  readonly #fill: ServerFileFill

  constructor(options: Options) {
    this.#fill = new ServerFileFill({
      ...options,
      lookAgain: (entryId, isRefused) => this.#orders.lookAgain(entryId, isRefused),
    })
    this.#orders = new OrderBook({ ...options, dropFile: (order) => this.#fill.dropFile(order) })
  }

  /** Inside a turn. See `OrderBook.outlook`. */
  outlook(row: EntryRow): Outlook {
    return this.#orders.outlook(row)
  }

  /** Share of the file that the server has made; null when it is done, does not say, or makes none. */
  shareOf(entryId: number): number | null {
    return this.#orders.shareOf(entryId)
  }

  fill(row: EntryRow, file: FinishedFile, signal: AbortSignal, of?: Priority): Promise<FillResult> {
    return this.#fill.fill(row, file, signal, of)
  }

  /** Inside a turn. Nobody wants the entry's file any more. */
  release(entryId: number): void {
    this.#orders.release(entryId)
  }

  /** Inside a turn. The entry's rows are gone, or its file has become the entry: what is left on the server goes. */
  forget(row: EntryRow): void {
    this.#orders.forget(row.sourceId, row.id)
  }

  /** The generation's rows are going. */
  retire(generationId: number): Promise<void> {
    return this.#fill.release(generationId)
  }

  /** Inside a turn. */
  onReachabilityChange(sourceId: string, isReachable: boolean): void {
    this.#fill.onReachabilityChange(sourceId, isReachable)
    if (isReachable) this.#orders.onReachable(sourceId)
  }

  /** Inside a turn. What an earlier run left on servers that answer is taken back. */
  start(isReachable: (sourceId: string) => boolean): void {
    for (const sourceId of this.#orders.unswept) if (isReachable(sourceId)) this.#orders.onReachable(sourceId)
  }

  stop(): Promise<void> {
    return this.#orders.stop()
  }
}
