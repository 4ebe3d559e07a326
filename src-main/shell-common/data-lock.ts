import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FlagError } from './read-flags.ts'

/** What the lock file says. `startTime` tells a process from a later one with the same number, where the system can. */
interface LockNote {
  readonly pid: number
  readonly port: number | null
  readonly startTime: string | null
}

export type LockResult =
  | { readonly result: 'taken'; readonly lock: DataLock }
  | { readonly result: 'held'; readonly pid: number; readonly port: number | null }

/** Guards a data folder against a second app. Disposing gives it back. */
export interface DataLock extends Disposable {
  /** Says where this app listens. */
  setPort(port: number): void
}

/**
 * Takes the folder's lock, or says who holds it. The lock of a process that is gone is taken over.
 * A file and not a database lock, so that scripts may read the databases of a running app.
 * Throws a FlagError with a sentence for people when something there cannot be read as a lock.
 */
export function takeDataLock(dataDir: string): LockResult {
  const path = join(dataDir, 'lock')
  const own: LockNote = { pid: process.pid, port: null, startTime: startTimeOf(process.pid) }
  for (;;) {
    if (create(path, own)) return { result: 'taken', lock: createLock(path, own) }
    const text = readLock(path)
    if (text === null) continue
    const note = parse(text)
    if (note !== null && isRunning(note)) return { result: 'held', pid: note.pid, port: note.port }
    setAside(path, text)
  }
}

function createLock(path: string, own: LockNote): DataLock {
  return {
    setPort(port) {
      const temporary = `${path}.${process.pid}`
      writeFileSync(temporary, JSON.stringify({ ...own, port }))
      renameSync(temporary, path)
    },
    [Symbol.dispose]() {
      const note = parse(read(path) ?? '')
      if (note?.pid === process.pid) rmSync(path, { force: true })
    },
  }
}

/** A lock appears whole or not at all: written under another name first, then linked, which fails when there is one. */
function create(path: string, note: LockNote): boolean {
  const temporary = `${path}.${process.pid}`
  writeFileSync(temporary, JSON.stringify(note))
  try {
    linkSync(temporary, path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    // A file system without links (exFAT): the next best.
    return createExclusively(path, note)
  } finally {
    rmSync(temporary, { force: true })
  }
}

function createExclusively(path: string, note: LockNote): boolean {
  try {
    writeFileSync(path, JSON.stringify(note), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Takes away the lock that was judged, and puts back whatever another start has put there in the meantime. */
function setAside(path: string, judged: string): void {
  const aside = `${path}.stale.${process.pid}`
  try {
    renameSync(path, aside)
    if (read(aside) !== judged) linkSync(aside, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

/** Null only when there is none: what is there and cannot be read would be there for ever. */
function readLock(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return null
    throw new FlagError(
      `Spool cannot read ${path} (${code ?? 'error'}). Move it away, or name another folder with --data DIR.`,
      { cause: error },
    )
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function parse(text: string): LockNote | null {
  try {
    const { pid, port = null, startTime = null } = JSON.parse(text) as Partial<LockNote>
    return typeof pid === 'number' && pid > 0 ? { pid, port, startTime } : null
  } catch {
    return null
  }
}

function isRunning(note: LockNote): boolean {
  if (note.pid === process.pid) return false
  try {
    process.kill(note.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const startTime = startTimeOf(note.pid)
  return note.startTime === null || startTime === null || note.startTime === startTime
}

/** Field 22 of /proc/<pid>/stat (proc_pid_stat(5)), in ticks since boot; null where there is no /proc. */
function startTimeOf(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`)
  // The second field is the program's name in brackets and may itself contain spaces and brackets.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
}
