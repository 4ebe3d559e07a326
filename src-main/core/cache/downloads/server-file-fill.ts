import type { Clock } from '../../base/clock.ts'
import { defined } from '../../base/control.ts'
import { SpoolError } from '../../spool-error.ts'
import type { EntryContext, EntryResource, FillResult } from '../entry-resource.ts'
import { planOf } from '../entry-views.ts'
import type { CacheIndex } from '../index/cache-index.ts'
import type { EntryRow } from '../index/entries.ts'
import type { OrderRow } from '../index/orders.ts'
import type { Priority } from '../schedule/priority.ts'
import type { MediaUpstream } from '../upstream.ts'
import type { FileOrder, FinishedFile, ServerFiles } from './server-files.ts'

export interface ServerFileFillOptions {
  readonly index: CacheIndex
  readonly clock: Clock
  readonly upstream: MediaUpstream
  readonly files: ServerFiles
  readonly inTurn: <T>(work: () => T) => Promise<T>
  /** Begins an empty generation of kind file beside the entry's current one; answers its id. Inside a turn. */
  readonly begin: (row: EntryRow, file: FinishedFile) => number
  /** A resource over that generation, which belongs to whoever asks. Inside a turn. */
  readonly openBeside: (
    row: EntryRow,
    generationId: number,
    overrides: Partial<EntryContext>,
  ) => EntryResource
  /** It is closed. Inside a turn. */
  readonly closedBeside: (entryId: number) => void
  /** The whole file takes the place of the current generation, in one transaction. Inside a turn. */
  readonly adopt: (row: EntryRow, order: OrderRow) => void
  /** Deletes the folder of a generation whose rows are gone, when nothing touches it any more. Inside a turn. */
  readonly dropFolder: (storeName: string, released: Promise<void>) => void
  /** What the server gives is not what it gave before: its orders have to be looked at anew. Inside a turn. */
  readonly lookAgain: (entryId: number, isRefused: boolean) => void
}

const retryMs = 1_000

