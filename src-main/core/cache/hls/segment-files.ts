import { dirname, join } from 'node:path'
import type { CacheFs } from '../store/cache-fs.ts'
import { FolderStore } from '../store/folder-store.ts'
import { readFully, writeFully } from '../store/read-write-fully.ts'

const subfolder = 's'

/** Segments of one generation as files in its folder, one each. Rows say which of them count. */
export class SegmentFiles {
  readonly #folder: string
  readonly #fs: CacheFs
  readonly #usedNames = new Set<string>()
  #prepared: Promise<void> | null = null

  constructor(folder: string, fs: CacheFs) {
    this.#folder = folder
    this.#fs = fs
  }

  /**
   * Writes and syncs a segment under a name that was never used before, and tells it. `knownFiles`: those that have rows;
   * what else a run that died has left here is deleted before the first write.
   */
  async write(
    epochId: number,
    name: string,
    bytes: Uint8Array,
    knownFiles: () => Iterable<string>,
  ): Promise<string> {
    await (this.#prepared ??= this.#prepare(knownFiles()))
    const file = this.#newName(`${subfolder}/v-${epochId}-${name}`)
    const path = join(this.#folder, file)
    try {
      const handle = await this.#fs.openOrCreate(path, 2)
      try {
        await writeFully(handle, [bytes], 0)
        await handle.datasync()
      } finally {
        await handle.close()
      }
    } catch (error) {
      await this.remove([file])
      throw error
    }
    return file
  }

  /** `lost`: it is not there any more. `out-of-reach`: it may be there, but the disk is not connected or does not let us. */
  async read(file: string): Promise<Uint8Array | 'lost' | 'out-of-reach'> {
    try {
      const handle = await this.#fs.open(join(this.#folder, file))
      try {
        const buffer = Buffer.allocUnsafeSlow((await handle.stat()).size)
        return buffer.subarray(0, await readFully(handle, buffer, 0))
      } finally {
        await handle.close()
      }
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (code === 'EIO') return 'lost'
      const isThere = await new FolderStore(dirname(this.#folder), this.#fs).isPresent()
      return isThere && (code === 'ENOENT' || code === 'ENOTDIR') ? 'lost' : 'out-of-reach'
    }
  }

  /** Deletes what no row names any more. What cannot be deleted now goes before the first write of a later run. */
  async remove(files: Iterable<string>): Promise<void> {
    for (const file of files) await this.#fs.removeFile(join(this.#folder, file)).catch(() => undefined)
  }

  /** A reader may still have the old file open, and a file that could not be deleted may still be there. */
  #newName(wanted: string): string {
    let name = wanted
    for (let turn = 2; this.#usedNames.has(name); turn += 1) name = wanted.replace(/(\.\w+)$/, `-${turn}$1`)
    this.#usedNames.add(name)
    return name
  }

  async #prepare(knownFiles: Iterable<string>): Promise<void> {
    const known = new Set(knownFiles)
    try {
      const names = await this.#fs.files(join(this.#folder, subfolder))
      const files = names.map((name) => `${subfolder}/${name}`)
      for (const file of [...known, ...files]) this.#usedNames.add(file)
      await this.remove(files.filter((file) => !known.has(file)))
    } catch (error) {
      this.#prepared = null
      throw error
    }
  }
}
