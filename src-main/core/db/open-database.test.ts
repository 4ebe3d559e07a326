import { createHash } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { copyFileSync, openSync, writeSync, closeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../base/clock.ts'
import type { Logger } from '../ports.ts'
import type { SpoolError } from '../spool-error.ts'
import { readMigrations, readVersion } from './migrate.ts'
import { isDamage, openDatabase } from './open-database.ts'

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

let folder: string
let path: string
let migrationsFolder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spool-db-'))
  path = join(folder, 'data', 'library.db')
  migrationsFolder = join(folder, 'migrations')
  mkdirSync(migrationsFolder)
  addMigration(1, 'things', 'CREATE TABLE things (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const addMigration = (version: number, name: string, sql: string): void =>
  writeFileSync(join(migrationsFolder, `${String(version).padStart(4, '0')}-${name}.sql`), sql)
const open = () => openDatabase({ path, migrationsFolder, clock: systemClock, logger: silent })
const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

/** Enough rows for many pages, closed cleanly. */
function fill(): void {
  const { db } = open()
  const insert = db.prepare('INSERT INTO things (body) VALUES (?)')
  db.transaction(() => {
    for (let n = 0; n < 500; n += 1) insert.run('x'.repeat(200))
  })()
  db.close()
}

describe('openDatabase', () => {
  it('makes the folder and file, migrates, and sets the pragmas', () => {
    const { db, damaged } = open()
    expect(damaged).toBeNull()
    expect(readVersion(db)).toBe(1)
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1)
    expect(db.pragma('synchronous', { simple: true })).toBe(1)
    expect(db.pragma('busy_timeout', { simple: true })).toBe(5000)
    db.close()
  })

  it('keeps what is there and takes only new steps', () => {
    fill()
    addMigration(2, 'more', 'ALTER TABLE things ADD COLUMN extra TEXT;')
    const { db, damaged } = open()
    expect(damaged).toBeNull()
    expect(readVersion(db)).toBe(2)
    expect(db.prepare('SELECT count(*) AS n FROM things WHERE extra IS NULL').get()).toEqual({ n: 500 })
    db.close()
  })

  it('lets another process read while it is open', () => {
    const { db } = open()
    db.prepare("INSERT INTO things (body) VALUES ('seen')").run()
    const reader = new Database(path, { readonly: true })
    expect(reader.prepare('SELECT body FROM things').all()).toEqual([{ body: 'seen' }])
    reader.close()
    db.close()
  })

  it('reads what a process that died had committed', () => {
    const { db } = open()
    db.prepare("INSERT INTO things (body) VALUES ('kept')").run()
    // What a kill leaves: the file and its log, never closed.
    const copy = join(folder, 'copy.db')
    for (const suffix of ['', '-wal']) copyFileSync(path + suffix, copy + suffix)
    db.close()
    const again = openDatabase({ path: copy, migrationsFolder, clock: systemClock, logger: silent })
    expect(again.damaged).toBeNull()
    expect(again.db.prepare('SELECT body FROM things').all()).toEqual([{ body: 'kept' }])
    again.db.close()
  })

  const damages: readonly (readonly [string, () => void])[] = [
    ['short garbage', () => writeFileSync(path, 'not a database')],
    ['long garbage', () => writeFileSync(path, Buffer.alloc(100_000, 7))],
    ['a truncated file', () => (fill(), truncateSync(path, 20_000))],
    ['a file cut inside its header', () => (fill(), truncateSync(path, 50))],
    [
      'pages written over',
      () => {
        fill()
        const file = openSync(path, 'r+')
        for (let page = 2; page < 10; page += 1)
          writeSync(file, Buffer.alloc(4096, 0xee), 0, 4096, page * 4096)
        closeSync(file)
      },
    ],
  ]
  it.each(damages)('moves %s aside and begins a new one', (_, damage) => {
    mkdirSync(join(folder, 'data'), { recursive: true })
    damage()
    const before = sha256(path)
    const { db, damaged } = open()
    expect(damaged?.asidePath).toMatch(/library\.db\.damaged-\d{8}T\d{6}Z$/)
    expect(sha256(damaged?.asidePath ?? '')).toBe(before)
    expect(db.prepare('SELECT count(*) AS n FROM things').get()).toEqual({ n: 0 })
    db.close()
  })

  it('moves the log of a damaged database with it, and never onto an earlier one', () => {
    const clock = { ...systemClock, now: () => 1_700_000_000_000 }
    for (let n = 0; n < 2; n += 1) {
      mkdirSync(join(folder, 'data'), { recursive: true })
      writeFileSync(path, 'not a database')
      writeFileSync(`${path}-wal`, 'nor a log')
      openDatabase({ path, migrationsFolder, clock, logger: silent }).db.close()
    }
    expect(readdirSync(join(folder, 'data')).sort()).toEqual([
      'library.db',
      'library.db.damaged-20231114T221320Z',
      'library.db.damaged-20231114T221320Z-2',
      'library.db.damaged-20231114T221320Z-2-wal',
      'library.db.damaged-20231114T221320Z-wal',
    ])
  })

  it('refuses a database of a newer Spool and leaves it untouched', () => {
    fill()
    const writer = new Database(path)
    writer.pragma('user_version = 9')
    writer.close()
    const before = sha256(path)
    expect(open).toThrow(expect.objectContaining({ code: 'database-damaged' }) as SpoolError)
    expect(open).toThrow(/made by a newer Spool/)
    expect(sha256(path)).toBe(before)
    expect(readdirSync(join(folder, 'data'))).toEqual(['library.db'])
  })

  it('leaves the old state when a step fails halfway', () => {
    fill()
    addMigration(2, 'broken', 'ALTER TABLE things ADD COLUMN extra TEXT; DROP TABLE nothing_like_it;')
    expect(open).toThrow(/nothing_like_it/)
    const reader = new Database(path)
    expect(readVersion(reader)).toBe(1)
    expect(Object.keys(reader.prepare('SELECT * FROM things LIMIT 1').get() as object)).toEqual([
      'id',
      'body',
    ])
    reader.close()
    expect(readdirSync(join(folder, 'data'))).toEqual(['library.db'])
  })
})

describe('readMigrations', () => {
  it('refuses a gap in the numbers', () => {
    addMigration(3, 'late', 'SELECT 1;')
    expect(() => readMigrations(migrationsFolder)).toThrow(/out of order/)
  })

  it.each(['cache', 'library'])('finds the steps of %s.db sound on an empty database', (name) => {
    const db = new Database(':memory:')
    for (const migration of readMigrations(join(import.meta.dirname, '../../../migrations', name)))
      db.exec(migration.sql)
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(db.pragma('foreign_key_check')).toEqual([])
    db.close()
  })
})

it('takes only damage for damage', () => {
  expect(isDamage(new Error('no'))).toBe(false)
  expect(isDamage(new Database.SqliteError('busy', 'SQLITE_BUSY'))).toBe(false)
  expect(isDamage(new Database.SqliteError('bad', 'SQLITE_CORRUPT_VTAB'))).toBe(true)
})