/** Fetches a server's finished file by the byte engine, beside the segments that are here; when all of it is, it takes their place. */
export class ServerFileFill {
  readonly #options: ServerFileFillOptions
  #open: {
    readonly entryId: number
    readonly generationId: number
    readonly resource: EntryResource
  } | null = null

  constructor(options: ServerFileFillOptions) {
    this.#options = options
  }

  onReachabilityChange(sourceId: string, isReachable: boolean): void {
    const row = this.#open === null ? null : this.#options.index.entries.byId(this.#open.entryId)
    if (row?.sourceId === sourceId) this.#open?.resource.onReachabilityChange(isReachable)
  }

  /** Inside a turn. What was fetched for an order is worth nothing: rows and folder go. */
  dropFile(order: OrderRow): void {
    const { index, clock, dropFolder } = this.#options
    if (order.generationId === null) return
    const generation = index.generations.get(order.generationId)
    if (generation === null) return
    const released = this.release(order.generationId)
    index.durably(() => {
      index.doomed.add(generation.storeName, generation.bytesPresent, clock.now())
      index.orders.setGeneration(order.id, null, null)
      index.generations.remove(generation.id)
    })
    dropFolder(generation.storeName, released)
  }

  /** The rows of a generation are going: resolves when nothing of this touches its folder. */
  async release(generationId: number): Promise<void> {
    if (this.#open?.generationId === generationId) await this.#open.resource.retire(true, 'cancelled')
  }

  /** One at a time. As `EntryResource.fill`. */
  async fill(row: EntryRow, file: FinishedFile, signal: AbortSignal, of?: Priority): Promise<FillResult> {
    const { inTurn, lookAgain, closedBeside, index } = this.#options
    const changed = new AbortController()
    const begun = await inTurn(() => {
      const known = this.#begin(row.id, file, changed)
      if (known === null) lookAgain(row.id, false)
      return known
    })
    if (begun === null) return { parked: 'retrying', retryAfterMs: retryMs }
    let result: FillResult
    let isRefused = false
    try {
      result = await begun.resource.fill(AbortSignal.any([signal, changed.signal]), of)
    } catch (error) {
      isRefused = changed.signal.aborted || (error instanceof SpoolError && isAboutTheFile(error))
      if (!isRefused) throw error
      result = { parked: 'retrying', retryAfterMs: retryMs }
    } finally {
      // Everything that came is in rows before anybody decides by them.
      await begun.resource.close()
      await inTurn(() => {
        this.#open = null
        closedBeside(row.id)
      })
    }
    return inTurn(() => {
      if (result === 'complete') return this.#adopt(row.id, begun.order)
      const order = index.orders.byEntry(row.id)
      if (changed.signal.aborted && order !== null) this.dropFile(order)
      lookAgain(row.id, isRefused)
      return result
    })
  }

  #begin(
    entryId: number,
    file: FinishedFile,
    changed: AbortController,
  ): { readonly resource: EntryResource; readonly order: OrderRow } | null {
    const { index, upstream, files, begin, openBeside } = this.#options
    const row = index.entries.byId(entryId)
    const order = index.orders.byEntry(entryId)
    if (row === null || order?.queueId == null || order.itemId === null) return null
    const item: FileOrder = { queueId: order.queueId, itemId: order.itemId }
    const known = order.generationId === null ? null : index.generations.get(order.generationId)
    const isSame =
      known?.totalBytes === file.sizeBytes && file.encode !== null && file.encode === order.encode
    if (known !== null && !isSame) this.dropFile(order)
    const generationId = isSame && known !== null ? known.id : begin(row, file)
    if (!isSame) index.orders.setGeneration(order.id, generationId, file.encode)
    const generation = defined(index.generations.get(generationId), 'generation')
    const plan = planOf({ ...row, kind: 'file' }, generation)
    const resource = openBeside(row, generationId, {
      upstream: {
        plan: (key, signal) => upstream.plan(key, signal),
        fetchBytes: (_key, _plan, span, signal) => files.fetch(row.sourceId, item, span, signal),
        confirm: async (key, signal) => {
          const state = await files.look(key, item, signal)
          if (state.state === 'gone' || state.state === 'failed') return null
          if (state.state === 'making') throw new SpoolError('source-unreachable')
          const isSameFile = state.encode === file.encode && state.sizeBytes === file.sizeBytes
          return isSameFile ? plan : { ...plan, partKey: `${plan.partKey}#${state.encode}` }
        },
        renewAccess: (sourceId, signal) => upstream.renewAccess(sourceId, signal),
        openSession: (...args) => upstream.openSession(...args),
        isReachable: (sourceId) => upstream.isReachable(sourceId),
        onReachabilityChange: (listener) => upstream.onReachabilityChange(listener),
      },
      onReplaced: () => changed.abort(new SpoolError('bad-reply', { detail: 'another file was made' })),
    })
    this.#open = { entryId, generationId, resource }
    return { resource, order: { ...order, generationId, encode: file.encode } }
  }

  #adopt(entryId: number, begun: OrderRow): FillResult {
    const { index, adopt } = this.#options
    const row = index.entries.byId(entryId)
    const order = index.orders.byEntry(entryId)
    // Taken back, or damaged, while its last bytes were written out.
    const isWhole = order?.generationId === begun.generationId && row?.makingId === begun.generationId
    if (row === null || order === null || !isWhole) return { parked: 'retrying', retryAfterMs: retryMs }
    if (index.generations.get(begun.generationId ?? -1)?.completedAt == null)
      return { parked: 'retrying', retryAfterMs: retryMs }
    adopt(row, order)
    return 'complete'
  }
}

/** The server has no such file, or another: not a reason to give the download up. */
const isAboutTheFile = ({ code }: SpoolError): boolean =>
  code === 'unknown-media' || code === 'bad-reply' || code === 'source-refused'
