import type { TimeRange, WaitingReason } from '../../../../src-preload/contract/index.ts'
import { SpoolError } from '../../spool-error.ts'
import type {
  CheckedPiece,
  EntryContext,
  EntryResource,
  FillResult,
  ResourceActivity,
  ResourceStatus,
} from '../entry-resource.ts'
import type { ByteReader, OpenFile, WantedBytes } from '../handle.ts'
import { chunkStatements, type ChunkRow } from '../index/chunks.ts'
import { generationStatements } from '../index/generations.ts'
import { priority, type Priority } from '../schedule/priority.ts'
import type { FilePool } from '../store/file-pool.ts'
import { checkChunks } from './check-chunks.ts'
import { FileBytes } from './file-bytes.ts'
import { FileFetcher } from './file-fetcher.ts'
import { FileFills } from './file-fills.ts'
import { FileReader } from './file-reader.ts'
import { FileStorage } from './file-storage.ts'
import { KeptIdentity } from './kept-identity.ts'
import { SizelessReader } from './sizeless-reader.ts'
import { SpotCheck } from './spot-check.ts'

/** A wait shorter than this is not worth a word. */
const noticeableWaitMs = 300

/** An entry at original quality: one file, fetched and kept by byte ranges. */
export class FileEntry implements EntryResource {
  readonly #context: EntryContext
  readonly #bytes: FileBytes
  readonly #fetcher: FileFetcher
  readonly #fills: FileFills
  readonly #spotCheck: SpotCheck
  /** As an earlier run left them. */
  readonly #keptRows: readonly ChunkRow[]
  #handles = 0
  #isRetired = false
  /** Players come and go between two requests; where the last one was, somebody plays. */
  #lastReader: FileReader | null = null
  #drained: PromiseWithResolvers<void> | null = null

