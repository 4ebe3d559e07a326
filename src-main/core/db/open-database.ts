import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import Database from 'better-sqlite3'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../ports.ts'
import { SpoolError } from '../spool-error.ts'
import { migrate, readMigrations, readVersion, type Migration } from './migrate.ts'

export interface OpenDatabaseOptions {
  /** Absolute path of the file; its folder is made when missing. */
  readonly path: string
  /** Absolute path of a folder of `0001-….sql` files. */
  readonly migrationsFolder: string
  readonly clock: Clock
  readonly logger: Logger
}

export interface OpenedDatabase {
  readonly db: Database.Database
  /** Set when what was there could not be read: it was moved to `asidePath` and an empty database begun. */
  readonly damaged: { readonly asidePath: string } | null
}

/** Below this a look at every page costs less than a frame or two, so it is done at every start. */
const smallBytes = 16 * 1024 * 1024

/**
 * Opens, checks and migrates one database. No exclusive lock is held: scripts may read beside Spool.
 * A file that is damaged or no database at all is moved aside, never deleted. Throws `database-damaged` for a database
 * of a newer Spool, which is left as it is, and `disk-full`.
 */
export function openDatabase(options: OpenDatabaseOptions): OpenedDatabase {
  const { path, logger } = options
  const migrations = readMigrations(options.migrationsFolder)
  mkdirSync(dirname(path), { recursive: true })
  try {
    return { db: openChecked(path, migrations), damaged: null }
  } catch (error) {
    if (!isDamage(error)) throw translated(error)
    const asidePath = moveAside(path, options.clock.now())
    logger.error('database.damaged', { file: basename(path), asidePath, cause: String(error) })
    try {
      return { db: openChecked(path, migrations), damaged: { asidePath } }
    } catch (second) {
      throw translated(second)
    }
  }
}

/** True for SQLite's "this is not a sound database", and for what a failed check of ours throws. */
export function isDamage(error: unknown): boolean {
  if (error instanceof DamagedDatabase) return true
  return error instanceof Database.SqliteError && /^SQLITE_(?:CORRUPT|NOTADB)/.test(error.code)
}

class DamagedDatabase extends Error {}

function openChecked(path: string, migrations: readonly Migration[]): Database.Database {
  // A write-ahead log that is still there means the last close did not happen.
  const wasClosedCleanly = !existsSync(`${path}-wal`) || statSync(`${path}-wal`).size === 0
  const sizeBytes = existsSync(path) ? statSync(path).size : 0
  if (sizeBytes > 0) checkHeader(path)
  const db = new Database(path)
  try {
    db.pragma('busy_timeout = 5000')
    const version = readVersion(db)
    if (version > migrations.length) throw newerVersion(path, version, migrations.length)
    if (sizeBytes > 0 && (!wasClosedCleanly || sizeBytes <= smallBytes)) quickCheck(db)
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = NORMAL')
    db.pragma('foreign_keys = ON')
    migrate(db, migrations)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** SQLite would delete the log of a file it does not take for a database; looking first keeps all there is. */
function checkHeader(path: string): void {
  const header = Buffer.alloc(16)
  const file = openSync(path, 'r')
  try {
    readSync(file, header, 0, 16, 0)
  } finally {
    closeSync(file)
  }
  // https://sqlite.org/fileformat.html#the_database_header
  if (header.toString('latin1') !== 'SQLite format 3\0') throw new DamagedDatabase('not a database')
}

function quickCheck(db: Database.Database): void {
  const result = db.pragma('quick_check(1)', { simple: true })
  if (result !== 'ok') throw new DamagedDatabase(String(result))
}

function newerVersion(path: string, found: number, known: number): SpoolError {
  return new SpoolError('database-damaged', {
    detail:
      `${basename(path)} was made by a newer Spool: its version is ${found}, this Spool knows ${known}. ` +
      'It was left as it is; update Spool, or start it with another data folder',
  })
}

function translated(error: unknown): unknown {
  if (error instanceof Database.SqliteError && error.code === 'SQLITE_FULL')
    return new SpoolError('disk-full', { cause: error })
  return error
}

/** Renames the file and its companions to `<name>.damaged-<time>`; the log keeps its suffix so that SQLite still finds it. */
function moveAside(path: string, now: number): string {
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  let asidePath = `${path}.damaged-${stamp}`
  for (let n = 2; existsSync(asidePath); n += 1) asidePath = `${path}.damaged-${stamp}-${n}`
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, asidePath + suffix)
  }
  return asidePath
}
