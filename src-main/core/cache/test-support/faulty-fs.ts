import { nodeFs, type CacheFile, type CacheFs } from '../store/cache-fs.ts'

/** What a real disk does wrong; each answers the code of an error, or null. */
export interface Faults {
  read: (path: string, position: number) => string | null
  sync: (path: string) => string | null
  remove: (path: string) => string | null
  /** The most bytes that one write takes. */
  mostPerWrite: number
}

const failure = (code: string): Error => Object.assign(new Error(`${code}: put in by the test`), { code })

const check = (code: string | null): void => {
  if (code !== null) throw failure(code)
}

/** The real file system with faults put in; change them as it goes. */
export function createFaultyFs(): { readonly fs: CacheFs; readonly faults: Faults } {
  const faults: Faults = {
    read: () => null,
    sync: () => null,
    remove: () => null,
    mostPerWrite: Number.POSITIVE_INFINITY,
  }
  const wrap = (path: string, file: CacheFile): CacheFile => ({
    read: async (buffer, offset, length, position) => {
      check(faults.read(path, position))
      return file.read(buffer, offset, length, position)
    },
    writev: (pieces, position) => {
      const first = pieces[0]
      if (first === undefined || faults.mostPerWrite === Number.POSITIVE_INFINITY)
        return file.writev(pieces, position)
      return file.writev([first.subarray(0, faults.mostPerWrite)], position)
    },
    datasync: async () => {
      check(faults.sync(path))
      await file.datasync()
    },
    stat: () => file.stat(),
    close: () => file.close(),
  })
  const fs: CacheFs = {
    ...nodeFs,
    open: async (path) => wrap(path, await nodeFs.open(path)),
    openOrCreate: async (path, levels) => wrap(path, await nodeFs.openOrCreate(path, levels)),
    removeFolder: async (path) => {
      check(faults.remove(path))
      await nodeFs.removeFolder(path)
    },
  }
  return { fs, faults }
}
