import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { nodeFs } from './cache-fs.ts'
import { chooseExtentBytes, extentFileName, extentIndex, usualExtentBytes, wholeFile } from './extents.ts'
import { FolderStore } from './folder-store.ts'
import { hasSparseFiles } from './sparse-files.ts'

it('keeps a film in one file where holes cost nothing and the cache is large enough for two of it', () => {
  const limitBytes = 1_000
  expect(chooseExtentBytes({ isSparse: true, totalBytes: 500, limitBytes })).toBe(wholeFile)
  expect(chooseExtentBytes({ isSparse: true, totalBytes: 501, limitBytes })).toBe(usualExtentBytes)
  expect(chooseExtentBytes({ isSparse: true, totalBytes: null, limitBytes })).toBe(usualExtentBytes)
  expect(chooseExtentBytes({ isSparse: false, totalBytes: 1, limitBytes })).toBe(usualExtentBytes)
})

it('finds the number in the name of an extent, and in nothing else', () => {
  fc.assert(
    fc.property(fc.nat(99_999_999), (index) => {
      expect(extentIndex(extentFileName(index, usualExtentBytes, 'video/mp4'))).toBe(index)
    }),
  )
  for (const name of ['media.mkv', 'manifest.json', 'x1.dat', 'x00000001.dat.part', 's'])
    expect(extentIndex(name)).toBeNull()
  expect(extentFileName(0, wholeFile, 'video/mp4')).toBe('media.mp4')
})

it('tries the volume once for each folder, and leaves nothing behind', async () => {
  const root = mkdtempSync(join(tmpdir(), 'spool-probe-'))
  try {
    let probes = 0
    const fs = {
      ...nodeFs,
      hasSparseFiles: (folder: string) => ((probes += 1), nodeFs.hasSparseFiles(folder)),
    }
    const meta = new Map<string, string | number>([['folder_identity', 'a']])
    const index = {
      getMeta: (key: string) => meta.get(key) ?? null,
      setMeta: (key: string, value: string | number) => void meta.set(key, value),
    }
    mkdirSync(join(root, 'cache'))
    const store = new FolderStore(join(root, 'cache'), fs)
    // Whatever the volume of this machine can do, the answer is the same twice.
    const answer = await hasSparseFiles(store, index)
    expect(await hasSparseFiles(store, index)).toBe(answer)
    expect(probes).toBe(1)
    meta.set('folder_identity', 'b')
    await hasSparseFiles(store, index)
    expect(probes).toBe(2)
    expect(readdirSync(store.root)).toEqual([])
    const broken = new FolderStore(join(root, 'not there'), fs)
    meta.set('folder_identity', 'c')
    expect(await hasSparseFiles(broken, index)).toBe(false)
    expect(meta.get('sparse_files')).toMatch(/^b /)
  } finally {
    rmSync(root, { recursive: true })
  }
})
