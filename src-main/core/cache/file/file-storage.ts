import { dirname, join } from 'node:path'
import type { Span } from '../ranges.ts'
import type { CacheFile } from '../store/cache-fs.ts'
import { extentFileName, extentIndex, wholeFile } from '../store/extents.ts'
import type { FilePool } from '../store/file-pool.ts'
import { FolderStore } from '../store/folder-store.ts'
import { ReadBuffers } from '../store/read-buffers.ts'
import { readFully, splitAt, writeFully } from '../store/read-write-fully.ts'

/** Of all files together. */
const buffers = new ReadBuffers()

/** What of a generation says where its bytes lie. */
export interface StoredLayout {
  /** Absolute path of the generation's folder. */
  readonly folder: string
  readonly mime: string
  /** Bytes per file, a multiple of the chunk size; `wholeFile`: all in one. */
  readonly extentBytes: number
}

/** The bytes of a generation by positions, in one sparse file or in extents: files of equal length, each made when it is first written. */
export class FileStorage {
  readonly #pool: FilePool
  readonly #layout: StoredLayout
  /** Extents that may be open. */
  readonly #used = new Set<number>()
  /** Extents whose file is there: making it anew would give zeros for what was in it. */
  readonly #made = new Set<number>()
  /** How often the file of an extent turned out to be gone. */
  readonly #losses = new Map<number, number>()
  /** Being deleted: whoever writes there again waits for it. */
  readonly #deleting = new Map<number, Promise<void>>()

  constructor(pool: FilePool, layout: StoredLayout) {
    this.#pool = pool
    this.#layout = layout
  }

  get extentBytes(): number {
    return this.#layout.extentBytes
  }

  get isOneFile(): boolean {
    return this.#layout.extentBytes === wholeFile
  }

  spanOf(index: number): Span {
    const { extentBytes } = this.#layout
    return { start: index * extentBytes, end: (index + 1) * extentBytes }
  }

  /** Of all extents with something of these spans. */
  extentsOf(spans: readonly Span[]): ReadonlySet<number> {
    const indexes = new Set<number>()
    for (const { start, end } of spans)
      for (let index = this.indexOf(start); index <= this.indexOf(end - 1); index += 1) indexes.add(index)
    return indexes
  }

