import { constants, readFileSync, renameSync } from 'node:fs'
import { access, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFolder } from '../make-folder.ts'

/** `missing`: never written. `damaged`: moved to `asidePath`. */
export type ReadSettings =
  | { readonly result: 'read'; readonly value: unknown }
  | { readonly result: 'missing' }
  | { readonly result: 'damaged'; readonly asidePath: string }

/** Reads a JSON file of ours. One that is none is moved aside, never deleted. */
export function readSettingsFile(path: string, now: number): ReadSettings {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { result: 'missing' }
    throw error
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { result: 'read', value }
  } catch {
    // not JSON: below
  }
  const asidePath = `${path}.damaged-${new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
  renameSync(path, asidePath)
  return { result: 'damaged', asidePath }
}

/** Replaces the file so that a crash at any moment leaves the old or the new one, whole. */
export async function writeSettingsFile(path: string, value: unknown): Promise<void> {
  const temporary = `${path}.new`
  const file = await open(temporary, 'w', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(value, null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
  // The rename itself lasts only once the folder is synced; Windows cannot open folders and does not need it.
  const folder = await open(dirname(path), 'r').catch(() => null)
  await folder?.sync().catch(() => undefined)
  await folder?.close()
}

/** Makes the folder when missing and writes to it once; rejects with what the system says. */
export async function checkWritableFolder(path: string): Promise<void> {
  await makeFolder(path)
  await access(path, constants.W_OK | constants.X_OK)
  const probe = `${path}/.spool-write-test`
  const file = await open(probe, 'w')
  await file.close()
  await rm(probe, { force: true })
}
