import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../src-main/core/base/clock.ts'
import { openDatabase } from '../../src-main/core/db/open-database.ts'
import { startSpool } from '../peers/peers.ts'
import { median } from '../statistics.ts'
import type { Bench, Row } from './measure.ts'

const entries = 100_000
const chunksEach = 10
const rounds = 5
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/** How long the engine takes to be ready over a large cache that was closed in order. */
export async function measureStart({ origin, say }: Bench, folder: string): Promise<readonly Row[]> {
  const data = join(folder, 'large')
  mkdirSync(data)
  say(`writing ${entries} entries`)
  fill(data)
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const peer = await startSpool(origin.url, ['--data', data])
    const stats = (await (await fetch(peer.stats)).json()) as { readonly startMs: number }
    times.push(stats.startMs)
    await peer.process?.stop()
  }
  return [
    {
      measure: `start with ${entries} entries and ${entries * chunksEach} chunks, median, ms`,
      figures: { Spool: median(times).toFixed(0) },
      target: '≤ 150',
      isMet: median(times) <= 150,
    },
  ]
}

function fill(folder: string): void {
  const { db } = openDatabase({
    path: join(folder, 'cache.db'),
    migrationsFolder: join(import.meta.dirname, '../../migrations/cache'),
    clock: systemClock,
    logger: quiet,
  })
  const numbers = (most: number): string =>
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${most})`
  const mib = 1024 * 1024
  // The rows fit each other; to check every one takes an hour.
  db.pragma('foreign_keys = OFF')
  db.transaction(() => {
    db.exec(`${numbers(entries)} INSERT INTO cache_entries (id, source_id, media_id, quality, kind, title, source_name,
      created_at, access_seq, access_at, current_generation_id)
      SELECT i, 'origin', '/10/film-' || i || '.bin', 'original', 'file', 'Film ' || i, 'origin', 1, i, 1, i FROM n`)
    db.exec(`${numbers(entries)} INSERT INTO cache_generations (id, entry_id, store_name, part_key, extent_size,
      chunk_size, total_bytes, mime, duration_ms, bytes_present, completed_at)
      SELECT i, i, 'folder-' || i, '/10/film-' || i || '.bin', 9007199254740991, ${mib}, ${chunksEach * mib},
      'video/mp4', 0, ${chunksEach * mib}, 1 FROM n`)
    db.exec(`${numbers(chunksEach)} INSERT INTO cache_chunks (generation_id, idx, len, hash)
      SELECT e.id, n.i - 1, ${mib}, x'0011223344556677' FROM cache_entries e, n`)
    db.exec("INSERT OR REPLACE INTO cache_meta (k, v) VALUES ('clean_shutdown', 1)")
  })()
  db.pragma('wal_checkpoint(TRUNCATE)')
  db.close()
}
