import type { Database } from 'better-sqlite3'
import type { ChosenTracks, MediaId, SourceId } from '../../../src-preload/contract/index.ts'
import type { TrackLookup } from '../library/library-port.ts'

export interface TrackTable extends TrackLookup {
  put(sourceId: SourceId, mediaId: MediaId, tracks: ChosenTracks): void
}

/** Table `track_choices` of library.db; `now` gives epoch ms. */
export function createTrackTable(db: Database, now: () => number): TrackTable {
  const one = db.prepare<[string, string], ChosenTracks>(
    `SELECT audio_stream_id AS audioId, subtitle_stream_id AS subtitleId FROM track_choices
     WHERE source_id = ? AND media_id = ?`,
  )
  const put = db.prepare<[string, string, string | null, string | null, number]>(
    `INSERT INTO track_choices (source_id, media_id, audio_stream_id, subtitle_stream_id, updated_at)
     VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (source_id, media_id) DO UPDATE SET audio_stream_id = excluded.audio_stream_id,
       subtitle_stream_id = excluded.subtitle_stream_id, updated_at = excluded.updated_at`,
  )
  return {
    get: (sourceId, mediaId) => one.get(sourceId, mediaId) ?? null,
    put: (sourceId, mediaId, { audioId, subtitleId }) => {
      put.run(sourceId, mediaId, audioId, subtitleId, now())
    },
  }
}
