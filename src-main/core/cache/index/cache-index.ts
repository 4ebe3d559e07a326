import type { Database } from 'better-sqlite3'
import { chunkStatements } from './chunks.ts'
import { doomedStatements } from './doomed.ts'
import { downloadStatements } from './downloads.ts'
import { entryStatements } from './entries.ts'
import { generationStatements } from './generations.ts'
import { historyStatements } from './history.ts'

/** All prepared statements of the actor over one open cache.db. */
export function openCacheIndex(db: Database) {
  const setMeta = db.prepare<[string, string | number]>(
    'INSERT INTO cache_meta (k, v) VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v',
  )
  const getMeta = db.prepare<[string], string | number>('SELECT v FROM cache_meta WHERE k = ?').pluck()
  return {
    db,
    entries: entryStatements(db),
    generations: generationStatements(db),
    chunks: chunkStatements(db),
    history: historyStatements(db),
    doomed: doomedStatements(db),
    downloads: downloadStatements(db),
    setMeta: (name: string, value: string | number): void => void setMeta.run(name, value),
    getMeta: (name: string): string | number | null => getMeta.get(name) ?? null,
    /** Runs `work` in one transaction. */
    atomically: <T>(work: () => T): T => db.transaction(work)(),
  }
}

export type CacheIndex = ReturnType<typeof openCacheIndex>
