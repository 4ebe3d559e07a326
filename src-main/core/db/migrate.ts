import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'

/** One forward step of a schema. */
export interface Migration {
  readonly version: number
  readonly name: string
  readonly sql: string
}

const filePattern = /^(?<version>\d{4})-[a-z0-9-]+\.sql$/

/**
 * Reads `0001-….sql`, `0002-….sql`… of a folder, in order. Throws when a number is missing or twice:
 * a mistake of ours that must not reach a user's database.
 */
export function readMigrations(folder: string): readonly Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
  return names.map((name, position) => {
    const version = Number(filePattern.exec(name)?.groups?.['version'] ?? Number.NaN)
    if (version !== position + 1) throw new Error(`migration out of order: ${name} in ${folder}`)
    return { version, name, sql: readFileSync(join(folder, name), 'utf8') }
  })
}

export const readVersion = (db: Database): number => db.pragma('user_version', { simple: true }) as number

/**
 * Brings a database up to the last migration. Each step and its number are one transaction: one that fails leaves
 * the database as the step before left it, and throws. Returns how many steps were taken.
 */
export function migrate(db: Database, migrations: readonly Migration[]): number {
  const pending = migrations.slice(readVersion(db))
  for (const migration of pending) {
    const step = db.transaction(() => {
      db.exec(migration.sql)
      db.pragma(`user_version = ${migration.version}`)
    })
    step.immediate()
  }
  return pending.length
}
