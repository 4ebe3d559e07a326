import { readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PREFIX = 'spool-demo-downloads-'
const ABANDONED_MS = 24 * 3_600_000

/**
 * Where a server keeps its downloads when no folder is named: by its port, so that one that is started again on that port finds them.
 * What lay there before a server took any free port was another's.
 */
export function openDownloadFolder(port: number, isAnyPort: boolean): string {
  const now = Date.now()
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith(PREFIX))) {
    const path = join(tmpdir(), name)
    const isMine = name === `${PREFIX}${port}`
    const isOld = now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now) > ABANDONED_MS
    if ((isMine && isAnyPort) || isOld) rmSync(path, { recursive: true, force: true })
  }
  return join(tmpdir(), `${PREFIX}${port}`)
}
