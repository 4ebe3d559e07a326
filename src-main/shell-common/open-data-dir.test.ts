import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDataDir } from './open-data-dir.ts'
import { FlagError } from './read-flags.ts'

test('makes the folder, or says which one cannot be written to', () => {
  const root = mkdtempSync(join(tmpdir(), 'spool-data-dir-'))
  try {
    openDataDir(join(root, 'a b', 'ü'))
    openDataDir(join(root, 'a b', 'ü'))
    expect(statSync(join(root, 'a b', 'ü')).isDirectory()).toBe(true)
    writeFileSync(join(root, 'file'), '')
    expect(() => openDataDir(join(root, 'file', 'data'))).toThrow(FlagError)
    expect(() => openDataDir(join(root, 'file'))).toThrow(`cannot write to ${join(root, 'file')} (EEXIST)`)
  } finally {
    rmSync(root, { recursive: true })
  }
})
