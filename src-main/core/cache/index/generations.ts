import type { Database } from 'better-sqlite3'
import { defined } from '../../base/control.ts'

/** One immutable version of the upstream bytes. Columns as in `migrations/cache/0001-entries.sql`. */
export interface GenerationRow {
  readonly id: number
  readonly entryId: number
  readonly storeName: string
  readonly partKey: string
  readonly chunkSize: number
  /** Bytes per file on the disk; `wholeFile` of `store/extents.ts`: all in one. */
  readonly extentBytes: number
  readonly totalBytes: number | null
  readonly etag: string | null
  readonly lastModified: string | null
  readonly mime: string
  readonly durationMs: number | null
  readonly bitrateKbps: number | null
  readonly segmentMs: number | null
  readonly segmentCount: number | null
  readonly profile: string | null
  readonly bytesPresent: number
  /** Epoch ms; null until every piece is in rows. */
  readonly completedAt: number | null
  /** When something of it was last seen to be what the source has, epoch ms. */
  readonly matchedAt: number | null
}

export type NewGeneration = Pick<
  GenerationRow,
  | 'entryId'
  | 'storeName'
  | 'partKey'
  | 'totalBytes'
  | 'mime'
  | 'durationMs'
  | 'bitrateKbps'
  | 'segmentMs'
  | 'extentBytes'
  | 'profile'
>

/** Bytes per row of `cache_chunks`. */
export const chunkBytes = 1024 * 1024

const columns = `id, entry_id AS entryId, store_name AS storeName, part_key AS partKey, chunk_size AS chunkSize,
  extent_size AS extentBytes, total_bytes AS totalBytes, etag, last_modified AS lastModified, mime, duration_ms AS durationMs,
  bitrate_kbps AS bitrateKbps, segment_ms AS segmentMs, segment_count AS segmentCount, profile,
  bytes_present AS bytesPresent, completed_at AS completedAt, matched_at AS matchedAt`

/** Statements over `cache_generations`; both kinds of entries use `setPresent` inside their own transactions. */
export function generationStatements(db: Database) {
  const insert = db.prepare<[NewGeneration & { chunkSize: number }], { id: number }>(
    `INSERT INTO cache_generations (entry_id, store_name, part_key, extent_size, chunk_size, total_bytes, mime, duration_ms,
       bitrate_kbps, segment_ms, profile)
     VALUES (@entryId, @storeName, @partKey, @extentBytes, @chunkSize, @totalBytes, @mime, @durationMs, @bitrateKbps,
       @segmentMs, @profile) RETURNING id`,
  )
  const get = db.prepare<[number], GenerationRow>(`SELECT ${columns} FROM cache_generations WHERE id = ?`)
  const setPresent = db.prepare<[number, number | null, number]>(
    'UPDATE cache_generations SET bytes_present = ?, completed_at = ? WHERE id = ?',
  )
  const setTotal = db.prepare<[number, number]>('UPDATE cache_generations SET total_bytes = ? WHERE id = ?')
  const setSegmentCount = db.prepare<[number, number]>(
    'UPDATE cache_generations SET segment_count = ? WHERE id = ?',
  )
  const setValidators = db.prepare<[string | null, number | null, string | null, number]>(
    'UPDATE cache_generations SET etag = ?, etag_is_strong = ?, last_modified = ? WHERE id = ?',
  )
  const setMatched = db.prepare<[number, number]>('UPDATE cache_generations SET matched_at = ? WHERE id = ?')
  const remove = db.prepare<[number]>('DELETE FROM cache_generations WHERE id = ?')
  const sumPresent = db
    .prepare<[], number>('SELECT COALESCE(SUM(bytes_present), 0) FROM cache_generations')
    .pluck()
  const nextToVerify = db
    .prepare<[number], number>(
      `SELECT e.id FROM cache_entries e JOIN cache_generations g ON g.id = e.current_generation_id
       WHERE g.bytes_present > 0 AND (g.verified_at IS NULL OR g.verified_at < ?) ORDER BY g.verified_at LIMIT 1`,
    )
    .pluck()
  const setVerified = db.prepare<[number | null, number]>(
    'UPDATE cache_generations SET verified_at = ? WHERE id = ?',
  )
  const distrustOpen = db.prepare(
    `UPDATE cache_generations SET verified_at = NULL WHERE verified_at IS NOT NULL
       AND entry_id IN (SELECT id FROM cache_entries WHERE is_dirty)`,
  )
  const closeAll = db.prepare('UPDATE cache_entries SET is_dirty = 0 WHERE is_dirty')
  const forgetChunks = db.prepare<[number]>('DELETE FROM cache_chunks WHERE generation_id = ?')
  const forgetEpochs = db.prepare<[number]>('DELETE FROM cache_epochs WHERE generation_id = ?')
  const completedIds = db
    .prepare<[], number>('SELECT id FROM cache_generations WHERE completed_at IS NOT NULL')
    .pluck()
  const ofEntry = db.prepare<[number], { storeName: string; bytesPresent: number }>(
    'SELECT store_name AS storeName, bytes_present AS bytesPresent FROM cache_generations WHERE entry_id = ?',
  )
  const storeNames = db.prepare<[], string>('SELECT store_name FROM cache_generations').pluck()
  return {
    insert(generation: NewGeneration): number {
      return defined(insert.get({ ...generation, chunkSize: chunkBytes }), 'inserted row').id
    },
    get: (id: number): GenerationRow | null => get.get(id) ?? null,
    /** `completedAt` null while something is missing. */
    setPresent: (id: number, bytesPresent: number, completedAt: number | null): void =>
      void setPresent.run(bytesPresent, completedAt, id),
    setTotal: (id: number, totalBytes: number): void => void setTotal.run(totalBytes, id),
    setSegmentCount: (id: number, segmentCount: number): void => void setSegmentCount.run(segmentCount, id),
    setValidators: (id: number, etag: string | null, isStrong: boolean, lastModified: string | null): void =>
      void setValidators.run(etag, etag === null ? null : Number(isStrong), lastModified, id),
    setMatched: (id: number, at: number): void => void setMatched.run(at, id),
    remove: (id: number): void => void remove.run(id),
    sumPresent: (): number => defined(sumPresent.get(), 'row'),
    /** Entry of the generation that was last read in full before everybody else, and before this time; never comes first. */
    nextToVerify: (before: number): number | null => nextToVerify.get(before) ?? null,
    setVerified: (id: number, at: number): void => void setVerified.run(at, id),
    /** What was open when a run ended badly is to be read again before anything else. Nothing is open now. */
    distrustOpen(): void {
      distrustOpen.run()
      closeAll.run()
    },
    /** Nothing of it is on the disk any more. */
    forgetPieces(id: number): void {
      forgetChunks.run(id)
      forgetEpochs.run(id)
      setPresent.run(0, null, id)
    },
    /** Those that are all there. */
    completedIds: (): number[] => completedIds.all(),
    /** The current one and any that is being made. */
    ofEntry: (entryId: number) => ofEntry.all(entryId),
    storeNames: (): string[] => storeNames.all(),
  }
}

export type GenerationStatements = ReturnType<typeof generationStatements>