  indexOf(position: number): number {
    return Math.floor(position / this.#layout.extentBytes)
  }

  pathOf(index: number): string {
    const { folder, mime, extentBytes } = this.#layout
    return join(folder, extentFileName(index, extentBytes, mime))
  }

  /** `length` bytes from `position`; fewer only when a file ends before. */
  async read(position: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(length)
    let done = 0
    while (done < length) {
      const part = buffer.subarray(done, done + this.#lengthWithin(position + done, length - done))
      const { length: read } = await this.#readInto(position + done, part)
      done += read
      if (read < part.length) break
    }
    return buffer.subarray(0, done)
  }

  /** Up to `length` bytes from `position`, at least one that is in a file; for one reader alone, in memory that it may give back by `release`. */
  readPiece(position: number, length: number): Promise<Buffer> {
    return this.#readInto(position, buffers.take(this.#lengthWithin(position, length)))
  }

  /** What `readPiece` gave is needed no more; anything else is left alone. */
  release(piece: Uint8Array): void {
    buffers.release(piece)
  }

  async write(position: number, pieces: readonly Uint8Array[]): Promise<void> {
    let at = position
    let rest = pieces
    while (rest.length > 0) {
      const index = this.indexOf(at)
      const space = (index + 1) * this.extentBytes - at
      const [here, beyond] = splitAt(rest, space)
      await this.#deleting.get(index)
      const isNew = !this.#made.has(index)
      if (isNew) await this.#expectDisk()
      const losses = this.#losses.get(index)
      await this.#use(index, isNew, (file) => writeFully(file, here, at - index * this.extentBytes))
      // Meanwhile it was found that this file was deleted: what was written went nowhere.
      if (this.#losses.get(index) !== losses)
        throw Object.assign(new Error('the file is gone'), { code: 'ESTALE' })
      this.#made.add(index)
      at += space
      rest = beyond
    }
  }

  /** These bytes are on the disk; so are the files' lengths, which are needed to read them back. Rejects when a file was deleted: a new one would be empty. */
  async sync(spans: readonly Span[]): Promise<void> {
    for (const index of this.extentsOf(spans)) await this.#use(index, false, syncLinked)
  }

  /** Where the bytes that are in the file around `position` end; its beginning when there is no such file. Rejects when the disk cannot be asked. */
  async endOfExtent(index: number): Promise<number> {
    const start = index * this.extentBytes
    try {
      const length = await this.#pool.fs.sizeOf(this.pathOf(index))
      this.#made.add(index)
      return start + length
    } catch (error) {
      if (await this.isLost(error)) return start
      throw error
    }
  }

  /** Whether a read failed because the bytes are gone, and not because the disk is not connected or does not let us. */
  async isLost(error: unknown): Promise<boolean> {
    return (error as NodeJS.ErrnoException).code === 'EIO' || this.#isFileMissing(error)
  }

  /** Extents of these spans whose file was there and is gone, after a write or sync failed: none when that was for another reason. */
  async missingFiles(error: unknown, spans: readonly Span[]): Promise<number[]> {
    if (!(await this.#isFileMissing(error))) return []
    const missing: number[] = []
    for (const index of this.extentsOf(spans)) {
      const failure = await this.#pool.fs.sizeOf(this.pathOf(index)).then(
        () => null,
        (reason: unknown) => reason,
      )
      if (failure !== null && (await this.#isFileMissing(failure))) missing.push(index)
    }
    return missing
  }

  /** The file is gone: the next write begins a new one. */
  forgetFile(index: number): void {
    this.#made.delete(index)
    this.#losses.set(index, (this.#losses.get(index) ?? 0) + 1)
  }

  /** Deletes extents whose rows are gone. What cannot be deleted now is tried again by `deleteStrangers`. */
  async deleteExtents(indexes: readonly number[]): Promise<void> {
    await Promise.all(indexes.map((index) => this.#delete(index)))
  }

  /** Deletes extents that no row is about: of chunks that were let go of when a crash came in between. */
  async deleteStrangers(known: ReadonlySet<number>): Promise<void> {
    if (this.isOneFile) return
    const names = await this.#pool.fs.files(this.#layout.folder)
    const indexes = names.map(extentIndex).filter((index) => index !== null)
    await this.deleteExtents(indexes.filter((index) => !known.has(index)))
  }

  /** Lets go of all files; they are opened again when needed. */
  async close(): Promise<void> {
    const used = [...this.#used]
    this.#used.clear()
    await Promise.all([
      ...used.map((index) => this.#pool.forget(this.pathOf(index))),
      ...this.#deleting.values(),
    ])
  }

  #delete(index: number): Promise<void> {
    const deleting = this.#pool
      .forget(this.pathOf(index))
      .then(() => this.#pool.fs.removeFile(this.pathOf(index)))
      .catch(() => undefined)
      .finally(() => this.#deleting.delete(index))
    this.#used.delete(index)
    this.#made.delete(index)
    this.#deleting.set(index, deleting)
    return deleting
  }

  /** Whether a file is gone, on a disk that is there. */
  async #isFileMissing(error: unknown): Promise<boolean> {
    const { code = '' } = error as NodeJS.ErrnoException
    return (code === 'ENOENT' || code === 'ENOTDIR') && (await this.#isDiskThere())
  }

  #isDiskThere(): Promise<boolean> {
    return new FolderStore(dirname(this.#layout.folder), this.#pool.fs).isPresent()
  }

  /** Where the disk with the cache folder is not connected, the folder must not be made on another. */
  async #expectDisk(): Promise<void> {
    if (await this.#isDiskThere()) return
    throw Object.assign(new Error('the cache folder is not there'), { code: 'ENODEV' })
  }

  #lengthWithin(position: number, length: number): number {
    return Math.min(length, (this.indexOf(position) + 1) * this.extentBytes - position)
  }

  #readInto(position: number, buffer: Buffer): Promise<Buffer> {
    const index = this.indexOf(position)
    return this.#use(index, false, async (file) =>
      buffer.subarray(0, await readFully(file, buffer, position - index * this.extentBytes)),
    )
  }

  #use<T>(index: number, create: boolean, work: (file: CacheFile) => Promise<T>): Promise<T> {
    this.#used.add(index)
    return this.#pool.use(this.pathOf(index), create, work)
  }
}

/** A file that was deleted underneath takes writes and syncs all the same, for nothing. */
async function syncLinked(file: CacheFile): Promise<void> {
  await file.datasync()
  if ((await file.stat()).nlink === 0)
    throw Object.assign(new Error('the file was deleted'), { code: 'ENOENT' })
}
