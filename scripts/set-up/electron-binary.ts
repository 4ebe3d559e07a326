import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rootDir } from './say.mjs'

/**
 * Absolute path of the Electron program, or null when only its package is here.
 * Never asked by `require('electron')`: in plain Node that starts a download (electron 42 and later).
 */
export function electronBinary(): string | null {
  const folder = join(rootDir, 'node_modules/electron')
  const note = join(folder, 'path.txt')
  if (!existsSync(note)) return null
  const path = join(folder, 'dist', readFileSync(note, 'utf8').trim())
  return existsSync(path) ? path : null
}
