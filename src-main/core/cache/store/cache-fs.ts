import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import {
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  statfs,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeFolder } from '../../make-folder.ts'

/** Far enough to tell a hole from bytes; little enough to be written where holes are filled with zeros. */
const holeBytes = 16 * 1024 * 1024

/** An open file of the cache; a `FileHandle` is one. */
export interface CacheFile {
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>
  writev(pieces: readonly Uint8Array[], position: number): Promise<{ readonly bytesWritten: number }>
  /** Data, and whatever is needed to read it back. */
  datasync(): Promise<void>
  /** `nlink` 0: the file was deleted; what is written to it is lost. */
  stat(): Promise<{ readonly size: number; readonly nlink: number }>
  close(): Promise<void>
}

/**
 * What entries ask of a file system, so that tests can lose power at any moment. Paths are absolute; errors are those of
 * `node:fs`, with their `code`.
 */
export interface CacheFs {
  /** For reading and writing; rejects with ENOENT when it is not there. */
  open(path: string): Promise<CacheFile>
  /**
   * The same; makes the file when it is missing, and up to `levels` folders above it, whose names are on the disk then. Rejects with ENOENT when
   * more than that is missing: where a disk is not connected, nothing is made in its place.
   */
  openOrCreate(path: string, levels: number): Promise<CacheFile>
  makeFolder(path: string): Promise<void>
  /** Writes a small file, name and all, unless there is one. */
  writeNew(path: string, text: string): Promise<void>
  /** Writes a small file whole, or leaves what was there: both survive a power failure. Its folder must be there. */
  writeWhole(path: string, data: Uint8Array | string): Promise<void>
  /** All of a small file; rejects with ENOENT when it is not there. */
  readWhole(path: string): Promise<Buffer>
  exists(path: string): Promise<boolean>
  /** Length of a file; rejects with ENOENT when it is not there. */
  sizeOf(path: string): Promise<number>
  /** When something was last put into a folder or taken out of it, epoch ms; null when it cannot be asked. */
  changedAt(path: string): Promise<number | null>
  /** Names of the folders in a folder; none when it cannot be read. */
  folders(path: string): Promise<string[]>
  /** Names of the files in a folder; none when there is no folder. */
  files(path: string): Promise<string[]>
  /** A file that is not there is no error. */
  removeFile(path: string): Promise<void>
  /** What everything below takes on the disk; 0 when there is nothing. */
  bytesBelow(path: string): Promise<number>
  /** Everything below and the folder itself; what is not there is no error. */
  removeFolder(path: string): Promise<void>
  /** What other programs and we may still write. */
  freeBytes(path: string): Promise<number>
  /** Whether a hole in a file takes no space on the volume with this folder, found out by making one. */
  hasSparseFiles(folder: string): Promise<boolean>
}

/** The real one. */
export const nodeFs: CacheFs = {
  open: (path) => open(path, constants.O_RDWR),
  async openOrCreate(path, levels) {
    try {
      return await open(path, constants.O_RDWR)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    const folder = dirname(path)
    const made = await makeFolders(folder, levels)
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
    await syncFolder(folder)
    // Each new folder's name stands in the one above it.
    for (const one of made) await syncFolder(dirname(one))
    return file
  },
  makeFolder,
  async writeNew(path, text) {
    try {
      await writeFile(path, text, { flag: 'wx', flush: true })
      await syncFolder(dirname(path))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  },
  async writeWhole(path, data) {
    const temporary = `${path}.part`
    await writeFile(temporary, data, { flush: true })
    await rename(temporary, path)
    await syncFolder(dirname(path))
  },
  readWhole: (path) => readFile(path),
  sizeOf: async (path) => (await stat(path)).size,
  changedAt: (path) =>
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => null,
    ),
  exists: (path) =>
    stat(path).then(
      () => true,
      () => false,
    ),
  async folders(path) {
    const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  },
  async files(path) {
    try {
      return (await readdir(path, { withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  },
  async removeFile(path) {
    try {
      await unlink(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  },
  async bytesBelow(path) {
    const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => [])
    const sizes = entries.map(async (entry) => {
      if (!entry.isFile()) return 0
      const file = await lstat(join(entry.parentPath, entry.name)).catch(() => null)
      if (file === null) return 0
      // Windows reports no blocks; there the length is the best there is.
      return process.platform === 'win32' ? file.size : file.blocks * 512
    })
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
  },
  async removeFolder(path) {
    // Windows lets go of files late, hence the retries.
    await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    await syncFolder(dirname(path))
  },
  async freeBytes(path) {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  },
  async hasSparseFiles(folder) {
    // Windows says nothing about blocks, and makes sparse files only when asked to.
    if (process.platform === 'win32') return false
    const path = join(folder, `.probe-${randomBytes(6).toString('hex')}`)
    const file = await open(path, 'wx', 0o600)
    try {
      await file.write(Buffer.of(1), 0, 1, holeBytes)
      // Some file systems decide where bytes go only when they must.
      await file.datasync()
      const { blocks } = await file.stat()
      return blocks * 512 < holeBytes / 2
    } finally {
      await file.close()
      await rm(path, { force: true })
    }
  },
}

/** Names in a folder outlast a power failure only when the folder itself was synced. Some systems neither need nor allow it. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, constants.O_RDONLY).catch(() => null)
  try {
    await folder?.sync()
  } catch {
    // Not every file system knows how; there is no other way to ask.
  } finally {
    await folder?.close()
  }
}

/** The folder, and missing ones above it, `levels` in all; answers those that were missing, the lowest first. */
async function makeFolders(path: string, levels: number): Promise<readonly string[]> {
  try {
    await mkdir(path)
    return [path]
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return []
    if (code !== 'ENOENT' || levels <= 1) throw error
    const above = await makeFolders(dirname(path), levels - 1)
    return [...(await makeFolders(path, 1)), ...above]
  }
}
