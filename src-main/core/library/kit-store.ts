import type { Database } from 'better-sqlite3'

/** What belongs to kept titles alone: thumbnails, and which pictures and texts have to stay. */
export interface KitStore {
  /** Null when there are none, or those of another file. */
  getThumbnails(sourceId: string, partId: string, partKey: string): Uint8Array | null
  putThumbnails(
    sourceId: string,
    ratingKey: string,
    part: { readonly id: string; readonly key: string },
    bif: Uint8Array,
  ): void
  /** The picture stays as long as the title is kept. */
  keepImage(sourceId: string, ratingKey: string, path: string): void
  /** The text, once it is here, stays as long as the title is kept. */
  keepSubtitle(sourceId: string, ratingKey: string, streamId: string): void
  /** The last copy of a title is gone. */
  drop(sourceId: string, ratingKey: string): void
  /** Titles that have a kit. */
  titles(): readonly { readonly sourceId: string; readonly ratingKey: string }[]
  /** Bytes in the database: pictures, thumbnails, subtitles. */
  readonly totalBytes: number
}

export function createKitStore(db: Database): KitStore {
  const select = db
    .prepare<[string, string, string], Uint8Array>(
      'SELECT bif FROM library_thumbnails WHERE source_id = ? AND part_id = ? AND part_key = ?',
    )
    .pluck()
  const insert = db.prepare('INSERT OR REPLACE INTO library_thumbnails VALUES (?, ?, ?, ?, ?, ?)')
  const keep = db.prepare('INSERT OR IGNORE INTO library_kit_images VALUES (?, ?, ?)')
  const dropThumbnails = db.prepare('DELETE FROM library_thumbnails WHERE source_id = ? AND rating_key = ?')
  const dropImages = db.prepare('DELETE FROM library_kit_images WHERE source_id = ? AND rating_key = ?')
  const keepText = db.prepare('INSERT OR IGNORE INTO library_kit_subtitles VALUES (?, ?, ?)')
  const dropTexts = db.prepare(
    `UPDATE library_subtitles SET vtt = NULL WHERE source_id = @sourceId AND stream_id IN
       (SELECT stream_id FROM library_kit_subtitles WHERE source_id = @sourceId AND rating_key = @ratingKey)`,
  )
  const dropSubtitles = db.prepare('DELETE FROM library_kit_subtitles WHERE source_id = ? AND rating_key = ?')
  const titles = db.prepare<[], { sourceId: string; ratingKey: string }>(
    `SELECT source_id AS sourceId, rating_key AS ratingKey FROM library_kit_images
     UNION SELECT source_id, rating_key FROM library_thumbnails
     UNION SELECT source_id, rating_key FROM library_kit_subtitles`,
  )
  const total = db
    .prepare<[], number>(
      `SELECT (SELECT coalesce(sum(size_bytes), 0) FROM library_thumbnails)
         + (SELECT coalesce(sum(size_bytes), 0) FROM library_images)
         + (SELECT coalesce(sum(length(CAST(vtt AS BLOB))), 0) FROM library_subtitles)`,
    )
    .pluck()
  return {
    getThumbnails: (sourceId, partId, partKey) => select.get(sourceId, partId, partKey) ?? null,
    putThumbnails: (sourceId, ratingKey, { id, key }, bif) =>
      void insert.run(sourceId, id, ratingKey, key, bif, bif.byteLength),
    keepImage: (sourceId, ratingKey, path) => void keep.run(sourceId, ratingKey, path),
    keepSubtitle: (sourceId, ratingKey, streamId) => void keepText.run(sourceId, ratingKey, streamId),
    drop: db.transaction((sourceId: string, ratingKey: string) => {
      dropThumbnails.run(sourceId, ratingKey)
      dropImages.run(sourceId, ratingKey)
      dropTexts.run({ sourceId, ratingKey })
      dropSubtitles.run(sourceId, ratingKey)
    }),
    titles: () => titles.all(),
    get totalBytes() {
      return total.get() ?? 0
    },
  }
}
