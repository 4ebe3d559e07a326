import type { Database } from 'better-sqlite3'
import { priority, type Priority } from '../schedule/priority.ts'

export interface DownloadRow {
  readonly entryId: number
  /** A background class of `schedule/priority.ts`. */
  readonly priority: Priority
  readonly position: number
  readonly state: 'waiting' | 'running' | 'parked' | 'failed'
  readonly attempts: number
  /** Epoch ms: not before. */
  readonly nextAt: number | null
  /** A WaitingReason while parked, an ErrorCode when failed. */
  readonly reason: string | null
  /** Held by the user. */
  readonly isPaused: 0 | 1
}

const columns =
  'entry_id AS entryId, priority, position, state, attempts, next_at AS nextAt, reason, is_paused AS isPaused'

/** Statements over `cache_downloads`: entries that somebody wants all of. */
export function downloadStatements(db: Database) {
  const add = db.prepare<[number, number]>(
    `INSERT INTO cache_downloads (entry_id, priority, position, state)
     VALUES (?, ?, (SELECT COALESCE(MAX(position), 0) + 1 FROM cache_downloads), 'waiting')
     ON CONFLICT (entry_id) DO UPDATE SET state = 'waiting', reason = NULL, next_at = NULL, attempts = 0, is_paused = 0
     WHERE state = 'failed' OR is_paused = 1`,
  )
  const raise = db.prepare<[number, number]>(
    'UPDATE cache_downloads SET priority = MIN(priority, ?) WHERE entry_id = ?',
  )
  const get = db.prepare<[number], DownloadRow>(`SELECT ${columns} FROM cache_downloads WHERE entry_id = ?`)
  const remove = db.prepare<[number]>('DELETE FROM cache_downloads WHERE entry_id = ?')
  const pending = db.prepare<[], DownloadRow>(
    `SELECT ${columns} FROM cache_downloads WHERE state != 'failed' AND is_paused = 0 ORDER BY priority, position`,
  )
  const all = db.prepare<[], DownloadRow>(
    `SELECT ${columns} FROM cache_downloads ORDER BY priority, position`,
  )
  const setPaused = db.prepare<[number, number]>(
    'UPDATE cache_downloads SET is_paused = ? WHERE entry_id = ?',
  )
  const setPosition = db.prepare<[number, number, number]>(
    'UPDATE cache_downloads SET priority = ?, position = ? WHERE entry_id = ?',
  )
  const setState = db.prepare<[string, number | null, string | null, number]>(
    'UPDATE cache_downloads SET state = ?, next_at = ?, reason = ? WHERE entry_id = ?',
  )
  const restart = db.prepare(
    "UPDATE cache_downloads SET state = 'waiting', next_at = NULL, reason = NULL WHERE state IN ('running', 'parked')",
  )
  return {
    /** Idempotent; a failed one starts afresh, a paused one goes on, and one that is wanted more urgently now is. */
    add(entryId: number, of: Priority = priority.download): void {
      add.run(entryId, of)
      raise.run(of, entryId)
    },
    get: (entryId: number): DownloadRow | null => get.get(entryId) ?? null,
    remove: (entryId: number): void => void remove.run(entryId),
    /** Failed and paused ones too, in the order they should run. */
    all: (): DownloadRow[] => all.all(),
    setPaused: (entryId: number, isPaused: boolean): void => void setPaused.run(Number(isPaused), entryId),
    setPosition: (entryId: number, priority: number, position: number): void =>
      void setPosition.run(priority, position, entryId),
    /** In the order they should run. */
    pending: (): DownloadRow[] => pending.all(),
    setState: (
      entryId: number,
      state: DownloadRow['state'],
      nextAt: number | null = null,
      reason: string | null = null,
    ): void => void setState.run(state, nextAt, reason, entryId),
    /** At start nothing runs, and what was parked deserves another look. */
    restart: (): void => void restart.run(),
  }
}
