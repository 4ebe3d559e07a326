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
  // A media id begins with its item's key and a colon; a semicolon is the next sign after that.
  const latest = db.prepare<[string, string], ChosenTracks & { mediaId: string }>(
    `SELECT c.media_id AS mediaId, c.audio_stream_id AS audioId, c.subtitle_stream_id AS subtitleId
     FROM library_items i JOIN track_choices c ON c.source_id = i.source_id
       AND c.media_id > i.rating_key || ':' AND c.media_id < i.rating_key || ';'
     WHERE i.source_id = ? AND i.show_key = ? AND i.type = 'episode' ORDER BY c.updated_at DESC LIMIT 1`,
  )
  const put = db.prepare<[string, string, string | null, string | null, number]>(
    `INSERT INTO track_choices (source_id, media_id, audio_stream_id, subtitle_stream_id, updated_at)
     VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (source_id, media_id) DO UPDATE SET audio_stream_id = excluded.audio_stream_id,
       subtitle_stream_id = excluded.subtitle_stream_id, updated_at = excluded.updated_at`,
  )
  return {
    get: (sourceId, mediaId) => one.get(sourceId, mediaId) ?? null,
    getLatestOfShow: (sourceId, showKey) => latest.get(sourceId, showKey) ?? null,
    put: (sourceId, mediaId, { audioId, subtitleId }) => {
      put.run(sourceId, mediaId, audioId, subtitleId, now())
    },
  }
}
