import { defined } from '../../base/control.ts'
import type { EntryContext } from '../entry-resource.ts'
import type { ChunkRow } from '../index/chunks.ts'
import { Ranges, clip, type Span } from '../ranges.ts'
import { readBufferBytes } from '../store/read-buffers.ts'
import { ChunkVerifier } from './chunk-verifier.ts'
import type { FileStorage } from './file-storage.ts'
import { FileSyncer } from './file-syncer.ts'
import { RoomHolder } from './room-holder.ts'
import { WriteBehind, type WriteBehindOwner } from './write-behind.ts'

/** Bytes handed to a reader at once. */
const readBytes = readBufferBytes
const suspendMs = 60_000

/** Bytes for a reader, and where they came from. */
export interface TakenBytes {
  readonly data: Uint8Array
  readonly from: 'memory' | 'disk' | 'passed-through'
}

/**
 * Where every byte of one file generation is. `durable` (rows) ⊆ `written` (on the disk, perhaps only in its cache) ⊆ `arrived`
 * (perhaps only in memory). Decides nothing about what to fetch.
 */
export class FileBytes implements WriteBehindOwner {
  readonly durable = new Ranges()
  readonly written = new Ranges()
  readonly arrived = new Ranges()
  readonly room: RoomHolder
  readonly #context: EntryContext
  readonly #storage: FileStorage
  readonly #memory: WriteBehind
  readonly #syncer: FileSyncer
  readonly #verifier: ChunkVerifier
  readonly #onAvailable: () => void
  #total: number | null
  #suspendedUntil = 0
  #isRetired = false
  #isOutOfReach = false
  #ready: Promise<void> | null = null

  /** @param onAvailable bytes were written, lost or dropped: whoever waits should look again */
  constructor(
    context: EntryContext,
    storage: FileStorage,
    rows: readonly ChunkRow[],
    onAvailable: () => void,
  ) {
    this.#context = context
    this.#storage = storage
    this.#onAvailable = onAvailable
    this.#total = context.generation.totalBytes
    this.room = new RoomHolder(context)
    this.#memory = new WriteBehind(storage, context.clock, this)
    this.#verifier = new ChunkVerifier(context, storage)
    this.#syncer = new FileSyncer(context, storage, this)
    for (const row of rows) {
      const span = this.chunkSpan(row.idx)
      // A row whose length does not fit the size is from before some mistake; its bytes are fetched again.
      if (span === null || span.end - span.start !== row.len) continue
      for (const set of [this.durable, this.written, this.arrived]) set.insert(span.start, span.end)
      this.#verifier.expect(row.idx, row.hash)
    }
  }

  get total(): number | null {
    return this.#total
  }

  get isComplete(): boolean {
    return this.#total !== null && this.durable.total === this.#total
  }

  get isRetired(): boolean {
    return this.#isRetired
  }

  /** False while nothing new is kept: no room, or a disk that failed. */
  get isKeeping(): boolean {
    return this.mayWrite && this.room.isGranted
  }

  get mayWrite(): boolean {
    return (
      !this.#isRetired && !this.#isOutOfReach && this.#context.clock.monotonicMs() >= this.#suspendedUntil
    )
  }

  /** The cache disk is not connected. */
  get isOutOfReach(): boolean {
    return this.#isOutOfReach
  }

  /** Whether more bytes may come without anybody waiting for them. */
  get hasQueueSpace(): boolean {
    return this.#memory.hasSpace
  }

  get isDiskStalled(): boolean {
    return this.#memory.isStalled
  }

  adoptTotal(total: number): void {
    this.#total = total
  }

  chunkSpan(idx: number): Span | null {
    const size = this.#context.generation.chunkSize
    return this.#total === null ? null : clip(idx * size, (idx + 1) * size, this.#total)
  }

  /** Bytes from the source. What was here already is left alone. */
  arrive(start: number, data: Uint8Array): void {
    const end = start + data.length
    for (const gap of this.arrived.missing(start, end)) {
      const piece = data.subarray(gap.start - start, gap.end - start)
      const isKept = this.isKeeping && this.#memory.canTake && this.room.take(piece.length)
      this.arrived.insert(gap.start, gap.end)
      if (isKept) this.#syncer.hash(gap.start, piece)
      this.#memory.add(gap.start, piece, isKept)
    }
  }

  /** Whether a reader can have the byte now. */
  isHere(position: number): boolean {
    return this.written.has(position) || this.isInMemory(position)
  }

  isInMemory(position: number): boolean {
    return this.#memory.find(position) !== null
  }

  /** Up to 256 KiB from `position`, before `end`, when they are in memory. */
  fromMemory(position: number, end: number): TakenBytes | null {
    const block = this.#memory.find(position)
    if (block === null) return null
    const from = position - block.start
    const data = block.data.subarray(from, from + Math.min(readBytes, end - position))
    return { data, from: block.state === 'passing' ? 'passed-through' : 'memory' }
  }