  constructor(context: EntryContext, pool: FilePool, readsAhead = true) {
    this.#context = context
    const { generation, db, folder } = context
    const { mime, extentBytes } = generation
    const storage = new FileStorage(pool, { folder, mime, extentBytes })
    const rows = chunkStatements(db).all(generation.id)
    this.#bytes = new FileBytes(context, storage, rows, () => this.#onAvailable())
    const kept = new KeptIdentity(context, this.#bytes)
    this.#spotCheck = new SpotCheck(context, kept, (idx) => this.#bytes.chunkSpan(idx))
    this.#keptRows = rows
    this.#fetcher = new FileFetcher(context, this.#bytes, kept, readsAhead, (total) =>
      this.#adoptTotal(total),
    )
    const onEnd = (): void => {
      if (this.#handles === 0) context.onIdle()
    }
    this.#fills = new FileFills({ bytes: this.#bytes, fetcher: this.#fetcher, onEnd })
  }

  get readerCount(): number {
    return this.#handles
  }

  get isBusy(): boolean {
    return this.#fills.isBusy || this.#fetcher.transfers.size > 0
  }

  /** For tests: everything that must return to zero. */
  get counters(): { readonly readers: number; readonly transfers: number } {
    return { readers: this.#fetcher.readers.size, transfers: this.#fetcher.transfers.size }
  }

  status(): ResourceStatus {
    return {
      bytesPresent: this.#bytes.durable.total,
      bytesTotal: this.#bytes.total,
      bytesTotalIsEstimate: false,
      complete: this.#bytes.isComplete,
    }
  }

  present(): readonly TimeRange[] {
    const total = this.#bytes.total
    const { durationMs } = this.#context.plan
    if (total === null || durationMs <= 0) return []
    // By bytes, as if the bitrate were constant: the container's own index is not read here.
    const toMs = (bytes: number): number => Math.round((bytes / total) * durationMs)
    return this.#bytes.written.spans.map(({ start, end }) => ({ startMs: toMs(start), endMs: toMs(end) }))
  }

  current(): ResourceActivity {
    return {
      aheadMs: this.#aheadMs(),
      waitingReason: this.#waitingReason(),
      retryInMs: this.#fetcher.retryInMs,
    }
  }

  open(): OpenFile {
    this.#handles += 1
    this.#spotCheck.start(this.#keptRows)
    const { entryId, generation } = this.#context
    let isOpen = true
    return {
      kind: 'file',
      entryId,
      mime: generation.mime,
      etag: `"g${generation.id}"`,
      size: (signal, wanted) => this.#size(signal, wanted),
      read: (start, end, signal) => this.#read(start, end, signal),
      stream: (signal) => new SizelessReader(this.#context, this.#fetcher.known, signal),
      [Symbol.dispose]: () => {
        if (!isOpen) return
        isOpen = false
        this.#handles -= 1
        if (this.#handles > 0) return
        this.#drained?.resolve()
        this.#context.onIdle()
      },
    }
  }

  fill(signal: AbortSignal, of: Priority = priority.download): Promise<FillResult> {
    return this.#fills.fill(of, signal)
  }

  onReachabilityChange(isReachable: boolean): void {
    this.#fetcher.onReachabilityChange(isReachable)
  }

  wake(): void {
    this.#fetcher.wake()
  }

  onDiskReturn(): void {
    this.#bytes.onDiskReturn(chunkStatements(this.#context.db).all(this.#context.generation.id))
  }

  dropPlayed(neededBytes: number): Promise<number> {
    // A download wants all of it.
    if (this.#fills.isBusy) return Promise.resolve(0)
    const readers = [...this.#fetcher.readers, ...(this.#lastReader === null ? [] : [this.#lastReader])]
    return this.#bytes.dropPlayed(
      readers.map(({ position }) => position),
      neededBytes,
    )
  }

  check(from = 0): AsyncIterable<CheckedPiece> {
    return checkChunks(this.#context, this.#bytes, from)
  }

  repair(index: number, signal: AbortSignal): Promise<boolean> {
    return this.#fills.repair(index, signal)
  }

  async retire(force: boolean, reason: 'cancelled' | 'bad-reply'): Promise<void> {
    this.#isRetired = true
    this.#fills.stop()
    // At once: the rows are gone, and one more would belong to nothing.
    this.#bytes.stopKeeping()
    if (!force && this.#handles > 0) {
      this.#drained = Promise.withResolvers<void>()
      await this.#drained.promise
    }
    await this.#stopFetching(new SpoolError(reason))
    await this.#bytes.retire()
  }

  async close(): Promise<void> {
    this.#fills.stop()
    await this.#stopFetching(new SpoolError('cancelled'))
    if (this.#isRetired) await this.#bytes.retire()
    else await this.#bytes.close()
  }

  async #stopFetching(reason: SpoolError): Promise<void> {
    await Promise.all([this.#fetcher.stop(reason), this.#spotCheck.stop()])
  }

  #onAvailable(): void {
    this.#fills.onAvailable()
    this.#fetcher.look()
  }

  #adoptTotal(total: number): void {
    this.#bytes.adoptTotal(total)
    if (!this.#isRetired) generationStatements(this.#context.db).setTotal(this.#context.generation.id, total)
    this.#context.onChange()
  }

  /** The first reply tells the size. Never HEAD: Plex answers 500. */
  async #size(signal: AbortSignal, wanted: WantedBytes = { start: 0, end: 1 }): Promise<number | null> {
    await this.#bytes.prepare()
    while (this.#bytes.total === null) {
      const end = wanted.end ?? Number.POSITIVE_INFINITY
      const reader = new FileReader(this.#context, this.#bytes, this.#fetcher, wanted.start, end, signal)
      try {
        await reader.ready()
      } catch (error) {
        if (this.#fetcher.isSizeless) return null
        // Perhaps there is nothing at that position; the first byte is always there.
        if (wanted.start === 0 || !isBadReply(error)) throw error
        return await this.#size(signal)
      } finally {
        reader.cancel()
      }
    }
    return this.#bytes.total
  }

  #read(start: number, end: number, signal: AbortSignal): ByteReader {
    this.#lastReader = new FileReader(this.#context, this.#bytes, this.#fetcher, start, end, signal)
    return this.#lastReader
  }

  #aheadMs(): number | null {
    const total = this.#bytes.total
    const position = Math.max(-1, ...[...this.#fetcher.readers].map((reader) => reader.position))
    if (total === null || position < 0) return null
    const bytes = this.#bytes.arrived.endFrom(position) - position
    return Math.round((bytes / total) * this.#context.plan.durationMs)
  }

  #waitingReason(): WaitingReason | null {
    const { clock, upstream, key } = this.#context
    const now = clock.monotonicMs()
    const isWaiting = [...this.#fetcher.readers].some(
      ({ waitingSince }) => waitingSince !== null && now - waitingSince > noticeableWaitMs,
    )
    if (!isWaiting && !this.#fills.isBusy) return null
    if (!upstream.isReachable(key.sourceId)) return 'source-unreachable'
    if (this.#fetcher.isRetrying) return 'retrying'
    if (this.#bytes.isDiskStalled) return 'disk-slow'
    return isWaiting ? 'source-slow' : null
  }
}

const isBadReply = (error: unknown): boolean => error instanceof SpoolError && error.code === 'bad-reply'
