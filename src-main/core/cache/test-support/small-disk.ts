import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SmallDisk extends Disposable {
  readonly path: string
}

/** A real file system of so many mebibytes; or why this machine lets us have none. */
export function mountSmallDisk(mebibytes: number): SmallDisk | { readonly reason: string } {
  if (process.platform !== 'linux') return { reason: 'only Linux has tmpfs' }
  if (process.getuid?.() !== 0) return { reason: 'mounting a tmpfs needs root' }
  const path = mkdtempSync(join(tmpdir(), 'spool-small-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'none', path], { stdio: 'pipe' })
  } catch (error) {
    rmSync(path, { recursive: true })
    return { reason: `mount is refused here: ${String(error).slice(0, 200)}` }
  }
  return {
    path,
    [Symbol.dispose]: () => {
      // What is still open goes with the process.
      execFileSync('umount', ['--lazy', path], { stdio: 'pipe' })
      rmSync(path, { recursive: true, force: true })
    },
  }
}
