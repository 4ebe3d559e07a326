import { mkdirSync, statSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code

/**
 * Makes a folder and those above it, as `mkdir -p` does; rejects with what the system says.
 * Not Node's own `recursive`: where an existing folder answers ENOENT to whatever is made in it, as /proc does,
 * that one tries forever and keeps a thread busy with it (seen with Node 20 and 24).
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    return await makeOne(path)
  } catch (error) {
    const above = dirname(path)
    if (codeOf(error) !== 'ENOENT' || above === path || (await isFolder(above))) throw error
    await makeFolder(above)
  }
  await makeOne(path)
}

/** {@link makeFolder} for before anything runs. */
export function makeFolderSync(path: string): void {
  try {
    return makeOneSync(path)
  } catch (error) {
    const above = dirname(path)
    if (codeOf(error) !== 'ENOENT' || above === path || isFolderSync(above)) throw error
    makeFolderSync(above)
  }
  makeOneSync(path)
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    // Some systems say EPERM or EROFS of what is there already.
    if (!(await isFolder(path))) throw error
  }
}

function makeOneSync(path: string): void {
  try {
    mkdirSync(path)
  } catch (error) {
    if (!isFolderSync(path)) throw error
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

const isFolderSync = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
