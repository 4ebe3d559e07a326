import type { Database } from 'better-sqlite3'
import { defined } from '../../base/control.ts'

export interface ChunkRow {
  readonly idx: number
  readonly len: number
  readonly hash: Buffer
}

/** Statements over `cache_chunks`. A row means: these bytes are on disk and synced. */
export function chunkStatements(db: Database) {
  const all = db.prepare<[number], ChunkRow>(
    'SELECT idx, len, hash FROM cache_chunks WHERE generation_id = ? ORDER BY idx',
  )
  const get = db.prepare<[number, number], ChunkRow>(
    'SELECT idx, len, hash FROM cache_chunks WHERE generation_id = ? AND idx = ?',
  )
  const idsFrom = db
    .prepare<[number, number], number>(
      'SELECT idx FROM cache_chunks WHERE generation_id = ? AND idx >= ? ORDER BY idx',
    )
    .pluck()
  const insert = db.prepare<[number, number, number, Buffer]>(
    'INSERT OR REPLACE INTO cache_chunks (generation_id, idx, len, hash) VALUES (?, ?, ?, ?)',
  )
  const remove = db.prepare<[number, number]>('DELETE FROM cache_chunks WHERE generation_id = ? AND idx = ?')
  const sum = db.prepare<[number], { count: number; bytes: number }>(
    'SELECT COUNT(*) AS count, COALESCE(SUM(len), 0) AS bytes FROM cache_chunks WHERE generation_id = ?',
  )
  return {
    all: (generationId: number): ChunkRow[] => all.all(generationId),
    get: (generationId: number, idx: number): ChunkRow | null => get.get(generationId, idx) ?? null,
    idsFrom: (generationId: number, idx: number): number[] => idsFrom.all(generationId, idx),
    insert: (generationId: number, chunk: ChunkRow): void =>
      void insert.run(generationId, chunk.idx, chunk.len, chunk.hash),
    remove: (generationId: number, idx: number): void => void remove.run(generationId, idx),
    sum: (generationId: number) => defined(sum.get(generationId), 'row'),
  }
}

export type ChunkStatements = ReturnType<typeof chunkStatements>
