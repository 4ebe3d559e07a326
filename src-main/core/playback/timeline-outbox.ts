import type { Database } from 'better-sqlite3'

/** The last state of one title that its server has not been told. */
export interface WaitingTimeline {
  readonly sourceId: string
  readonly ratingKey: string
  /** Of the item. */
  readonly positionMs: number
  readonly durationMs: number
  readonly isWatched: boolean
  readonly sessionIdentifier: string
  /** Epoch ms. */
  readonly updatedAt: number
}

type Row = Omit<WaitingTimeline, 'isWatched'> & { readonly watched: number }

/** Table `timeline_outbox` of library.db: one row per title. */
export function createTimelineOutbox(db: Database) {
  const put = db.prepare<Row>(
    `INSERT INTO timeline_outbox (source_id, rating_key, position_ms, duration_ms, watched, session_identifier, updated_at)
     VALUES (@sourceId, @ratingKey, @positionMs, @durationMs, @watched, @sessionIdentifier, @updatedAt)
     ON CONFLICT (source_id, rating_key) DO UPDATE SET position_ms = excluded.position_ms, duration_ms = excluded.duration_ms,
       -- Once seen stays seen until the server has been told.
       watched = max(watched, excluded.watched), session_identifier = excluded.session_identifier, updated_at = excluded.updated_at`,
  )
  const of = db.prepare<[string], Row>(
    `SELECT source_id AS sourceId, rating_key AS ratingKey, position_ms AS positionMs, duration_ms AS durationMs, watched,
       session_identifier AS sessionIdentifier, updated_at AS updatedAt
     FROM timeline_outbox WHERE source_id = ? ORDER BY updated_at`,
  )
  const remove = db.prepare<[string, string, number]>(
    'DELETE FROM timeline_outbox WHERE source_id = ? AND rating_key = ? AND updated_at <= ?',
  )
  return {
    put({ isWatched, ...row }: WaitingTimeline): void {
      put.run({
        ...row,
        positionMs: Math.max(0, Math.round(row.positionMs)),
        durationMs: Math.max(0, Math.round(row.durationMs)),
        watched: isWatched ? 1 : 0,
      })
    },
    /** Oldest first. */
    of: (sourceId: string): readonly WaitingTimeline[] =>
      of.all(sourceId).map(({ watched, ...row }) => ({ ...row, isWatched: watched === 1 })),
    /** Takes out what the server has been told; a newer state of the title stays. */
    remove: (sourceId: string, ratingKey: string, toldAt: number): void =>
      void remove.run(sourceId, ratingKey, toldAt),
  }
}

export type TimelineOutbox = ReturnType<typeof createTimelineOutbox>
