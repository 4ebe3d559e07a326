import type { Database } from 'better-sqlite3'
import type { CacheKey, HistoryRow } from '../../../../src-preload/contract/index.ts'

/** Rows kept: enough to answer "where did it go?" for months of use. */
const historyLimit = 10_000

/** An entry with its title: what happened outlives it. */
type NamedEntry = CacheKey & { readonly title: string }

/** Statements over `cache_history`: nothing vanishes without a line here. */
export function historyStatements(db: Database) {
  const insert = db.prepare<[number, string, string, string, string, string, string, number]>(
    `INSERT INTO cache_history (at, source_id, media_id, quality, title, action, reason, bytes)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const latest = db.prepare<[number], HistoryRow>(
    `SELECT at, source_id AS sourceId, media_id AS mediaId, quality, title, action, reason, bytes
     FROM cache_history ORDER BY id DESC LIMIT ?`,
  )
  const prune = db.prepare<[number]>(
    'DELETE FROM cache_history WHERE id <= (SELECT MAX(id) FROM cache_history) - ?',
  )
  const evicted = db.prepare<[], { reason: string; bytes: number }>(
    `SELECT reason, SUM(bytes) AS bytes FROM cache_history WHERE action = 'evicted' GROUP BY reason`,
  )
  return {
    /** Bytes that had to go, by why; as far back as the history goes. */
    evictedByReason: (): Record<string, number> =>
      Object.fromEntries(evicted.all().map(({ reason, bytes }) => [reason, bytes])),
    add: (at: number, entry: NamedEntry, action: HistoryRow['action'], reason: string, bytes: number): void =>
      void insert.run(at, entry.sourceId, entry.mediaId, entry.quality, entry.title, action, reason, bytes),
    /** Newest first. */
    latest: (limit: number): HistoryRow[] => latest.all(limit),
    prune: (): void => void prune.run(historyLimit),
  }
}
