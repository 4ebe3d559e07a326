import type { Database } from 'better-sqlite3'
import { chunkStatements } from './chunks.ts'
import { doomedStatements } from './doomed.ts'
import { downloadStatements } from './downloads.ts'
import { durably } from './durably.ts'
import { entryStatements } from './entries.ts'
import { generationStatements } from './generations.ts'
import { historyStatements } from './history.ts'
import { orderStatements } from './orders.ts'

/** All prepared statements of the actor over one open cache.db. */
export function openCacheIndex(db: Database) {
  const setMeta = db.prepare<[string, string | number]>(
    'INSERT INTO cache_meta (k, v) VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v',
  )
  const getMeta = db.prepare<[string], string | number>('SELECT v FROM cache_meta WHERE k = ?').pluck()
  const entries = entryStatements(db)
  const history = historyStatements(db)
  return {
    db,
    entries,
    generations: generationStatements(db),
    chunks: chunkStatements(db),
    history,
    doomed: doomedStatements(db),
    downloads: downloadStatements(db),
    orders: orderStatements(db),
    setMeta: (name: string, value: string | number): void => void setMeta.run(name, value),
    getMeta: (name: string): string | number | null => getMeta.get(name) ?? null,
    /** The cache folder is another than the rows are about: forgets what they hold. The bytes stay where they are, described by their manifests. */
    forgetFolder(at: number): void {
      db.transaction(() => {
        for (const row of entries.all().filter(({ bytesPresent }) => bytesPresent > 0)) {
          history.add(at, row, 'removed', 'the cache folder was changed', row.bytesPresent)
          entries.remove(row.id)
        }
        db.exec('DELETE FROM cache_doomed')
      })()
    },
    /** {@link durably} over this database. */
    durably: <T>(work: () => T): T => durably(db, work),
  }
}

export type CacheIndex = ReturnType<typeof openCacheIndex>
