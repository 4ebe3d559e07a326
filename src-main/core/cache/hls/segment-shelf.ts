import type { EntryContext } from '../entry-resource.ts'
import { checkSegment, type SegmentFacts } from './segment-check.ts'
import { SegmentFiles } from './segment-files.ts'
import type { SegmentLedger } from './segment-ledger.ts'
import { initSeq, segmentName } from './segment-name.ts'
import type { SegmentRow } from './segment-rows.ts'
import { firstPiece, isWhole, viewOf, type Strand } from './strand.ts'
import type { StrandView } from './alignment.ts'

/** `no-room`: neither will the next be. `not-kept`: this one is not wanted any more. */
export type KeepResult = 'kept' | 'no-room' | 'not-kept'

export interface ShelfBytes {
  readonly bytes: Uint8Array
  readonly from: 'memory' | 'disk'
}

/** A piece that may be put on the shelf: whoever has one has asked whether it goes with its strand. */
export interface NewPiece {
  readonly strand: Strand
  readonly epochId: number
  readonly seq: number
  readonly bytes: Uint8Array
  readonly facts: SegmentFacts
}

/** Bytes on their way to the disk. More than this, and what comes next is played but not kept. */
const maxWaitingBytes = 32 * 1024 * 1024

/**
 * The segments of one generation as bytes: files, and those still being written. Rows follow synced files, and files go after
 * their rows.
 */
