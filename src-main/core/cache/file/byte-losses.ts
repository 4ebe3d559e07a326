import { defined } from '../../base/control.ts'
import type { CheckedPiece, EntryContext } from '../entry-resource.ts'
import type { Span } from '../ranges.ts'
import { extentsToDrop } from './extents-to-drop.ts'
import type { ByteMap } from './byte-map.ts'
import type { DiskReads, LostChunk } from './disk-reads.ts'
import type { FileStorage } from './file-storage.ts'
import type { FileSyncer } from './file-syncer.ts'
import type { RoomHolder } from './room-holder.ts'
import type { WriteBehind } from './write-behind.ts'

export interface ByteLossesParts {
  readonly context: EntryContext
  readonly map: ByteMap
  readonly storage: FileStorage
  readonly memory: WriteBehind
  readonly syncer: FileSyncer
  readonly disk: DiskReads
  readonly room: RoomHolder
  /** Rows may be written: the generation is still the entry's. */
  readonly mayWriteRows: () => boolean
  /** Bytes are not here any more: whoever waits should look again. */
  readonly onLoss: () => void
}

/** Takes bytes of one file out of everything that knows of them, because they are damaged, or because they have to go. */
export class ByteLosses {
  readonly #parts: ByteLossesParts

  constructor(parts: ByteLossesParts) {
    this.#parts = parts
  }

  /** What the disk has of these is unknown, so it has nothing. They were in no row. */
  unwrite(spans: readonly Span[]): void {
    for (const { start, end } of spans) this.#parts.room.settle(this.dropWritten(start, end))
    this.#parts.onLoss()
  }

  /** One chunk is not what was written. */
  lose(idx: number, span: Span, reason: string): void {
    if (this.#parts.map.durable.covers(span.start, span.end)) this.forget([idx], reason)
    else this.unwrite([span])
  }

  /** The same for what a check found; what went meanwhile was let go of, and is not damage. */
  loseChecked({ idx, span, reason }: LostChunk): CheckedPiece['result'] {
    if (!this.#parts.map.durable.covers(span.start, span.end)) return 'sound'
    this.forget([idx], reason)
    return reason === 'missing on disk' ? 'missing' : 'damaged'
  }

  /** These files are gone with everything in them. */
  loseFiles(indexes: readonly number[]): void {
    const { map, storage } = this.#parts
    for (const index of indexes) {
      const { start, end } = storage.spanOf(index)
      storage.forgetFile(index)
      this.forget(map.chunksWithin(start, end), 'missing on disk')
      this.unwrite([{ start, end }])
    }
  }

  /** Recorded chunks are not there, or not as they were recorded. */
  forget(ids: readonly number[], reason: string): void {
    const bytes = this.#removeRows(ids)
    if (bytes === 0) return
    // Of what was removed or replaced, nothing is missed.
    if (this.#parts.mayWriteRows()) this.#parts.context.record('damaged', reason, bytes)
    this.#parts.context.onChange()
    this.#parts.onLoss()
  }

  /** Lets go of what was played; see `extentsToDrop`. Answers how many bytes are gone from the disk. */
  async dropPlayed(positions: readonly number[], neededBytes: number): Promise<number> {
    const { map, storage, context, mayWriteRows } = this.#parts
    if (!mayWriteRows() || map.total === null || storage.isOneFile) return 0
    const { durationMs } = context.plan
    const { extentBytes } = storage
    const file = { extentBytes, totalBytes: map.total, durationMs, durable: map.durable, positions }
    return this.drop(extentsToDrop(file, neededBytes))
  }

  /**
   * Lets go of whole extents, rows before files; one that is being written stays. Answers how many bytes are gone from the disk.
   */
  async drop(indexes: readonly number[]): Promise<number> {
    const { map, storage, memory, syncer, room, context, onLoss } = this.#parts
    const going = indexes.filter((index) => {
      const { start, end } = storage.spanOf(index)
      return !memory.isQueuedWithin(start, end) && !syncer.isPendingWithin(start, end)
    })
    let bytes = 0
    for (const index of going) {
      const { start, end } = storage.spanOf(index)
      bytes += this.#removeRows(map.chunksWithin(start, end))
      // Chunks that were never whole.
      room.settle(this.dropWritten(start, end))
    }
    if (bytes > 0) {
      context.record('evicted', 'played already, and the rest of it needs the room', bytes)
      context.onChange()
    }
    await storage.deleteExtents(going)
    onLoss()
    return bytes
  }

  /** The disk does not have what was written there; what is only in memory stays. Answers how many bytes that are. */
  dropWritten(start: number, end: number): number {
    this.#parts.memory.forgetWritten(start, end)
    return this.#parts.map.dropWritten(start, end)
  }

  #removeRows(ids: readonly number[]): number {
    const { map, syncer, disk, mayWriteRows } = this.#parts
    let bytes = 0
    for (const idx of ids) {
      const span = defined(map.chunkSpan(idx), 'chunk')
      if (!map.durable.covers(span.start, span.end)) continue
      map.durable.subtract(span.start, span.end)
      this.dropWritten(span.start, span.end)
      disk.forget(idx)
      bytes += span.end - span.start
    }
    if (bytes > 0 && mayWriteRows()) syncer.removeRows(ids)
    return bytes
  }
}
