import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import type { DiskImage, MemoryDisk } from '../../test-support/memory-disk.ts'

/** The disk and the database between two calls. Lengths are those of the database's log: everything before is as it was then. */
export interface Moment {
  readonly call: string
  readonly image: DiskImage
  readonly logBytes: number
  /** A power failure cannot take this part of the log. */
  readonly syncedBytes: number
}

const headerBytes = 32
const frameHeaderBytes = 24

/** Ends of the transactions in a write-ahead log. https://www.sqlite.org/fileformat2.html#walformat */
export function commitEnds(log: Buffer): number[] {
  const ends = [0]
  if (log.length < headerBytes) return ends
  const frameBytes = frameHeaderBytes + log.readUInt32BE(8)
  for (let at = headerBytes; at + frameBytes <= log.length; at += frameBytes)
    if (log.readUInt32BE(at + 4) !== 0) ends.push(at + frameBytes)
  return ends
}

/**
 * Takes a picture of disk and database after every call to the disk. The database grows in its log alone, so that any earlier state of it
 * is a shorter log.
 */
export class PowerRecorder {
  readonly moments: Moment[] = []
  readonly #path: string
  readonly #disk: MemoryDisk
  readonly #base: Buffer
  #syncedBytes = 0

  constructor(db: Database, disk: MemoryDisk) {
    this.#path = db.name
    this.#disk = disk
    db.pragma('wal_checkpoint(TRUNCATE)')
    db.pragma('wal_autocheckpoint = 0')
    this.#base = readFileSync(this.#path)
    const pragma = db.pragma.bind(db)
    db.pragma = (source, options) => {
      // Syncs the log before it moves it into the database; here it stays, so that there is one log for all.
      if (source.startsWith('wal_checkpoint')) {
        this.#syncedBytes = this.#logBytes
        return []
      }
      // The engine turns full syncing off again: what it wrote meanwhile is on the disk.
      const isSynced = pragma('synchronous', { simple: true }) === 2
      const answer: unknown = pragma(source, options)
      if (isSynced) this.#syncedBytes = this.#logBytes
      return answer
    }
    disk.step = (call) => {
      this.take(call)
      return Promise.resolve()
    }
  }

  take(call: string): void {
    const image = this.#disk.image()
    this.moments.push({ call, image, logBytes: this.#logBytes, syncedBytes: this.#syncedBytes })
  }

  get log(): Buffer {
    return readFileSync(`${this.#path}-wal`)
  }

  /** Puts the database at `path` into the state of an earlier moment. */
  restore(path: string, log: Buffer, logBytes: number): void {
    for (const suffix of ['-shm', '-wal']) rmSync(`${path}${suffix}`, { force: true })
    writeFileSync(path, this.#base)
    if (logBytes > 0) writeFileSync(`${path}-wal`, log.subarray(0, logBytes))
  }

  get #logBytes(): number {
    return existsSync(`${this.#path}-wal`) ? statSync(`${this.#path}-wal`).size : 0
  }
}
