import Database from 'better-sqlite3'
import { join } from 'node:path'

/** A kept segment, as the database has it. */
export interface KeptSegment {
  readonly seq: number
  readonly startMs: number
  readonly epochId: number
  /** Those that go with one another have the same. */
  readonly strand: number
}

/** Everything kept of one quality, in order; read from beside the app. */
export function keptSegments(dataDir: string, quality: string): KeptSegment[] {
  const db = new Database(join(dataDir, 'cache.db'), { readonly: true })
  try {
    return db
      .prepare<[string], KeptSegment>(
        `SELECT s.seq, s.start_ms AS startMs, s.epoch_id AS epochId, COALESCE(e.strand, e.id) AS strand
         FROM cache_segments s JOIN cache_epochs e ON e.id = s.epoch_id
         JOIN cache_entries c ON c.current_generation_id = s.generation_id
         WHERE c.quality LIKE ? || '%' ORDER BY s.seq, s.epoch_id`,
      )
      .all(quality)
  } finally {
    db.close()
  }
}

/** Where one session's segments meet another's, in ms of the title. */
export function jointsOf(segments: readonly KeptSegment[]): number[] {
  return segments.flatMap(({ epochId, startMs }, index) =>
    index > 0 && segments[index - 1]?.epochId !== epochId ? startMs : [],
  )
}
