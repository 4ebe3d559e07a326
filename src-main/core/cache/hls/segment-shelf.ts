import type { EntryContext } from '../entry-resource.ts'
import { areAligned, type PlacedSegment } from './alignment.ts'
import type { SegmentFacts } from './segment-check.ts'
import { SegmentFiles } from './segment-files.ts'
import { gridSignature, type SegmentGrid } from './segment-grid.ts'
import { firstPiece, type SegmentLedger } from './segment-ledger.ts'
import { initSeq, segmentName } from './segment-name.ts'
import type { SegmentRow } from './segment-rows.ts'

/** One session, as far as its segments are concerned. `id` is null until the first of them is kept. */
export interface Epoch {
  id: number | null
  readonly startSegment: number
}

/** `no-room`: neither will the next be. `not-kept`: this one is not wanted any more. */
export type KeepResult = 'kept' | 'no-room' | 'not-kept'

export interface ShelfBytes {
  readonly bytes: Uint8Array
  readonly from: 'memory' | 'disk'
}

/** Bytes on their way to the disk. More than this, and what comes next is played but not kept. */
const maxWaitingBytes = 32 * 1024 * 1024

interface WaitingSegment {
  readonly epoch: Epoch
  readonly bytes: Uint8Array
  readonly facts: SegmentFacts
}

/**
 * The segments of one generation as bytes: files, and those still being written. Every segment here fits every other:
 * whoever adds one has asked `fits`. Rows follow synced files, and files go after their rows.
 */
export class SegmentShelf {
  readonly ledger: SegmentLedger
  readonly #context: EntryContext
  readonly #files: SegmentFiles
  readonly #waiting = new Map<number, WaitingSegment>()
  readonly #verified = new WeakSet<SegmentRow>()
  readonly #reading = new Set<Promise<unknown>>()
  /** Writing and deleting, one after the other; never rejects. */
  #writing: Promise<unknown> = Promise.resolve()
  #waitingBytes = 0

  constructor(context: EntryContext, ledger: SegmentLedger) {
    this.#context = context
    this.ledger = ledger
    this.#files = new SegmentFiles(context.folder, context.fs)
  }

  get isWriting(): boolean {
    return this.#waitingBytes > 0
  }

  get unwrittenBytes(): number {
    return this.#waitingBytes
  }

  /** Kept, or on its way to being so. */
  has(seq: number): boolean {
    return this.ledger.get(seq) !== undefined || this.#waiting.has(seq)
  }

  /** The first piece that is not here, from `from` on; null when there is none. */
  firstMissing(from?: number): number | null {
    const { grid } = this.ledger
    if (grid === null) return null
    for (let seq = from ?? firstPiece(grid); seq < grid.durationsUs.length; seq += 1)
      if (!this.has(seq)) return seq
    return null
  }

  /** Playback time that is here without a gap from a segment on, in ms. */
  aheadMs(seq: number): number | null {
    const { grid } = this.ledger
    if (grid === null || seq < 0) return null
    const end = this.firstMissing(seq) ?? grid.durationsUs.length
    return Math.round(((grid.startsUs[end] ?? 0) - (grid.startsUs[seq] ?? 0)) / 1000)
  }

  /**
   * Takes a session's playlist for this title's. `other`: index n means something else in it than in what is here or,
   * unless `mayReplace`, in a playlist that a player already has.
   */
  adopt(grid: SegmentGrid, epoch: Epoch, mayReplace: boolean): 'same' | 'other' {
    const known = this.ledger.grid
    if (known !== null && gridSignature(known) === gridSignature(grid)) return 'same'
    const isEmpty = this.ledger.isEmpty && this.#waiting.size === 0
    if (known !== null && !(isEmpty && mayReplace)) return 'other'
    epoch.id = this.ledger.begin(grid, epoch.startSegment)
    return 'same'
  }

