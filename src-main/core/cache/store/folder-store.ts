import { join } from 'node:path'
import { nodeFs, type CacheFs } from './cache-fs.ts'
import { isFolderName } from './folder-name.ts'

const tagName = 'CACHEDIR.TAG'
const identityName = 'spool-cache.json'
/** https://bford.info/cachedir/ : backup programs leave such a folder alone. */
const tagText = `Signature: 8a477f597d28d172789f06886806bc55
# This folder is Spool's cache. Everything in it can be fetched again from your Plex server.
`

/** The folder `cache/`, one folder below it per generation. */
export class FolderStore {
  readonly root: string
  readonly fs: CacheFs

  constructor(root: string, fs: CacheFs = nodeFs) {
    this.root = root
    this.fs = fs
  }

  pathOf(storeName: string): string {
    return join(this.root, storeName)
  }

  /** Whether this folder was ours before: a disk that is not connected leaves an empty mount point. */
  isPresent(): Promise<boolean> {
    return this.fs.exists(join(this.root, tagName))
  }

  /** The name that this folder was given; null when it has none. Rejects when the disk cannot be asked. */
  async identity(): Promise<string | null> {
    const text = await this.fs.readWhole(join(this.root, identityName)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    })
    return text === null ? null : nameIn(text.toString())
  }

  async setIdentity(name: string): Promise<void> {
    await this.fs.writeWhole(join(this.root, identityName), `${JSON.stringify({ layout: 1, name })}\n`)
  }

  async create(): Promise<void> {
    await this.fs.makeFolder(this.root)
    await this.fs.writeNew(join(this.root, tagName), tagText)
  }

  /** Bytes that other programs and we may still write; null when the disk does not tell. */
  freeBytes(): Promise<number | null> {
    return this.fs.freeBytes(this.root).catch(() => null)
  }

  /** Deletes one generation's folder, for good; answers the bytes it really took on the disk. */
  async remove(storeName: string): Promise<number> {
    const path = this.pathOf(storeName)
    const bytes = await this.fs.bytesBelow(path)
    await this.fs.removeFolder(path)
    return bytes
  }

  /** Of all folders that look like ours. */
  async names(): Promise<string[]> {
    return (await this.fs.folders(this.root)).filter(isFolderName)
  }
}

/** Whatever else stands in the file, it is no name of ours. */
function nameIn(text: string): string | null {
  try {
    const { name } = JSON.parse(text) as { name?: unknown }
    return typeof name === 'string' ? name : null
  } catch {
    return null
  }
}
