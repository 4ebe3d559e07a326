import type { FileHandle } from 'node:fs/promises'
import type { FilePool } from '../store/file-pool.ts'

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
    return this.#pool.use(this.path, false, async (file) => {
      const buffer = Buffer.allocUnsafeSlow(length)
      return buffer.subarray(0, await readFully(file, buffer, position))
    })
  }

  write(position: number, pieces: readonly Uint8Array[]): Promise<void> {
    return this.#pool.use(this.path, true, (file) => writeFully(file, pieces, position))
  }

  /** Data on the disk; the file's length too, because it is needed to read the data back. */
  sync(): Promise<void> {
    return this.#pool.use(this.path, true, (file) => file.datasync())
  }

  /** Length of the file; null when there is none. */
  async length(): Promise<number | null> {
    try {
      return await this.#pool.use(this.path, false, async (file) => (await file.stat()).size)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  }

  close(): Promise<void> {
    return this.#pool.forget(this.path)
  }
}

async function readFully(file: FileHandle, buffer: Buffer, position: number): Promise<number> {
  let done = 0
  while (done < buffer.length) {
    const { bytesRead } = await file.read(buffer, done, buffer.length - done, position + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done
}

async function writeFully(file: FileHandle, pieces: readonly Uint8Array[], position: number): Promise<void> {
  let rest = [...pieces]
  let at = position
  while (rest.length > 0) {
    let { bytesWritten } = await file.writev(rest, at)
    at += bytesWritten
    // A disk that is nearly full takes a part; the next attempt says why.
    let whole = 0
    while (whole < rest.length && bytesWritten >= rest[whole]!.length) bytesWritten -= rest[whole++]!.length
    rest = rest.slice(whole)
    if (bytesWritten > 0) rest[0] = rest[0]!.subarray(bytesWritten)
  }
}
