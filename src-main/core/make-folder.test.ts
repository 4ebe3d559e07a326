import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder, makeFolderSync } from './make-folder.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'spool-folder-'))))
afterEach(() => rmSync(root, { recursive: true, force: true }))

describe.each([
  ['makeFolder', makeFolder],
  ['makeFolderSync', async (path: string) => makeFolderSync(path)],
])('%s', (_, make) => {
  it('makes what is missing of a path, and leaves what is there', async () => {
    const path = join(root, 'a', 'Ünï cödé', 'c')
    await make(path)
    expect(statSync(path).isDirectory()).toBe(true)
    await make(path)
    await make(root)
  })

  it('says what is in the way', async () => {
    writeFileSync(join(root, 'file'), '')
    await expect(make(join(root, 'file'))).rejects.toMatchObject({ code: 'EEXIST' })
    await expect(make(join(root, 'file', 'a', 'b'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  })

  // There Node's own way never comes back.
  it.runIf(existsSync('/proc/self'))('comes back from where nothing can be made', async () => {
    await expect(make('/proc/nope/deeper')).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
