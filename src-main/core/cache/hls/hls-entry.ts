import type { TimeRange } from '../../../../src-preload/contract/index.ts'
import { SpoolError } from '../../spool-error.ts'
import type {
  EntryContext,
  EntryResource,
  FillResult,
  ResourceActivity,
  ResourceStatus,
} from '../entry-resource.ts'
import type { ByteReader, OpenHls, SegmentBody, WantedSegments } from '../handle.ts'
import type { HlsPlan } from '../upstream.ts'
import { hlsTiming, type HlsTiming } from './hls-timing.ts'
import { segmentAt, type SegmentGrid } from './segment-grid.ts'
import { SegmentLedger } from './segment-ledger.ts'
import { initSeq, segmentMime, segmentSeq } from './segment-name.ts'
import { SegmentShelf } from './segment-shelf.ts'
import { playlistSeq } from './segment-wants.ts'
import { SegmentWorker } from './segment-worker.ts'
import { writePlaylist } from './write-playlist.ts'

/** Bytes a reader gives at once; `ByteReader` allows 256 KiB. */
const pieceBytes = 256 * 1024

/** Opens an entry of kind `hls`. `timing` is for tests. */
export function createHlsEntry(context: EntryContext, timing: HlsTiming = hlsTiming): EntryResource {
  if (context.plan.kind !== 'hls') throw new SpoolError('internal', { detail: 'not an HLS plan' })
  return new HlsEntry(context, context.plan, timing)
}

/**
 * A lower quality: segments kept one by one under the quality's key, whichever session made them.
 *
 * The playlist is the server's own, from the first session, with local names. It is remembered with the segments, so that from
 * then on it comes at once and offline. Players never read it again, so it holds as long as a handle is open: a session whose
 * playlist differs replaces the whole generation instead.
 */
class HlsEntry implements EntryResource {
  readonly #context: EntryContext
  readonly #ledger: SegmentLedger
  readonly #shelf: SegmentShelf
  readonly #worker: SegmentWorker
  readonly #handles = new Set<object>()
  /** Ends what readers wait for. */
  readonly #end = new AbortController()
  #lastSeq = 0
  #onLastClosed: (() => void) | null = null

  constructor(context: EntryContext, plan: HlsPlan, timing: HlsTiming) {
    this.#context = context
    this.#ledger = new SegmentLedger(context, plan)
    this.#shelf = new SegmentShelf(context, this.#ledger)
    this.#worker = new SegmentWorker(context, plan, this.#shelf, timing, () => this.#onWorkEnded())
  }

  get readerCount(): number {
    return this.#handles.size
  }

  get isBusy(): boolean {
    return this.#worker.isBusy
  }

  status(): ResourceStatus {
    return this.#ledger.status()
  }

  present(): readonly TimeRange[] {
    return this.#ledger.present()
  }

  current(): ResourceActivity {
    return {
      aheadMs: this.#shelf.aheadMs(this.#lastSeq),
      waitingReason: this.#worker.waitingReason,
      retryInMs: null,
    }
  }

