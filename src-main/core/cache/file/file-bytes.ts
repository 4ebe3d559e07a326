import { SpoolError } from '../../spool-error.ts'
import type { CheckedPiece, EntryContext } from '../entry-resource.ts'
import type { ChunkRow } from '../index/chunks.ts'
import type { Ranges, Span } from '../ranges.ts'
import { readBufferBytes } from '../store/read-buffers.ts'
import { ByteLosses } from './byte-losses.ts'
import { ByteMap } from './byte-map.ts'
import { DiskFaults } from './disk-faults.ts'
import { DiskReads } from './disk-reads.ts'
import type { FileStorage } from './file-storage.ts'
import { FileSyncer } from './file-syncer.ts'
import { Keeping } from './keeping.ts'
import { PassedBlocks } from './passed-blocks.ts'
import { RoomHolder } from './room-holder.ts'
import { WriteBehind, type WriteBehindOwner } from './write-behind.ts'

/** Bytes for a reader, and where they came from. */
export interface TakenBytes {
  readonly data: Uint8Array
  readonly from: 'memory' | 'disk' | 'passed-through'
}

/** The bytes of one file generation: in memory, on the disk, in rows. Decides nothing about what to fetch. */
export class FileBytes implements WriteBehindOwner {
  readonly room: RoomHolder
  readonly #map: ByteMap
  readonly #context: EntryContext
  readonly #storage: FileStorage
  readonly #memory: WriteBehind
  readonly #syncer: FileSyncer
  readonly #disk: DiskReads
  readonly #losses: ByteLosses
  readonly #faults: DiskFaults
  readonly #keeping: Keeping
  readonly #passed: PassedBlocks
  readonly #onAvailable: () => void
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
    this.#map = new ByteMap(context.generation.chunkSize, context.generation.totalBytes)
    this.room = new RoomHolder(context)
    this.#keeping = new Keeping(context.clock)
    this.#memory = new WriteBehind(storage, context.clock, this)
    this.#passed = new PassedBlocks({
      memory: this.#memory,
      room: this.room,
      isKeeping: () => this.isKeeping,
      isWritten: (start, end) => this.written.covers(start, end),
    })
    this.#disk = new DiskReads(context, storage, this.#map)
    this.#syncer = new FileSyncer(context, storage, this)
    this.#losses = new ByteLosses({
      context,
      map: this.#map,
      storage,
      memory: this.#memory,
      syncer: this.#syncer,
      disk: this.#disk,
      room: this.room,
      mayWriteRows: () => !this.isRetired,
      onLoss: () => this.#onAvailable(),
    })
    this.#faults = new DiskFaults({
      context,
      map: this.#map,
      storage,
      keeping: this.#keeping,
      losses: this.#losses,
      onLoss: () => this.#onAvailable(),
    })
    this.#restore(rows)
  }

  get durable(): Ranges {
    return this.#map.durable
  }

  get written(): Ranges {
    return this.#map.written
  }

  get arrived(): Ranges {
    return this.#map.arrived
  }

  get total(): number | null {
    return this.#map.total
  }

  get isComplete(): boolean {
    return this.#map.isComplete
  }

  get isRetired(): boolean {
    return this.#keeping.isRetired
  }

  /** False while nothing new is kept: no room, or a disk that failed. */
  get isKeeping(): boolean {
    return this.mayWrite && this.room.isGranted
  }

  get mayWrite(): boolean {
    return this.#keeping.mayWrite
  }

  /** The cache disk is not connected. */
  get isOutOfReach(): boolean {
    return this.#keeping.isOutOfReach
  }

  /** Whether more bytes may come without anybody waiting for them. */
  get hasQueueSpace(): boolean {
    return this.#memory.hasSpace
  }

  get isDiskStalled(): boolean {
    return this.#memory.isStalled
  }

  adoptTotal(total: number): void {
    this.#map.adoptTotal(total)
  }

  chunkSpan(idx: number): Span | null {
    return this.#map.chunkSpan(idx)
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
      this.#context.meter.count('usefulBytes', piece.length)
    }
    this.#context.meter.inMemory(this.#memory.bytes)
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
    if (block.state === 'passing') this.#passed.keep(block)
    const from = position - block.start
    const data = block.data.subarray(from, from + Math.min(readBufferBytes, end - position))
    return { data, from: block.state === 'passing' ? 'passed-through' : 'memory' }
  }

  /** The same from the disk; null when they turned out not to be there any more: look again. */
  async fromDisk(position: number, end: number): Promise<TakenBytes | null> {
    await this.prepare()
    const read = await this.#disk.read(position, end)
    if (read === null) return null
    if ('data' in read) return { data: read.data, from: 'disk' }
    if ('lost' in read) this.#losses.lose(read.lost.idx, read.lost.span, read.lost.reason)
    else this.#faults.onOutOfReach(read.outOfReach)
    return null
  }

  /** See `PassedBlocks.keepWithin`. */
  keepPassed(span: Span): 'queued' | 'refused' | Promise<void> {
    return this.#passed.keepWithin(span)
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

  /** See `EntryResource.dropPlayed`. */
  dropPlayed(positions: readonly number[], neededBytes: number): Promise<number> {
    return this.#losses.dropPlayed(positions, neededBytes)
  }

  /** Compares a recorded chunk with its row. Throws `cache-disk-missing` when the disk cannot be asked. */
  async check(row: ChunkRow): Promise<CheckedPiece['result']> {
    const read = await this.#disk.check(row)
    if ('data' in read) return 'sound'
    if ('lost' in read) return this.#losses.loseChecked(read.lost)
    this.#faults.onOutOfReach(read.outOfReach)
    throw new SpoolError('cache-disk-missing')
  }

  /** Everything that may be kept is in rows. */
  async flush(): Promise<void> {
    await this.#memory.settled()
    await this.#syncer.sync()
  }

  /** What is here can still be read; nothing new is kept, and no row is touched. */
  stopKeeping(): void {
    this.#keeping.retire()
  }

  /** From now on nothing is written and no row is touched. Resolves when the disk is let go of. */
  async retire(): Promise<void> {
    this.#keeping.retire()
    await this.#ready
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

  onSyncError(error: unknown, spans: readonly Span[], failures: number): Promise<void> {
    return this.#faults.onSyncError(error, spans, failures)
  }

  onWriteError(error: unknown, span: Span): Promise<'again' | 'given up'> {
    return this.#faults.onWriteError(error, span)
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

  onDropped({ start, end }: Span): void {
    this.arrived.subtract(start, end)
    // What passed through while the disk was away may be on it all the same.
    for (const span of this.written.within(start, end)) this.arrived.insert(span.start, span.end)
  }

  /** The cache disk is connected again. `rows`: what is recorded. */
  onDiskReturn(rows: readonly ChunkRow[]): void {
    if (!this.isOutOfReach || this.isRetired) return
    this.#keeping.setReach(true)
    this.#restore(rows)
    this.#ready = null
    this.#onAvailable()
  }

  #restore(rows: readonly ChunkRow[]): void {
    // A row whose length does not fit the size is from before some mistake; its bytes are fetched again.
    for (const row of rows) if (this.#map.restore(row.idx, row.len)) this.#disk.expect(row)
  }

  async #checkLength(): Promise<void> {
    let missing: readonly number[]
    try {
      missing = await this.#disk.findMissing()
    } catch (error) {
      return this.#faults.onOutOfReach(error)
    }
    this.#losses.forget(missing, 'missing on disk')
  }
}
