import type { Database } from 'better-sqlite3'
import type { LocalPosition, PositionLookup } from '../library/library-port.ts'

export interface KeptPosition {
  readonly sourceId: string
  readonly ratingKey: string
  /** The part played last. */
  readonly mediaId: string
  /** Of the item, over all its parts. */
  readonly positionMs: number
  readonly durationMs: number
  /** Epoch ms. */
  readonly updatedAt: number
  readonly isWatched: boolean
}

interface Row {
  readonly sourceId: string
  readonly ratingKey: string
  readonly mediaId: string
  readonly positionMs: number
  readonly durationMs: number
  readonly updatedAt: number
  readonly watched: number
}

const columns = `source_id AS sourceId, rating_key AS ratingKey, media_id AS mediaId, position_ms AS positionMs,
  duration_ms AS durationMs, updated_at AS updatedAt, watched`

export interface PositionTable extends Required<PositionLookup> {
  get(sourceId: string, ratingKey: string): KeptPosition | null
  put(position: KeptPosition): void
  getStarted(limit: number): readonly KeptPosition[]
}

/** Table `playback_positions` of library.db; `now` gives epoch ms. */
export function createPositionTable(db: Database, now: () => number): PositionTable {
  const one = db.prepare<[string, string], Row>(
    `SELECT ${columns} FROM playback_positions WHERE source_id = ? AND rating_key = ?`,
  )
  const started = db.prepare<[number], Row>(
    `SELECT ${columns} FROM playback_positions WHERE watched = 0 AND position_ms > 0 ORDER BY updated_at DESC LIMIT ?`,
  )
  const put = db.prepare<Row>(
    `INSERT INTO playback_positions (source_id, rating_key, media_id, position_ms, duration_ms, updated_at, watched)
     VALUES (@sourceId, @ratingKey, @mediaId, @positionMs, @durationMs, @updatedAt, @watched)
     ON CONFLICT (source_id, rating_key) DO UPDATE SET media_id = excluded.media_id, position_ms = excluded.position_ms,
       duration_ms = excluded.duration_ms, updated_at = excluded.updated_at, watched = excluded.watched`,
  )
  const mark = db.prepare<[number, number, string, string]>(
    'UPDATE playback_positions SET position_ms = 0, watched = ?, updated_at = ? WHERE source_id = ? AND rating_key = ?',
  )
  const forget = db.prepare<[string, string]>(
    'DELETE FROM timeline_outbox WHERE source_id = ? AND rating_key = ?',
  )
  return {
    noteWatched: (sourceId, ratingKey, isWatched) => {
      mark.run(isWatched ? 1 : 0, now(), sourceId, ratingKey)
      // Told later, the old position would undo the mark.
      forget.run(sourceId, ratingKey)
    },
    get: (sourceId, ratingKey) => {
      const row = one.get(sourceId, ratingKey)
      return row ? fromRow(row) : null
    },
    getStarted: (limit) => started.all(limit).map(fromRow),
    put: (position) => {
      const { isWatched, ...rest } = position
      put.run({
        ...rest,
        positionMs: Math.max(0, Math.round(position.positionMs)),
        durationMs: Math.max(0, Math.round(position.durationMs)),
        watched: isWatched ? 1 : 0,
      })
    },
  }
}

function fromRow({ watched, ...row }: Row): KeptPosition & LocalPosition {
  return { ...row, isWatched: watched === 1 }
}
