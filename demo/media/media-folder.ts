import { createHash } from 'node:crypto'
import { existsSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Where media are kept: `$SPOOL_DEMO_MEDIA`, else a folder in the user's cache. */
export function defaultMediaFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const cache = environment['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  return environment['SPOOL_DEMO_MEDIA'] || join(cache, 'spool-demo-media')
}

interface ManifestEntry {
  /** Hash of what the file was made from: another recipe makes another file. */
  readonly recipe: string
  readonly sizeBytes: number
}

/** The folder's list of finished files. What is not listed, or differs in size, is not there. */
export class MediaManifest {
  readonly folder: string
  readonly #files: Record<string, ManifestEntry>

  private constructor(folder: string, files: Record<string, ManifestEntry>) {
    this.folder = folder
    this.#files = files
  }

  /** Reads the list; a missing or damaged one is an empty one. */
  static async open(folder: string): Promise<MediaManifest> {
    const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => '{}')
    try {
      return new MediaManifest(folder, JSON.parse(text) as Record<string, ManifestEntry>)
    } catch {
      return new MediaManifest(folder, {})
    }
  }

  pathOf(fileName: string): string {
    return join(this.folder, fileName)
  }

  sizeBytesOf(fileName: string): number {
    const entry = this.#files[fileName]
    if (!entry) throw new Error(`${fileName} has not been made`)
    return entry.sizeBytes
  }

  has(fileName: string, recipe: string): boolean {
    const entry = this.#files[fileName]
    const path = this.pathOf(fileName)
    return entry?.recipe === recipe && existsSync(path) && statSync(path).size === entry.sizeBytes
  }

  /** Moves a finished file into place and lists it; both steps are atomic, and synchronous so that none interleave. */
  add(fileName: string, recipe: string, temporaryPath: string): void {
    renameSync(temporaryPath, this.pathOf(fileName))
    this.#files[fileName] = { recipe, sizeBytes: statSync(this.pathOf(fileName)).size }
    const listPath = join(this.folder, 'manifest.json')
    writeFileSync(`${listPath}.tmp`, JSON.stringify(this.#files, null, 2))
    renameSync(`${listPath}.tmp`, listPath)
  }
}

/** A short hash that names a recipe. */
export function recipeHash(recipe: unknown): string {
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 16)
}

/** Holds the folder for one maker at a time; the lock of a process that is gone is taken over. */
export async function lockFolder(folder: string, signal?: AbortSignal): Promise<AsyncDisposable> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, 'lock')
  for (;;) {
    try {
      const file = await open(path, 'wx')
      await file.writeFile(`${process.pid}`)
      await file.close()
      return { [Symbol.asyncDispose]: () => rm(path, { force: true }) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = Number(await readFile(path, 'utf8').catch(() => ''))
    const isAbandoned = holder > 0 && !isProcessAlive(holder)
    if (isAbandoned) await rm(path, { force: true })
    else await sleep(300, undefined, signal ? { signal } : {})
  }
}

/** Whether a process with this id exists. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