  open(): OpenHls {
    const handle = {}
    this.#handles.add(handle)
    this.#worker.setReaders(this.#handles.size)
    return {
      kind: 'hls',
      entryId: this.#context.entryId,
      etag: `"g${this.#context.generation.id}"`,
      playlist: async (signal, startMs = 0, folder = '') =>
        writePlaylist(await this.#playlistGrid(signal, startMs), folder),
      segment: (name, signal) => this.#segment(name, signal),
      keptSegment: (name, signal) => this.#keptSegment(name, signal),
      hold: (wanted, signal) => this.#hold(wanted, signal),
      [Symbol.dispose]: () => {
        if (!this.#handles.delete(handle)) return
        this.#worker.setReaders(this.#handles.size)
        if (this.#handles.size > 0) return
        this.#onLastClosed?.()
        this.#context.onIdle()
      },
    }
  }

  fill(signal: AbortSignal): Promise<FillResult> {
    return this.#worker.fill(signal)
  }

  /** Each segment is read by itself: nothing is remembered of a disk that was away. */
  onDiskReturn(): void {}

  /** A rung larger than the cache plays on without being kept. */
  dropPlayed(): Promise<number> {
    return Promise.resolve(0)
  }

  onReachabilityChange(isReachable: boolean): void {
    this.#worker.onReachabilityChange(isReachable)
  }

  async retire(force: boolean, reason: 'cancelled' | 'bad-reply'): Promise<void> {
    this.#ledger.retire()
    if (!force && this.#handles.size > 0) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#onLastClosed = resolve
      await promise
    }
    await this.#stop(new SpoolError(reason))
  }

  close(): Promise<void> {
    return this.#stop(new SpoolError('cancelled'))
  }

  async #stop(reason: SpoolError): Promise<void> {
    this.#end.abort(reason)
    this.#onLastClosed?.()
    await this.#worker.close(reason)
    await this.#shelf.settle()
  }

  async #playlistGrid(signal: AbortSignal, startMs: number): Promise<SegmentGrid> {
    this.#throwIfEnded(signal)
    if (this.#ledger.grid === null) {
      this.#worker.beginAt(startMs)
      await this.#worker.get(playlistSeq, AbortSignal.any([signal, this.#end.signal]))
    }
    const { grid } = this.#ledger
    if (grid === null) throw new SpoolError('internal', { detail: 'no grid after a playlist came' })
    this.#worker.handedOutPlaylist()
    return grid
  }

  async #hold({ fromMs, count, isKeptOnly }: WantedSegments, signal: AbortSignal): Promise<TimeRange | null> {
    this.#throwIfEnded(signal)
    if (isKeptOnly && this.#ledger.grid === null) return null
    const grid = await this.#playlistGrid(signal, fromMs)
    const first = segmentAt(grid, fromMs)
    const end = Math.min(first + count, grid.durationsUs.length)
    const missing = Array.from({ length: end - first }, (_, at) => first + at).filter(
      (seq) => !this.#shelf.has(seq),
    )
    if (isKeptOnly && missing.length > 0) return null
    const either = AbortSignal.any([signal, this.#end.signal])
    await Promise.all(missing.map((seq) => this.#worker.get(seq, either)))
    const msOf = (seq: number): number => (grid.startsUs[seq] ?? 0) / 1000
    return { startMs: msOf(first), endMs: msOf(end) }
  }

  async #keptSegment(name: string, signal: AbortSignal): Promise<SegmentBody | null> {
    const { grid, seq } = this.#find(name, signal)
    const kept = await this.#shelf.read(seq)
    this.#throwIfEnded(signal)
    if (kept === null || kept === 'out-of-reach') return null
    this.#noteUse(seq)
    return {
      mime: segmentMime(grid.container),
      sizeBytes: kept.bytes.length,
      reader: this.#reader(kept.bytes, kept.from, seq),
    }
  }

  #find(name: string, signal: AbortSignal): { readonly grid: SegmentGrid; readonly seq: number } {
    this.#throwIfEnded(signal)
    const { grid } = this.#ledger
    const seq = grid === null ? null : segmentSeq(grid, name)
    if (grid === null || seq === null) throw new SpoolError('unknown-media', { detail: `no segment ${name}` })
    return { grid, seq }
  }

  #noteUse(seq: number): void {
    if (seq !== initSeq) this.#lastSeq = seq
    this.#context.onUse()
  }

  async #segment(name: string, signal: AbortSignal): Promise<SegmentBody> {
    const { grid, seq } = this.#find(name, signal)
    this.#noteUse(seq)
    const kept = await this.#shelf.read(seq)
    this.#throwIfEnded(signal)
    const mime = segmentMime(grid.container)
    if (kept !== null && kept !== 'out-of-reach')
      return { mime, sizeBytes: kept.bytes.length, reader: this.#reader(kept.bytes, kept.from, seq) }
    try {
      const bytes = await this.#worker.get(seq, AbortSignal.any([signal, this.#end.signal]))
      return { mime, sizeBytes: bytes.length, reader: this.#reader(bytes, null, seq) }
    } catch (error) {
      const isOff = error instanceof SpoolError && error.code === 'source-unreachable'
      throw kept !== null && isOff ? new SpoolError('cache-disk-missing', { cause: error }) : error
    }
  }

  /** Hands out a piece that has come as a whole. */
  #reader(bytes: Uint8Array, from: 'memory' | 'disk' | null, seq: number): ByteReader {
    let at = 0
    return {
      read: async () => {
        if (this.#end.signal.aborted) throw this.#end.signal.reason
        if (at >= bytes.length) return null
        const piece = bytes.subarray(at, at + pieceBytes)
        at += piece.length
        this.#context.meter.served(from ?? (this.#shelf.has(seq) ? 'memory' : 'passed-through'), piece.length)
        return piece
      },
      cancel: () => {
        at = bytes.length
      },
    }
  }

  #throwIfEnded(signal: AbortSignal): void {
    this.#end.signal.throwIfAborted()
    signal.throwIfAborted()
  }

  #onWorkEnded(): void {
    if (this.#handles.size === 0) this.#context.onIdle()
  }
}