  /**
   * Whether a segment of `epoch` lies on one timeline with its nearest neighbours of other sessions. `init`: that session's
   * initialisation part, which must be the very same bytes.
   */
  fits(epoch: Epoch, seq: number, facts: SegmentFacts, init: Uint8Array | null): boolean {
    const { grid } = this.ledger
    if (grid === null || (init !== null && !this.#isSameInit(init))) return false
    if (seq === initSeq) return true
    return ([-1, 1] as const).every((step) => {
      const neighbour = this.#neighbour(grid, epoch, seq, step)
      if (neighbour === null) return true
      const isDecodable = facts.startsWithKeyframe !== false
      return isDecodable && areAligned(grid, { seq, firstPts: facts.firstPts }, neighbour, facts.frameTicks)
    })
  }

  /** Keeps a piece when there is room for it. Its bytes can be read from here at once; the row comes after the sync. */
  async keep(epoch: Epoch, seq: number, bytes: Uint8Array, facts: SegmentFacts): Promise<KeepResult> {
    if (this.has(seq)) return 'kept'
    if (this.ledger.isRetired || this.#waitingBytes + bytes.length > maxWaitingBytes) return 'not-kept'
    const waiting = { epoch, bytes, facts }
    this.#waiting.set(seq, waiting)
    this.#waitingBytes += bytes.length
    try {
      return await this.#enqueue(() => this.#write(seq, waiting))
    } finally {
      this.#waitingBytes -= bytes.length
      if (this.#waiting.get(seq) === waiting) this.#waiting.delete(seq)
    }
  }

  /**
   * The bytes of a kept piece, checked on the first read of this run; null when there are none, or when they were damaged.
   * `out-of-reach`: they are kept, but the disk cannot be read now; no row goes for that.
   */
  async read(seq: number): Promise<ShelfBytes | null | 'out-of-reach'> {
    const waiting = this.#waiting.get(seq)
    if (waiting !== undefined) return { bytes: waiting.bytes, from: 'memory' }
    const row = this.ledger.get(seq)
    if (row === undefined) return null
    const reading = this.#files.read(row.file)
    this.#reading.add(reading)
    const bytes = await reading
    this.#reading.delete(reading)
    if (bytes === 'out-of-reach') return bytes
    if (bytes !== 'lost' && (this.#verified.has(row) || this.#isSound(row, bytes))) {
      this.#verified.add(row)
      return { bytes, from: 'disk' }
    }
    if (this.ledger.lose(row)) void this.#enqueue(() => this.#files.remove([row.file]))
    return null
  }

  /** Forgets everything, because a session began that fits none of it; goes on with that session's epoch. The grid stays. */
  restart(epoch: Epoch, reason: string): void {
    const { grid } = this.ledger
    if (grid === null) return
    const files = this.ledger.rows().map(({ file }) => file)
    const { bytesPresent } = this.ledger.status()
    this.#waiting.clear()
    epoch.id = this.ledger.begin(grid, epoch.startSegment)
    if (bytesPresent > 0) this.#context.record('replaced', reason, bytesPresent)
    void this.#enqueue(() => this.#files.remove(files))
  }

  /** Resolves when nothing of this touches the folder. */
  async settle(): Promise<void> {
    await this.#writing
    await Promise.all(this.#reading)
  }

  async #write(seq: number, waiting: WaitingSegment): Promise<KeepResult> {
    const { epoch, bytes, facts } = waiting
    const grid = this.ledger.grid
    const isWanted = (): boolean => !this.ledger.isRetired && this.#waiting.get(seq) === waiting
    if (grid === null || !isWanted()) return 'not-kept'
    using reservation = await this.#context.reserve(bytes.length)
    if (reservation === null) return 'no-room'
    try {
      if (!isWanted()) return 'not-kept'
      epoch.id ??= this.ledger.addEpoch(epoch.startSegment)
      const known = (): string[] => this.ledger.rows().map((row) => row.file)
      const file = await this.#files.write(epoch.id, segmentName(grid.container, seq), bytes, known)
      if (!isWanted()) {
        await this.#files.remove([file])
        return 'not-kept'
      }
      const row: SegmentRow = {
        seq,
        epochId: epoch.id,
        startMs: Math.round((grid.startsUs[seq] ?? 0) / 1000),
        durationMs: Math.round((grid.durationsUs[seq] ?? 0) / 1000),
        sizeBytes: bytes.length,
        hash: this.#hash(seq, bytes),
        file,
        firstPts: facts.firstPts,
        lastPts: facts.lastPts,
      }
      this.#verified.add(row)
      this.ledger.add(row)
      reservation.use(bytes.length)
      return 'kept'
    } catch (error) {
      this.#context.onDiskError(error)
      return 'no-room'
    }
  }

  #neighbour(grid: SegmentGrid, epoch: Epoch, seq: number, step: 1 | -1): PlacedSegment | null {
    for (let at = seq + step; at >= 0 && at < grid.durationsUs.length; at += step) {
      const row = this.ledger.get(at)
      if (row !== undefined && row.epochId !== epoch.id) return row
      const waiting = this.#waiting.get(at)
      if (waiting !== undefined && waiting.epoch !== epoch)
        return { seq: at, firstPts: waiting.facts.firstPts }
    }
    return null
  }

  #isSound(row: SegmentRow, bytes: Uint8Array): boolean {
    return bytes.length === row.sizeBytes && this.#hash(row.seq, bytes).equals(row.hash)
  }

  #isSameInit(init: Uint8Array): boolean {
    const waiting = this.#waiting.get(initSeq)
    if (waiting !== undefined) return Buffer.compare(waiting.bytes, init) === 0
    const row = this.ledger.get(initSeq)
    return row === undefined || this.#isSound(row, init)
  }

  #hash(seq: number, bytes: Uint8Array): Buffer {
    const { hasher, generation } = this.#context
    return hasher.hash(bytes, hasher.seed(generation.storeName, seq))
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#writing.then(work)
    this.#writing = done.catch(() => undefined)
    return done
  }
}
