import type { Database } from 'better-sqlite3'

/**
 * Lets a new index number its entries from here on. For an index that takes the place of a lost one: addresses handed out for the old entries
 * carry their numbers and must open nothing else.
 */
export function numberEntriesAfter(db: Database, number: number): void {
  db.prepare("DELETE FROM sqlite_sequence WHERE name = 'cache_entries'").run()
  db.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('cache_entries', ?)").run(number)
}
