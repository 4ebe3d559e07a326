import type { TimeRange } from '../../../../src-preload/contract/index.ts'
import { SpoolError } from '../../spool-error.ts'
import type {
  CheckedPiece,
  EntryContext,
  EntryResource,
  FillResult,
  ResourceActivity,
  ResourceStatus,
} from '../entry-resource.ts'
import type { ByteReader, OpenHls, SegmentBody, WantedSegments } from '../handle.ts'
import type { HlsPlan } from '../upstream.ts'
import { checkSegments } from './check-segments.ts'
import { hlsTiming, type HlsTiming } from './hls-timing.ts'
import { segmentAt } from './segment-grid.ts'
import { SegmentLedger } from './segment-ledger.ts'
import { initSeq, segmentMime } from './segment-name.ts'
import { SegmentShelf, type ShelfBytes } from './segment-shelf.ts'
import type { Strand } from './strand.ts'
import { playlistSeq } from './segment-wants.ts'
import type { Priority } from '../schedule/priority.ts'
import { SegmentWorker } from './segment-worker.ts'
import { findPiece, patchedPlaylist, strandPlaylist, type LocalPiece } from './strand-playlists.ts'
import { writePlaylist } from './write-playlist.ts'

/** Bytes a reader gives at once; `ByteReader` allows 256 KiB. */
const pieceBytes = 256 * 1024