export class SegmentShelf {
  readonly ledger: SegmentLedger
  readonly #context: EntryContext
  readonly #files: SegmentFiles
  readonly #waiting = new Map<string, NewPiece>()
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
  has(strand: Strand | null, seq: number): boolean {
    return strand !== null && (strand.rows.has(seq) || this.#waiting.has(waitingKey(strand, seq)))
  }

  /** Nothing of it is kept or on its way. */
  isEmpty(strand: Strand): boolean {
    return strand.rows.size === 0 && ![...this.#waiting.values()].some((piece) => piece.strand === strand)
  }

  /** The first piece of a strand that is not here, from `from` on; null when there is none. */
  firstMissing(strand: Strand, from = firstPiece(strand.grid)): number | null {
    for (let seq = from; seq < strand.end; seq += 1) if (!this.has(strand, seq)) return seq
    return null
  }

  /** Playback time that is here without a gap from a segment on, in ms. */
  aheadMs(seq: number): number | null {
    const { serving } = this.ledger
    if (serving === null || seq < 0) return null
    const { startsUs } = serving.grid
    const end = this.firstMissing(serving, seq) ?? serving.end
    return Math.round(((startsUs[end] ?? 0) - (startsUs[seq] ?? 0)) / 1000)
  }

  /** How a strand looks to a segment of a session that is not in it yet. Looks into a kept piece where rows do not say. */
  async view(strand: Strand, seq: number): Promise<StrandView> {
    for (const row of strand.config === null ? strand.rows.values() : []) {
      strand.config = (await this.factsOf(strand, row.seq))?.config ?? null
      if (strand.config !== null) break
    }
    const view = viewOf(strand, seq)
    const waiting = (at: number): NewPiece['facts'] | null =>
      this.#waiting.get(waitingKey(strand, at))?.facts ?? null
    return { ...view, before: view.before ?? waiting(seq - 1), after: view.after ?? waiting(seq + 1) }
  }

  /** What a kept piece says of itself; null when it cannot be read. */
  async factsOf(strand: Strand, seq: number): Promise<SegmentFacts | null> {
    const { container } = strand.grid
    const kept = await this.read(strand, seq)
    const init = container === 'fmp4' && seq !== initSeq ? await this.read(strand, initSeq) : null
    if (kept === null || kept === 'out-of-reach' || init === 'out-of-reach') return null
    const facts = checkSegment(container, seq, kept.bytes, init?.bytes ?? null)
    return 'refused' in facts ? null : facts
  }

  /** Keeps a piece when there is room for it. Its bytes can be read from here at once; the row comes after the sync. */
  async keep(piece: NewPiece): Promise<KeepResult> {
    const { strand, seq, bytes } = piece
    if (this.has(strand, seq)) return 'kept'
    if (this.ledger.isRetired || this.#waitingBytes + bytes.length > maxWaitingBytes) return 'not-kept'
    const key = waitingKey(strand, seq)
    this.#waiting.set(key, piece)
    this.#waitingBytes += bytes.length
    try {
      return await this.#enqueue(() => this.#write(piece))
    } finally {
      this.#waitingBytes -= bytes.length
      if (this.#waiting.get(key) === piece) this.#waiting.delete(key)
    }
  }

  /**
   * The bytes of a kept piece, checked on every read, as all of them are read at once anyway; null when there are none, or when they were
   * damaged.
   * `out-of-reach`: they are kept, but the disk cannot be read now; no row goes for that.
   */
  async read(strand: Strand, seq: number): Promise<ShelfBytes | null | 'out-of-reach'> {
    const waiting = this.#waiting.get(waitingKey(strand, seq))
    if (waiting !== undefined) return { bytes: waiting.bytes, from: 'memory' }
    const row = strand.rows.get(seq)
    if (row === undefined) return null
    const reading = this.#files.read(row.file)
    this.#reading.add(reading)
    const bytes = await reading
    this.#reading.delete(reading)
    if (bytes === 'out-of-reach') return bytes
    if (bytes !== 'lost' && this.#isSound(row, bytes)) return { bytes, from: 'disk' }
    if (this.ledger.lose(strand, row, `segment ${row.seq} is not what was written`))
      void this.#enqueue(() => this.#files.remove([row.file]))
    return null
  }

  /** Reads a piece again. `lost`: it was damaged, and is not kept any more. */
  async verify(strand: Strand, seq: number): Promise<'sound' | 'lost' | 'out-of-reach'> {
    const read = await this.read(strand, seq)
    return read === null ? 'lost' : read === 'out-of-reach' ? read : 'sound'
  }

  /** The title ends before `end`, whatever is listed: all there is may be here. */
  endAt(strand: Strand, end: number): void {
    this.ledger.endAt(strand, end)
    if (isWhole(strand)) this.#dropOthers(strand)
  }

  /** Gives a strand up; the reason goes into the history. */
  drop(strand: Strand, reason: string): void {
    for (const [key, piece] of this.#waiting) if (piece.strand === strand) this.#waiting.delete(key)
    const files = this.ledger.drop(strand, reason).map(({ file }) => file)
    void this.#enqueue(() => this.#files.remove(files))
  }

  /** Resolves when nothing of this touches the folder. */
  async settle(): Promise<void> {
    await this.#writing
    await Promise.all(this.#reading)
  }

  async #write(piece: NewPiece): Promise<KeepResult> {
    const { strand, epochId, seq, bytes, facts } = piece
    const isWanted = (): boolean =>
      !this.ledger.isRetired && this.#waiting.get(waitingKey(strand, seq)) === piece
    if (!isWanted()) return 'not-kept'
    using reservation = await this.#context.reserve(bytes.length)
    if (reservation === null) return 'no-room'
    try {
      if (!isWanted()) return 'not-kept'
      const { container, startsUs, durationsUs } = strand.grid
      const known = (): string[] => this.ledger.rows().map((row) => row.file)
      const file = await this.#files.write(epochId, segmentName(container, seq), bytes, known)
      if (!isWanted()) {
        await this.#files.remove([file])
        return 'not-kept'
      }
      const row: SegmentRow = {
        seq,
        epochId,
        startMs: Math.round((startsUs[seq] ?? 0) / 1000),
        durationMs: Math.round((durationsUs[seq] ?? 0) / 1000),
        sizeBytes: bytes.length,
        hash: this.#hash(seq, bytes),
        file,
        firstPts: facts.firstPts,
        lastPts: facts.lastPts,
      }
      this.ledger.add(strand, row)
      reservation.use(bytes.length)
      if (isWhole(strand)) this.#dropOthers(strand)
      return 'kept'
    } catch (error) {
      this.#context.onDiskError(error)
      return 'no-room'
    }
  }

  /** What did not go with the sessions that filled the title is of no more use. */
  #dropOthers(whole: Strand): void {
    for (const strand of this.ledger.strands)
      if (strand !== whole) this.drop(strand, 'other sessions that go together brought the whole title')
  }

  #isSound(row: SegmentRow, bytes: Uint8Array): boolean {
    return bytes.length === row.sizeBytes && this.#hash(row.seq, bytes).equals(row.hash)
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

const waitingKey = (strand: Strand, seq: number): string => `${strand.id} ${seq}`
