import type { EntryContext } from '../entry-resource.ts'
import type { Span } from '../ranges.ts'
import type { FileStorage } from './file-storage.ts'

const keptReads = 4

/**
 * Chunks that were recorded by an earlier run are checked against their hash when they are first read.
 * The whole chunk is read for that, so its bytes serve the next reads too.
 */
export class ChunkVerifier {
  readonly #context: EntryContext
  readonly #storage: FileStorage
  readonly #expected = new Map<number, Buffer>()
  /** The last chunks read, by index, in order of use; null: damaged. */
  readonly #reads = new Map<number, Promise<Buffer | null>>()

  constructor(context: EntryContext, storage: FileStorage) {
    this.#context = context
    this.#storage = storage
  }

  expect(idx: number, hash: Buffer): void {
    this.#expected.set(idx, hash)
  }

  /** Whether to read it through here. */
  isExpected(idx: number): boolean {
    return this.#expected.has(idx) || this.#reads.has(idx)
  }

  /** The chunk's bytes; null when they are not what was recorded. Rejects when the disk cannot be read. */
  read(idx: number, span: Span): Promise<Buffer | null> {
    const known = this.#reads.get(idx)
    if (known !== undefined) return known
    const reading = this.#verify(idx, span)
    reading.catch(() => this.#reads.delete(idx))
    this.#reads.set(idx, reading)
    for (const oldest of this.#reads.keys()) {
      if (this.#reads.size <= keptReads) break
      this.#reads.delete(oldest)
    }
    return reading
  }

  /** Whether these are the bytes of the chunk. */
  matches(idx: number, data: Uint8Array, hash: Buffer): boolean {
    const { hasher, generation } = this.#context
    return hasher.hash(data, hasher.seed(generation.storeName, idx)).equals(hash)
  }

  /** It was just seen to be sound. */
  trust(idx: number): void {
    this.#expected.delete(idx)
  }

  forget(idx: number): void {
    this.#expected.delete(idx)
    this.#reads.delete(idx)
  }

  async #verify(idx: number, span: Span): Promise<Buffer | null> {
    const expected = this.#expected.get(idx)
    const data = await this.#storage.read(span.start, span.end - span.start)
    if (data.length !== span.end - span.start) return null
    if (expected === undefined) return data
    if (!this.matches(idx, data, expected)) return null
    this.#expected.delete(idx)
    return data
  }
}