  /** The same from the disk; null when they turned out not to be there any more: look again. */
  async fromDisk(position: number, end: number): Promise<TakenBytes | null> {
    await this.prepare()
    const idx = Math.floor(position / this.#context.generation.chunkSize)
    const span = this.chunkSpan(idx)
    if (span === null || !this.written.has(position)) return null
    try {
      const data = await this.#readDisk(idx, span, position, end)
      if (data !== null) return { data, from: 'disk' }
      this.#lose(idx, span, 'checksum differs')
    } catch (error) {
      if (await this.#storage.isLost(error)) this.#lose(idx, span, 'missing on disk')
      else this.#onOutOfReach(error)
    }
    return null
  }

  /** A reader is done with what it took: the memory may be used again. */
  release(piece: Uint8Array): void {
    this.#storage.release(piece)
  }

  /** Looks once whether the file still holds what the rows say, before anything is read or written. */
  prepare(): Promise<void> {
    this.#ready ??= this.#checkLength()
    return this.#ready
  }

  /** Everything that may be kept is in rows. */
  async flush(): Promise<void> {
    await this.#memory.settled()
    await this.#syncer.sync()
  }

  /** What is here can still be read; nothing new is kept, and no row is touched. */
  stopKeeping(): void {
    this.#isRetired = true
  }

  /** From now on nothing is written and no row is touched. Resolves when the disk is let go of. */
  async retire(): Promise<void> {
    this.#isRetired = true
    await this.#memory.settled()
    await this.#syncer.settled()
    this.room[Symbol.dispose]()
    await this.#storage.close()
  }

  async close(): Promise<void> {
    await this.flush()
    await this.retire()
  }

  /** The syncer's report: these chunks are in rows. */
  markDurable(spans: readonly Span[]): void {
    let bytes = 0
    for (const span of spans) {
      this.durable.insert(span.start, span.end)
      bytes += span.end - span.start
    }
    this.room.settle(bytes)
    this.#context.onChange()
    this.#onAvailable()
  }

  /** A sync failed: what the disk has of these is unknown, so it has nothing. */
  markLost(spans: readonly Span[]): void {
    for (const { start, end } of spans) this.room.settle(this.#dropWritten(start, end))
    this.#onAvailable()
  }

  onDiskError(error: unknown): void {
    this.#suspendedUntil = this.#context.clock.monotonicMs() + suspendMs
    this.#context.onDiskError(error)
  }

  onWritten(start: number, end: number): void {
    this.written.insert(start, end)
    this.#syncer.onWritten(start, end)
    this.#onAvailable()
  }

  onGivenUp(start: number, end: number): void {
    this.room.settle(end - start)
    this.#onAvailable()
  }

  onWriteError(error: unknown): void {
    this.onDiskError(error)
  }

  onDropped({ start, end }: Span): void {
    this.arrived.subtract(start, end)
  }

  async #readDisk(idx: number, span: Span, position: number, end: number): Promise<Uint8Array | null> {
    if (this.#verifier.isExpected(idx)) {
      const chunk = await this.#verifier.read(idx, span)
      const from = position - span.start
      return chunk?.subarray(from, from + Math.min(readBytes, end - position)) ?? null
    }
    const until = Math.min(end, position + readBytes, this.written.endFrom(position))
    const data = await this.#storage.readPiece(position, until - position)
    return data.length === 0 ? null : data
  }

  /** The disk is not there: no row is touched, and what is asked for comes from the source and is not kept. */
  #onOutOfReach(error: unknown): void {
    this.#isOutOfReach = true
    for (const { start, end } of this.written.spans) this.#dropWritten(start, end)
    this.#context.logger.warn('cache.file.out-of-reach', { error: String(error) })
    this.#onAvailable()
  }

  /** What was written there is not on the disk after all; what is only in memory stays. Answers how many bytes that are. */
  #dropWritten(start: number, end: number): number {
    const before = this.written.total
    for (const span of this.written.spans) {
      const gone = clip(span.start - start, span.end - start, end - start)
      if (gone === null) continue
      for (const set of [this.written, this.arrived]) set.subtract(gone.start + start, gone.end + start)
    }
    this.#memory.forgetWritten(start, end)
    return before - this.written.total
  }

  async #checkLength(): Promise<void> {
    if (this.durable.total === 0) return
    let length: number
    try {
      length = await this.#storage.length()
    } catch (error) {
      return this.#onOutOfReach(error)
    }
    const size = this.#context.generation.chunkSize
    const lost = this.durable.spans.flatMap((span) => {
      const ids: number[] = []
      for (let idx = Math.floor(span.start / size); idx * size < span.end; idx += 1)
        if (defined(this.chunkSpan(idx), 'chunk').end > length) ids.push(idx)
      return ids
    })
    if (lost.length > 0) this.#forget(lost, 'missing on disk')
  }

  #lose(idx: number, span: Span, reason: string): void {
    if (this.durable.covers(span.start, span.end)) this.#forget([idx], reason)
    else this.markLost([span])
  }

  #forget(ids: readonly number[], reason: string): void {
    let bytes = 0
    for (const idx of ids) {
      const span = defined(this.chunkSpan(idx), 'chunk')
      if (!this.durable.covers(span.start, span.end)) continue
      this.durable.subtract(span.start, span.end)
      this.#dropWritten(span.start, span.end)
      this.#verifier.forget(idx)
      bytes += span.end - span.start
    }
    if (bytes === 0) return
    if (!this.#isRetired) this.#syncer.removeRows(ids)
    this.#context.record('damaged', reason, bytes)
    this.#context.onChange()
    this.#onAvailable()
  }
}
