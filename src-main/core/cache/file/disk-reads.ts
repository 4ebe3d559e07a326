import type { EntryContext } from '../entry-resource.ts'
import type { ChunkRow } from '../index/chunks.ts'
import type { Span } from '../ranges.ts'
import { readBufferBytes } from '../store/read-buffers.ts'
import type { ByteMap } from './byte-map.ts'
import { ChunkVerifier } from './chunk-verifier.ts'
import type { FileStorage } from './file-storage.ts'

export interface LostChunk {
  readonly idx: number
  readonly span: Span
  readonly reason: 'checksum differs' | 'missing on disk'
}

/** What came of reading from the disk. */
export type DiskRead =
  | { readonly data: Uint8Array }
  /** The disk does not have this chunk, or has something else in its place. */
  | { readonly lost: LostChunk }
  /** The disk cannot be asked. */
  | { readonly outOfReach: unknown }

/** Reads what was written of one file, and tells what is wrong with it. */
export class DiskReads {
  readonly #storage: FileStorage
  readonly #map: ByteMap
  readonly #verifier: ChunkVerifier

  constructor(context: EntryContext, storage: FileStorage, map: ByteMap) {
    this.#storage = storage
    this.#map = map
    this.#verifier = new ChunkVerifier(context, storage)
  }

  /** A chunk of an earlier run: what it must be like. */
  expect({ idx, hash }: ChunkRow): void {
    this.#verifier.expect(idx, hash)
  }

  forget(idx: number): void {
    this.#verifier.forget(idx)
  }

  /** Compares a recorded chunk with its row, whether or not that was done before. */
  async check({ idx, hash }: ChunkRow): Promise<DiskRead> {
    const span = this.#map.chunkSpan(idx)
    if (span === null) throw new Error(`chunk ${idx} lies beyond the end`)
    try {
      const data = await this.#storage.read(span.start, span.end - span.start)
      if (data.length < span.end - span.start) return { lost: { idx, span, reason: 'missing on disk' } }
      if (!this.#verifier.matches(idx, data, hash)) return { lost: { idx, span, reason: 'checksum differs' } }
      this.#verifier.trust(idx)
      return { data }
    } catch (error) {
      if (!(await this.#storage.isLost(error))) return { outOfReach: error }
      return { lost: { idx, span, reason: 'missing on disk' } }
    }
  }

  /** Some bytes from `position`, before `end`; null when they are not on the disk (any more): look again. */
  async read(position: number, end: number): Promise<DiskRead | null> {
    const idx = this.#map.chunkAt(position)
    const span = this.#map.chunkSpan(idx)
    if (span === null || !this.#map.written.has(position)) return null
    try {
      const data = await this.#readIn(idx, span, position, end)
      return data === null ? { lost: { idx, span, reason: 'checksum differs' } } : { data }
    } catch (error) {
      if (!(await this.#storage.isLost(error))) return { outOfReach: error }
      return { lost: { idx, span, reason: 'missing on disk' } }
    }
  }

  /** Recorded chunks that the files are too short for; files that no row is about are deleted. Rejects when the disk cannot be asked. */
  async findMissing(): Promise<readonly number[]> {
    const missing: number[] = []
    const known = this.#storage.extentsOf(this.#map.durable.spans)
    for (const index of known) {
      const { end } = this.#storage.spanOf(index)
      missing.push(...this.#map.chunksWithin(await this.#storage.endOfExtent(index), end))
    }
    await this.#storage.deleteStrangers(known)
    return missing
  }

  async #readIn(idx: number, span: Span, position: number, end: number): Promise<Uint8Array | null> {
    if (this.#verifier.isExpected(idx)) {
      const chunk = await this.#verifier.read(idx, span)
      const from = position - span.start
      return chunk?.subarray(from, from + Math.min(readBufferBytes, end - position)) ?? null
    }
    const until = Math.min(end, position + readBufferBytes, this.#map.written.endFrom(position))
    const data = await this.#storage.readPiece(position, until - position)
    return data.length === 0 ? null : data
  }
}
