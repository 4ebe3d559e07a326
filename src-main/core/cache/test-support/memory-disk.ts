import { dirname } from 'node:path'
import type { CacheFile, CacheFs } from '../store/cache-fs.ts'

/** What a power failure does with writes that were not synced. */
export type Loss = 'kept' | 'dropped' | 'torn'

/** In `[0, 1)`. */
export type Chance = () => number

const sectorBytes = 512
const allocationBytes = 4096

interface Write {
  readonly position: number
  readonly data: Buffer
  isDone: boolean
}

interface Content {
  readonly folder: string
  data: Buffer
  /** What a power failure cannot take. Never changed in place. */
  synced: Buffer
  pending: Write[]
}

/** A change of names that is not on the disk yet. */
interface NameChange {
  readonly kind: 'create' | 'remove' | 'remove-file'
  readonly path: string
}

/** A disk as it was at one moment. */
export interface DiskImage {
  /** Differs when anything on the disk does. */
  readonly version: number
  /** Everything is synced. */
  readonly isSettled: boolean
  readonly folders: readonly string[]
  readonly files: ReadonlyMap<string, { readonly synced: Buffer; readonly pending: readonly Write[] }>
  readonly texts: readonly (readonly [path: string, data: Buffer])[]
  readonly changing: readonly NameChange[]
}

const failure = (code: string): Error => Object.assign(new Error(`${code}: memory disk`), { code })

/** Memory that belongs to one file's content alone, with nothing written beyond what it holds. */
const roomy = new WeakSet<ArrayBufferLike>()

/** The same bytes with zeros behind them; appending piece by piece does not copy all of it each time. */
function longer(data: Buffer, length: number): Buffer {
  if (roomy.has(data.buffer) && data.byteOffset === 0 && data.buffer.byteLength >= length)
    return Buffer.from(data.buffer, 0, length)
  const room = new ArrayBuffer(length * 2)
  roomy.add(room)
  const next = Buffer.from(room, 0, length)
  next.set(data)
  return next
}

/** Writes into `data`, or into a longer copy. */
function patched(data: Buffer, position: number, piece: Uint8Array): Buffer {
  const end = position + piece.length
  const next = end > data.length ? longer(data, end) : data
  next.set(piece, position)
  return next
}

/**
 * A disk that can lose power: what was not synced is kept, dropped, or torn into sectors. Every call takes two steps, and between them
 * anything may happen. `nodeFs` does the same on a real disk.
 */
export class MemoryDisk implements CacheFs {
  readonly #folders = new Set<string>()
  readonly #files = new Map<string, Content>()
  readonly #texts = new Map<string, Buffer>()
  readonly #changing = new Set<NameChange>()
  #version = 0
  /** Awaited before and after every effect. */
  step: (call: string) => Promise<void> = () => Promise.resolve()
  /** Called before a file is made, written or synced: the code of what the disk throws. */
  fault: (call: 'create' | 'write' | 'sync', path: string) => string | null = () => null
  capacityBytes = Number.POSITIVE_INFINITY
  openFiles = 0
  /** Folders that were removed: nothing may be written below them ever again. */
  readonly removed = new Set<string>()
  readonly writtenAfterRemoval: string[] = []

