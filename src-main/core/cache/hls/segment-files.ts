import { mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { FolderStore } from '../store/folder-store.ts'

/** Segments of one generation as files in its folder, one each. Rows say which of them count. */
export class SegmentFiles {
  readonly #folder: string
  readonly #usedNames = new Set<string>()
  #prepared: Promise<void> | null = null

  constructor(folder: string) {
    this.#folder = folder
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
    const file = this.#newName(`s/v-${epochId}-${name}`)
    const path = join(this.#folder, file)
    const temporary = `${path}.part`
    const handle = await open(temporary, 'w')
    try {
      await handle.writeFile(bytes)
      await handle.datasync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
    return file
  }

  /** `lost`: it is not there any more. `out-of-reach`: it may be there, but the disk is not connected or does not let us. */
  async read(file: string): Promise<Uint8Array | 'lost' | 'out-of-reach'> {
    try {
      return await readFile(join(this.#folder, file))
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (code === 'EIO') return 'lost'
      const isThere = await new FolderStore(dirname(this.#folder)).isPresent()
      return isThere && (code === 'ENOENT' || code === 'ENOTDIR') ? 'lost' : 'out-of-reach'
    }
  }

  /** Deletes what no row names any more. What cannot be deleted now goes before the first write of a later run. */
  async remove(files: Iterable<string>): Promise<void> {
    for (const file of files) await unlink(join(this.#folder, file)).catch(() => undefined)
  }

  /** A reader may still have the old file open, and Windows refuses to rename onto that. */
  #newName(wanted: string): string {
    let name = wanted
    for (let turn = 2; this.#usedNames.has(name); turn += 1) name = wanted.replace(/(\.\w+)$/, `-${turn}$1`)
    this.#usedNames.add(name)
    return name
  }

  async #prepare(knownFiles: Iterable<string>): Promise<void> {
    const known = new Set(knownFiles)
    for (const file of known) this.#usedNames.add(file)
    try {
      const folder = join(this.#folder, 's')
      await mkdir(folder, { recursive: true })
      const strangers = (await readdir(folder)).map((name) => `s/${name}`).filter((file) => !known.has(file))
      await this.remove(strangers)
    } catch (error) {
      this.#prepared = null
      throw error
    }
  }
}
