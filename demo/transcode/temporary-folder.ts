import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isProcessAlive } from '../media/media-folder.ts'

const PREFIX = 'spool-demo-server-'

/** A folder for this process's segments, after removing those of processes that are gone. */
export function makeTemporaryFolder(): string {
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith(PREFIX))) {
    const pid = Number(name.slice(PREFIX.length).split('-')[0])
    if (pid > 0 && !isProcessAlive(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
  const folder = join(tmpdir(), `${PREFIX}${process.pid}-${Date.now().toString(36)}`)
  mkdirSync(folder)
  return folder
}
