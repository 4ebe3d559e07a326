import { dirname } from 'node:path'
import { FolderStore } from '../store/folder-store.ts'
import type { FilePool } from '../store/file-pool.ts'
import { readFully, writeFully } from '../store/read-write-fully.ts'
import { ReadBuffers } from '../store/read-buffers.ts'

/** Of all files together. */
const buffers = new ReadBuffers()

/** The one sparse file of a generation, by positions. */
export class FileStorage {
  readonly #pool: FilePool
  readonly path: string

  constructor(pool: FilePool, path: string) {
    this.#pool = pool
    this.path = path
  }

  /** Up to `length` bytes from `position`; fewer only at the end of the file. */
  read(position: number, length: number): Promise<Buffer> {
    return this.#readInto(position, Buffer.allocUnsafeSlow(length))
  }

  /** The same for one reader alone, in memory that it may give back by `release`. */
  readPiece(position: number, length: number): Promise<Buffer> {
    return this.#readInto(position, buffers.take(length))
  }

  /** What `readPiece` gave is needed no more; anything else is left alone. */
  release(piece: Uint8Array): void {
    buffers.release(piece)
  }

  write(position: number, pieces: readonly Uint8Array[]): Promise<void> {
    return this.#pool.use(this.path, true, (file) => writeFully(file, pieces, position))
  }

  /** Data on the disk; the file's length too, because it is needed to read the data back. Rejects when the file was deleted: a new one would be empty. */
  sync(): Promise<void> {
    return this.#pool.use(this.path, false, (file) => file.datasync())
  }

  /** Length of the file; 0 when there is none. Rejects when the disk cannot be asked. */
  async length(): Promise<number> {
    try {
      return await this.#pool.use(this.path, false, async (file) => (await file.stat()).size)
    } catch (error) {
      if (await this.isLost(error)) return 0
      throw error
    }
  }

  /** Whether a read failed because the bytes are gone, and not because the disk is not connected or does not let us. */
  async isLost(error: unknown): Promise<boolean> {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'EIO') return true
    if (code !== 'ENOENT' && code !== 'ENOTDIR') return false
    return new FolderStore(dirname(dirname(this.path)), this.#pool.fs).isPresent()
  }

  close(): Promise<void> {
    return this.#pool.forget(this.path)
  }

  #readInto(position: number, buffer: Buffer): Promise<Buffer> {
    return this.#pool.use(this.path, false, async (file) =>
      buffer.subarray(0, await readFully(file, buffer, position)),
    )
  }
}
