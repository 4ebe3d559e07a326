import type { ByteReader, OpenFile } from '../cache/handle.ts'
import { type SpoolError, toSpoolError } from '../spool-error.ts'

/**
 * Why reading each entry last failed, until it succeeds again. A media element that breaks off in the middle of a body says only that the
 * network failed; its player asks here, by HEAD, what really happened.
 */
export class TroubleBook {
  readonly #troubles = new Map<number, SpoolError>()

  of(entryId: number): SpoolError | null {
    return this.#troubles.get(entryId) ?? null
  }

  /** The same file, whose readers are listened to. */
  watch(file: OpenFile): OpenFile {
    const { entryId } = file
    return {
      kind: file.kind,
      entryId,
      mime: file.mime,
      etag: file.etag,
      size: (signal, wanted) => this.#listen(entryId, file.size(signal, wanted)),
      read: (start, end, signal) => this.#watchReader(entryId, file.read(start, end, signal)),
      stream: (signal) => this.#watchReader(entryId, file.stream(signal)),
      [Symbol.dispose]: () => file[Symbol.dispose](),
    }
  }

  #watchReader(entryId: number, reader: ByteReader): ByteReader {
    return {
      read: () => this.#listen(entryId, reader.read()),
      cancel: () => reader.cancel(),
      ...('release' in reader ? { release: (piece: Uint8Array) => reader.release?.(piece) } : {}),
    }
  }

  async #listen<T>(entryId: number, work: Promise<T>): Promise<T> {
    try {
      const value = await work
      if (this.#troubles.size > 0) this.#troubles.delete(entryId)
      return value
    } catch (thrown) {
      const error = toSpoolError(thrown)
      if (error.code !== 'cancelled') this.#troubles.set(entryId, error)
      throw thrown
    }
  }
}
