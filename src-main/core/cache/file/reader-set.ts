import type { SpoolError } from '../../spool-error.ts'
import type { Cursor } from './file-reader.ts'

/** The readers of one file. */
export class ReaderSet implements Iterable<Cursor> {
  readonly #readers = new Set<Cursor>()

  get size(): number {
    return this.#readers.size
  }

  [Symbol.iterator](): Iterator<Cursor> {
    return this.#readers.values()
  }

  add(reader: Cursor): void {
    this.#readers.add(reader)
  }

  remove(reader: Cursor): void {
    this.#readers.delete(reader)
  }

  /** Bytes `[start, end)` are here. */
  wakeWithin(start: number, end: number): void {
    for (const reader of this.#readers)
      if (reader.waitingSince !== null && reader.position >= start && reader.position < end) reader.wake()
  }

  /** Fails those that wait and that nobody serves. */
  failWaiting(error: SpoolError, isServed: (position: number) => boolean): void {
    for (const reader of [...this.#readers])
      if (reader.waitingSince !== null && !isServed(reader.position)) reader.fail(error)
  }

  failAll(error: SpoolError): void {
    for (const reader of [...this.#readers]) reader.fail(error)
  }
}