/** A segment as a whole. `from` null: a session just brought it. */
interface HeldBytes {
  readonly bytes: Uint8Array
  readonly from: ShelfBytes['from'] | null
}

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
      playlist: (signal, startMs = 0, folder = '') => this.#playlist(signal, startMs, folder),
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

  fill(signal: AbortSignal, of?: Priority): Promise<FillResult> {
    return this.#worker.fill(signal, of)
  }

  /** Each segment is read by itself: nothing is remembered of a disk that was away. */
  onDiskReturn(): void {}

  /** A rung larger than the cache plays on without being kept. */
  dropPlayed(): Promise<number> {
    return Promise.resolve(0)
  }

  check(from = 0): AsyncIterable<CheckedPiece> {
    return checkSegments(this.#ledger, this.#shelf, from)
  }

  /** A lost segment comes when it is played or downloaded: it takes a session. */
  repair(): Promise<boolean> {
    return Promise.resolve(false)
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

  async #playlist(signal: AbortSignal, startMs: number, folder: string): Promise<string> {
    const serving = await this.#serving(signal, startMs)
    const { strands, isComplete } = this.#ledger
    const isOff = !this.#context.upstream.isReachable(this.#context.key.sourceId)
    // Among variants a break of one would have to be in all.
    const canPatch = isOff && !isComplete && folder === ''
    const patched = canPatch ? patchedPlaylist(strands, serving) : null
    return writePlaylist(patched ?? strandPlaylist(strands, serving, folder))
  }

  /** What players get, once a playlist was read. */
  async #serving(signal: AbortSignal, startMs: number): Promise<Strand> {
    this.#throwIfEnded(signal)
    if (this.#ledger.serving === null) {
      this.#worker.beginAt(startMs)
      await this.#worker.get(playlistSeq, AbortSignal.any([signal, this.#end.signal]))
    }
    const { serving } = this.#ledger
    if (serving === null) throw new SpoolError('internal', { detail: 'no grid after a playlist came' })
    this.#worker.handedOutPlaylist()
    return serving
  }

  async #hold({ fromMs, count, isKeptOnly }: WantedSegments, signal: AbortSignal): Promise<TimeRange | null> {
    this.#throwIfEnded(signal)
    if (isKeptOnly && this.#ledger.serving === null) return null
    const serving = await this.#serving(signal, fromMs)
    const { startsUs } = serving.grid
    const first = segmentAt(serving.grid, fromMs)
    const end = Math.min(first + count, serving.end)
    const missing = Array.from({ length: end - first }, (_, at) => first + at).filter(
      (seq) => !this.#isHere(serving, seq),
    )
    if (isKeptOnly && missing.length > 0) return null
    const either = AbortSignal.any([signal, this.#end.signal])
    await Promise.all(missing.map((seq) => this.#worker.get(seq, either)))
    const msOf = (seq: number): number => (startsUs[seq] ?? 0) / 1000
    return { startMs: msOf(first), endMs: msOf(end) }
  }

  async #keptSegment(name: string, signal: AbortSignal): Promise<SegmentBody | null> {
    const { strand, seq, isExact } = this.#find(name, signal)
    const askedMs = this.#context.clock.monotonicMs()
    const kept = await this.#read(strand, seq, isExact)
    this.#throwIfEnded(signal)
    if (kept === null || kept === 'out-of-reach') return null
    this.#noteUse(seq)
    return this.#body(strand, seq, kept, askedMs)
  }

  #find(name: string, signal: AbortSignal): LocalPiece {
    this.#throwIfEnded(signal)
    const { serving, strands } = this.#ledger
    const piece = serving && findPiece(strands, serving, name)
    if (piece === null) throw new SpoolError('unknown-media', { detail: `no segment ${name}` })
    return piece
  }

  #noteUse(seq: number): void {
    if (seq !== initSeq) this.#lastSeq = seq
    this.#context.onUse()
  }

  async #segment(name: string, signal: AbortSignal): Promise<SegmentBody> {
    const { strand, seq, isExact } = this.#find(name, signal)
    this.#noteUse(seq)
    const askedMs = this.#context.clock.monotonicMs()
    const kept = await this.#read(strand, seq, isExact)
    this.#throwIfEnded(signal)
    if (kept !== null && kept !== 'out-of-reach') return this.#body(strand, seq, kept, askedMs)
    // The number means another segment in the playlist that sessions have now.
    if (strand.signature !== this.#ledger.serving?.signature)
      throw new SpoolError('bad-playlist', {
        detail: 'the server lists other segments now; start the title again',
      })
    try {
      const bytes = await this.#worker.get(seq, AbortSignal.any([signal, this.#end.signal]))
      return this.#body(strand, seq, { bytes, from: null }, askedMs)
    } catch (error) {
      const isOff = error instanceof SpoolError && error.code === 'source-unreachable'
      throw kept !== null && isOff ? new SpoolError('cache-disk-missing', { cause: error }) : error
    }
  }

  /** From this strand; else from that of the session that plays, which a player that goes back has seen already. */
  async #read(strand: Strand, seq: number, isExact: boolean): Promise<ShelfBytes | null | 'out-of-reach'> {
    const kept = await this.#shelf.read(strand, seq)
    const live = this.#worker.strand
    if (kept !== null || isExact || live === null || live.signature !== strand.signature) return kept
    return this.#shelf.read(live, seq)
  }

  /** Hands out a piece that was asked for at `askedMs`. */
  #body(strand: Strand, seq: number, { bytes, from }: HeldBytes, askedMs: number): SegmentBody {
    const { meter, clock } = this.#context
    let at = 0
    const reader: ByteReader = {
      read: async () => {
        if (this.#end.signal.aborted) throw this.#end.signal.reason
        if (at >= bytes.length) return null
        const piece = bytes.subarray(at, at + pieceBytes)
        if (at === 0) meter.took(from === null ? 'segmentMiss' : 'segmentHit', clock.monotonicMs() - askedMs)
        at += piece.length
        const way = from ?? (this.#isHere(strand, seq) ? 'memory' : 'passed-through')
        meter.served(way, piece.length)
        return piece
      },
      cancel: () => {
        at = bytes.length
      },
    }
    return { mime: segmentMime(strand.grid.container), sizeBytes: bytes.length, reader }
  }

  /** Kept in this strand, or in that of the session that plays. */
  #isHere(strand: Strand, seq: number): boolean {
    return this.#shelf.has(strand, seq) || this.#shelf.has(this.#worker.strand, seq)
  }

  #throwIfEnded(signal: AbortSignal): void {
    this.#end.signal.throwIfAborted()
    signal.throwIfAborted()
  }

  #onWorkEnded(): void {
    if (this.#handles.size === 0) this.#context.onIdle()
  }
}
