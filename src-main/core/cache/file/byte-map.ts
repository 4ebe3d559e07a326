import { Ranges, clip, type Span } from '../ranges.ts'

/**
 * Which bytes of one file are where. `durable` (rows) ⊆ `written` (on the disk, perhaps only in its cache) ⊆ `arrived` (perhaps only in
 * memory). Chunks are the pieces that rows are about; the last one is shorter.
 */
export class ByteMap {
  readonly durable = new Ranges()
  readonly written = new Ranges()
  readonly arrived = new Ranges()
  readonly #chunkSize: number
  #total: number | null

  constructor(chunkSize: number, total: number | null) {
    this.#chunkSize = chunkSize
    this.#total = total
  }

  /** Null until a reply told it. */
  get total(): number | null {
    return this.#total
  }

  get isComplete(): boolean {
    return this.#total !== null && this.durable.total === this.#total
  }

  adoptTotal(total: number): void {
    this.#total = total
  }

  chunkSpan(idx: number): Span | null {
    const size = this.#chunkSize
    return this.#total === null ? null : clip(idx * size, (idx + 1) * size, this.#total)
  }

  /** Index of the chunk that holds the byte. */
  chunkAt(position: number): number {
    return Math.floor(position / this.#chunkSize)
  }

  /** A chunk that an earlier run recorded; answers false when it does not fit the size. */
  restore(idx: number, length: number): boolean {
    const span = this.chunkSpan(idx)
    if (span === null || span.end - span.start !== length) return false
    for (const set of [this.durable, this.written, this.arrived]) set.insert(span.start, span.end)
    return true
  }

  /** The disk does not have what was written there. Answers how many bytes that are. */
  dropWritten(start: number, end: number): number {
    const before = this.written.total
    for (const span of this.written.spans) {
      const gone = clip(span.start - start, span.end - start, end - start)
      if (gone === null) continue
      for (const set of [this.written, this.arrived]) set.subtract(gone.start + start, gone.end + start)
    }
    return before - this.written.total
  }

  /** Recorded chunks of which something lies in `[start, end)`. */
  chunksWithin(start: number, end: number): number[] {
    return this.durable.within(start, end).flatMap((span) => {
      const ids: number[] = []
      for (let idx = this.chunkAt(span.start); idx * this.#chunkSize < span.end; idx += 1) ids.push(idx)
      return ids
    })
  }
}
