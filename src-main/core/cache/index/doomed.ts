import type { Database } from 'better-sqlite3'
import { defined } from '../../base/control.ts'

export interface DoomedRow {
  readonly storeName: string
  readonly bytes: number
}

/** Statements over `cache_doomed`: folders whose rows are gone and whose files are still to be deleted. */
export function doomedStatements(db: Database) {
  const insert = db.prepare<[string, number, number]>(
    'INSERT OR IGNORE INTO cache_doomed (store_name, bytes, since) VALUES (?, ?, ?)',
  )
  const remove = db.prepare<[string]>('DELETE FROM cache_doomed WHERE store_name = ?')
  const all = db.prepare<[], DoomedRow>(
    'SELECT store_name AS storeName, bytes FROM cache_doomed ORDER BY since',
  )
  const failed = db.prepare<[string]>('UPDATE cache_doomed SET tries = tries + 1 WHERE store_name = ?')
  const sum = db.prepare<[], number>('SELECT COALESCE(SUM(bytes), 0) FROM cache_doomed').pluck()
  return {
    add: (storeName: string, bytes: number, at: number): void => void insert.run(storeName, bytes, at),
    remove: (storeName: string): void => void remove.run(storeName),
    all: (): DoomedRow[] => all.all(),
    failed: (storeName: string): void => void failed.run(storeName),
    sum: (): number => defined(sum.get(), 'row'),
  }
}