  get paths(): string[] {
    return [...this.#files.keys()]
  }

  get folderPaths(): string[] {
    return [...this.#folders]
  }

  /** What a read would find. */
  contentOf(path: string): Buffer | null {
    return this.#files.get(path)?.data ?? null
  }

  /** What a power failure cannot take. */
  syncedOf(path: string): Buffer | null {
    return this.#files.get(path)?.synced ?? null
  }

  get usedBytes(): number {
    let bytes = 0
    for (const { data } of this.#files.values()) bytes += data.length
    return bytes
  }

  /** As a person would, in a file manager. */
  deleteUnderneath(folder: string): void {
    this.#removeFilesBelow(folder)
    this.#removeFoldersFrom(folder)
  }

  flipBit(path: string, position: number): void {
    const content = this.#files.get(path)
    if (content === undefined || position >= content.data.length) return
    content.data[position] = (content.data[position] ?? 0) ^ 1
    content.synced = Buffer.from(content.data)
  }

  image(): DiskImage {
    const isWritten = [...this.#files.values()].every(({ pending }) => pending.length === 0)
    return {
      version: this.#version,
      isSettled: isWritten && this.#changing.size === 0,
      folders: [...this.#folders],
      files: new Map(
        [...this.#files].map(([path, { synced, pending }]) => [path, { synced, pending: [...pending] }]),
      ),
      texts: [...this.#texts],
      changing: [...this.#changing],
    }
  }

  /** The disk after the power came back. */
  static after(image: DiskImage, loss: Loss, chance: Chance): MemoryDisk {
    const disk = new MemoryDisk()
    const isHappening = (): boolean => (loss === 'torn' ? chance() < 0.5 : loss === 'kept')
    for (const folder of image.folders) disk.#folders.add(folder)
    for (const [path, data] of image.texts) disk.#texts.set(path, data)
    for (const [path, { synced, pending }] of image.files) {
      let data: Buffer = Buffer.from(synced)
      for (const write of pending) data = survived(data, write, loss, chance)
      disk.#files.set(path, { folder: dirname(path), data, synced: Buffer.from(data), pending: [] })
    }
    for (const { kind, path } of image.changing) {
      if (!isHappening()) continue
      if (kind === 'remove') {
        disk.#removeFilesBelow(path)
        if (isHappening()) disk.#removeFoldersFrom(path)
        continue
      }
      if (kind === 'remove-file') {
        disk.#files.delete(path)
        continue
      }
      disk.#addFolders(dirname(path))
      if (isHappening() && !disk.#files.has(path))
        disk.#files.set(path, {
          folder: dirname(path),
          data: Buffer.alloc(0),
          synced: Buffer.alloc(0),
          pending: [],
        })
    }
    return disk
  }

  async open(path: string): Promise<CacheFile> {
    await this.step('open')
    const content = this.#files.get(path)
    if (content === undefined) throw failure('ENOENT')
    return this.#handle(path, content)
  }

  async openOrCreate(path: string): Promise<CacheFile> {
    const known = this.#files.get(path)
    if (known !== undefined) return this.#handle(path, known)
    const code = this.fault('create', path)
    if (code !== null) throw failure(code)
    const folder = dirname(path)
    if (this.#isRemoved(folder)) this.writtenAfterRemoval.push(path)
    const change: NameChange = { kind: 'create', path }
    this.#changing.add(change)
    this.#version += 1
    await this.step('create')
    this.#changing.delete(change)
    this.#version += 1
    const content: Content = { folder, data: Buffer.alloc(0), synced: Buffer.alloc(0), pending: [] }
    this.#addFolders(folder)
    this.#files.set(path, content)
    await this.step('created')
    return this.#handle(path, content)
  }

  async makeFolder(path: string): Promise<void> {
    await this.step('folder')
    this.#folders.add(path)
    this.#version += 1
  }

  async writeNew(path: string, text: string): Promise<void> {
    await this.step('text')
    if (this.#texts.has(path)) return
    this.#texts.set(path, Buffer.from(text))
    this.#version += 1
  }

  /** At once or not at all: what a rename does. */
  async writeWhole(path: string, data: Uint8Array | string): Promise<void> {
    if (this.#isRemoved(dirname(path))) this.writtenAfterRemoval.push(path)
    await this.step('whole')
    if (!this.#folders.has(dirname(path))) throw failure('ENOENT')
    this.#texts.set(path, Buffer.from(data))
    this.#version += 1
    await this.step('whole written')
  }

  async readWhole(path: string): Promise<Buffer> {
    await this.step('read whole')
    const data = this.#texts.get(path)
    if (data === undefined) throw failure('ENOENT')
    return data
  }

  async sizeOf(path: string): Promise<number> {
    await this.step('size')
    const content = this.#files.get(path)
    if (content === undefined) throw failure('ENOENT')
    return content.data.length
  }

  /** Long ago: nothing here is too new to be looked at. */
  async changedAt(path: string): Promise<number | null> {
    await this.step('changed at')
    return this.#folders.has(path) ? 0 : null
  }

  async hasSparseFiles(): Promise<boolean> {
    await this.step('probe')
    return true
  }

  async exists(path: string): Promise<boolean> {
    await this.step('exists')
    return this.#texts.has(path) || this.#files.has(path) || this.#folders.has(path)
  }

  async folders(path: string): Promise<string[]> {
    await this.step('folders')
    return this.folderPaths
      .filter((folder) => dirname(folder) === path)
      .map((folder) => folder.slice(path.length + 1))
  }

  async files(path: string): Promise<string[]> {
    await this.step('files')
    return [...this.paths, ...this.#texts.keys()]
      .filter((file) => dirname(file) === path)
      .map((file) => file.slice(path.length + 1))
  }

  async removeFile(path: string): Promise<void> {
    const change: NameChange = { kind: 'remove-file', path }
    this.#changing.add(change)
    this.#version += 1
    await this.step('remove file')
    this.#changing.delete(change)
    this.#version += 1
    this.#files.delete(path)
    await this.step('removed file')
  }

  async bytesBelow(path: string): Promise<number> {
    await this.step('bytes below')
    let bytes = 0
    for (const { folder, data } of this.#files.values())
      if (isBelow(folder, path)) bytes += Math.ceil(data.length / allocationBytes) * allocationBytes
    return bytes
  }

  async removeFolder(path: string): Promise<void> {
    this.removed.add(path)
    const change: NameChange = { kind: 'remove', path }
    this.#changing.add(change)
    this.#version += 1
    await this.step('remove')
    this.#changing.delete(change)
    this.#version += 1
    this.#removeFilesBelow(path)
    this.#removeFoldersFrom(path)
    await this.step('removed')
  }

  async freeBytes(): Promise<number> {
    await this.step('free bytes')
    return Math.max(0, this.capacityBytes - this.usedBytes)
  }

  /** The folder and those it lies in. */
  #addFolders(path: string): void {
    for (let at = path; at !== dirname(at); at = dirname(at)) this.#folders.add(at)
  }

  #removeFilesBelow(path: string): void {
    for (const file of this.paths) if (isBelow(dirname(file), path)) this.#files.delete(file)
    for (const file of this.#texts.keys()) if (isBelow(dirname(file), path)) this.#texts.delete(file)
  }

  #removeFoldersFrom(path: string): void {
    for (const folder of this.folderPaths) if (isBelow(folder, path)) this.#folders.delete(folder)
  }

  #isRemoved(folder: string): boolean {
    for (const path of this.removed) if (isBelow(folder, path)) return true
    return false
  }

  #handle(path: string, content: Content): CacheFile {
    this.openFiles += 1
    let isOpen = true
    const mustBeOpen = (): void => {
      if (!isOpen) throw failure('EBADF')
    }
    return {
      read: async (buffer, offset, length, position) => {
        await this.step('read')
        mustBeOpen()
        const piece = content.data.subarray(position, position + length)
        buffer.set(piece, offset)
        return { bytesRead: piece.length }
      },
      writev: async (pieces, position) => {
        mustBeOpen()
        const data = Buffer.concat(pieces)
        const code =
          this.fault('write', path) ??
          (this.usedBytes + Math.max(0, position + data.length - content.data.length) > this.capacityBytes
            ? 'ENOSPC'
            : null)
        if (this.#isRemoved(content.folder)) this.writtenAfterRemoval.push(path)
        const write: Write = { position, data, isDone: false }
        content.pending.push(write)
        this.#version += 1
        await this.step('write')
        // What a failed write left behind nobody knows; here it is a part of it.
        content.data = patched(
          content.data,
          position,
          code === null ? data : data.subarray(0, data.length >>> 1),
        )
        write.isDone = true
        this.#version += 1
        await this.step('written')
        if (code !== null) throw failure(code)
        return { bytesWritten: data.length }
      },
      datasync: async () => {
        mustBeOpen()
        const code = this.fault('sync', path)
        const covered = content.pending.filter(({ isDone }) => isDone)
        await this.step('sync')
        if (code !== null) throw failure(code)
        let synced: Buffer = Buffer.from(content.synced)
        for (const { position, data } of covered) synced = patched(synced, position, data)
        content.synced = synced
        content.pending = content.pending.filter((write) => !covered.includes(write))
        this.#version += 1
        await this.step('synced')
      },
      stat: async () => {
        await this.step('stat')
        return { size: content.data.length, nlink: this.#files.get(path) === content ? 1 : 0 }
      },
      close: async () => {
        await this.step('close')
        if (isOpen) this.openFiles -= 1
        isOpen = false
      },
    }
  }
}

/** The folder itself counts. */
const isBelow = (folder: string, path: string): boolean => folder === path || folder.startsWith(`${path}/`)

/** What is left of one write that was not synced. */
function survived(data: Buffer, { position, data: piece }: Write, loss: Loss, chance: Chance): Buffer {
  if (loss === 'dropped') return data
  if (loss === 'kept') return patched(data, position, piece)
  let next = data
  for (let from = 0; from < piece.length;) {
    // Sectors of the disk, not of the write.
    const to = Math.min(piece.length, from + sectorBytes - ((position + from) % sectorBytes))
    if (chance() < 0.5) next = patched(next, position + from, piece.subarray(from, to))
    from = to
  }
  return next
}
