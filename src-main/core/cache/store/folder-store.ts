import { lstat, mkdir, readdir, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isFolderName } from './folder-name.ts'

const tagName = 'CACHEDIR.TAG'
/** https://bford.info/cachedir/ : backup programs leave such a folder alone. */
const tagText = `Signature: 8a477f597d28d172789f06886806bc55
# This folder is Spool's cache. Everything in it can be fetched again from your Plex server.
`

/** The folder `cache/`, one folder below it per generation. */
export class FolderStore {
  readonly root: string

  constructor(root: string) {
    this.root = root
  }

  pathOf(storeName: string): string {
    return join(this.root, storeName)
  }

  /** Whether this folder was ours before: a disk that is not connected leaves an empty mount point. */
  async isPresent(): Promise<boolean> {
    return stat(join(this.root, tagName)).then(
      () => true,
      () => false,
    )
  }

  async create(): Promise<void> {
    await mkdir(this.root, { recursive: true })
    await writeFile(join(this.root, tagName), tagText, { flag: 'wx' }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error
      },
    )
  }

  /** Bytes that other programs and we may still write; null when the disk does not tell. */
  async freeBytes(): Promise<number | null> {
    try {
      const { bavail, bsize } = await statfs(this.root)
      return bavail * bsize
    } catch {
      return null
    }
  }

  /** Deletes one generation's folder; answers the bytes it really took on the disk. Windows lets go of files late, hence the retries. */
  async remove(storeName: string): Promise<number> {
    const path = this.pathOf(storeName)
    const bytes = await bytesOnDisk(path)
    await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    return bytes
  }

  /** Folders that look like ours and are not in `known`. */
  async strays(known: ReadonlySet<string>): Promise<string[]> {
    const entries = await readdir(this.root, { withFileTypes: true }).catch(() => [])
    return entries
      .filter((entry) => entry.isDirectory() && isFolderName(entry.name) && !known.has(entry.name))
      .map((entry) => entry.name)
  }
}

/** Of everything below: segments stand in a folder of their own. */
async function bytesOnDisk(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => [])
  const sizes = entries.map(async (entry) => {
    if (!entry.isFile()) return 0
    const file = await lstat(join(entry.parentPath, entry.name)).catch(() => null)
    if (file === null) return 0
    // Windows reports no blocks; there the length is the best there is.
    return process.platform === 'win32' ? file.size : file.blocks * 512
  })
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
