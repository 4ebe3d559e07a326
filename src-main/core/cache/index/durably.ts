import type { Database } from 'better-sqlite3'

/**
 * Runs `work` in one transaction, which is on the disk when this returns. For what names a folder, or lets go of files: a transaction that is
 * lost with the power after its folder was made or deleted would leave a folder without rows, or rows without a folder.
 */
export function durably<T>(db: Database, work: () => T): T {
  const before = db.pragma('synchronous', { simple: true }) as number
  db.pragma('synchronous = FULL')
  try {
    return db.transaction(work)()
  } finally {
    db.pragma(`synchronous = ${before}`)
  }
}
