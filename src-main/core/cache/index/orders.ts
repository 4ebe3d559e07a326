import type { Database } from 'better-sqlite3'
import { defined } from '../../base/control.ts'

/** A file that a server was asked to make: `cache_orders`. */
export interface OrderRow {
  readonly id: number
  readonly sourceId: string
  /** Null: nobody wants it any more, and the server is still to be told. */
  readonly entryId: number | null
  /** Null until the server answered. It may have the item all the same. */
  readonly queueId: string | null
  readonly itemId: string | null
  /** Names the encode whose bytes the generation has; null when the server does not tell encodes apart. */
  readonly encode: string | null
  /** The file that is being fetched beside the entry's current generation. */
  readonly generationId: number | null
  readonly restarts: number
}

const columns = `id, source_id AS sourceId, entry_id AS entryId, queue_id AS queueId, item_id AS itemId, encode,
  generation_id AS generationId, restarts`

/** Statements over `cache_orders`. */
export function orderStatements(db: Database) {
  const insert = db.prepare<[string, number, number], OrderRow>(
    `INSERT INTO cache_orders (source_id, entry_id, created_at) VALUES (?, ?, ?) RETURNING ${columns}`,
  )
  const byEntry = db.prepare<[number], OrderRow>(`SELECT ${columns} FROM cache_orders WHERE entry_id = ?`)
  const bySource = db.prepare<[string], OrderRow>(`SELECT ${columns} FROM cache_orders WHERE source_id = ?`)
  const sources = db.prepare<[], string>('SELECT DISTINCT source_id FROM cache_orders').pluck()
  const setItem = db.prepare<[string, string, number]>(
    'UPDATE cache_orders SET queue_id = ?, item_id = ? WHERE id = ?',
  )
  const setGeneration = db.prepare<[number | null, string | null, number]>(
    'UPDATE cache_orders SET generation_id = ?, encode = ? WHERE id = ?',
  )
  const countRestart = db.prepare<[number]>('UPDATE cache_orders SET restarts = restarts + 1 WHERE id = ?')
  const release = db.prepare<[number]>(
    'UPDATE cache_orders SET entry_id = NULL, generation_id = NULL WHERE id = ?',
  )
  const remove = db.prepare<[number]>('DELETE FROM cache_orders WHERE id = ?')
  return {
    /** Before the server is asked: what happens between its answer and the row must not be forgotten. */
    insert: (sourceId: string, entryId: number, at: number): OrderRow =>
      defined(insert.get(sourceId, entryId, at), 'inserted row'),
    byEntry: (entryId: number): OrderRow | null => byEntry.get(entryId) ?? null,
    bySource: (sourceId: string): OrderRow[] => bySource.all(sourceId),
    /** Sources that have, or may have, something of ours. */
    sources: (): string[] => sources.all(),
    setItem: (id: number, queueId: string, itemId: string): void => void setItem.run(queueId, itemId, id),
    setGeneration: (id: number, generationId: number | null, encode: string | null): void =>
      void setGeneration.run(generationId, encode, id),
    countRestart: (id: number): void => void countRestart.run(id),
    /** Nobody wants it any more. */
    release: (id: number): void => void release.run(id),
    /** The server has let go of it. */
    remove: (id: number): void => void remove.run(id),
  }
}

export type OrderStatements = ReturnType<typeof orderStatements>
