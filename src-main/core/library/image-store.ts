import type { Database } from 'better-sqlite3'

export interface StoredImage {
  readonly bytes: Uint8Array
  readonly mime: string
}

/** Pictures in library.db, the least recently used going first once they are too many. */
export interface ImageStore {
  get(sourceId: string, path: string, width: number, height: number, now: number): StoredImage | null
  /** Any size of it: the smallest that is as wide as asked for, else the widest. */
  getAnySize(sourceId: string, path: string, width: number): StoredImage | null
  put(sourceId: string, path: string, width: number, height: number, image: StoredImage, now: number): void
  readonly totalBytes: number
}

/** How exactly `used_at` is kept: not every look at a poster is worth a write. One hour. */
const usedStepMs = 3_600_000

export function createImageStore(db: Database, limitBytes: number): ImageStore {
  const select = db.prepare<[string, string, number, number], StoredImage & { used_at: number }>(
    'SELECT mime, bytes, used_at FROM library_images WHERE source_id = ? AND path = ? AND width = ? AND height = ?',
  )
  const touch = db.prepare(
    'UPDATE library_images SET used_at = ? WHERE source_id = ? AND path = ? AND width = ? AND height = ?',
  )
  const selectAny = db.prepare<[string, string, number, number], StoredImage>(
    `SELECT mime, bytes FROM library_images WHERE source_id = ? AND path = ?
     ORDER BY width >= ? DESC, abs(width - ?) LIMIT 1`,
  )
  const insert = db.prepare(
    `INSERT OR REPLACE INTO library_images (source_id, path, width, height, mime, bytes, size_bytes, used_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const total = db.prepare<[], number>('SELECT coalesce(sum(size_bytes), 0) FROM library_images').pluck()
  const oldest = db.prepare<[], { rowid: number; size_bytes: number }>(
    `SELECT rowid, size_bytes FROM library_images AS image WHERE NOT EXISTS (
       SELECT 1 FROM library_kit_images AS kit WHERE kit.source_id = image.source_id AND kit.path = image.path)
     ORDER BY used_at, rowid LIMIT 50`,
  )
  const remove = db.prepare('DELETE FROM library_images WHERE rowid = ?')
  let totalBytes = total.get() ?? 0

  const shrink = (): void => {
    // Down to nine tenths, so that not every picture from now on has to make room.
    while (totalBytes > limitBytes * 0.9) {
      const rows = oldest.all()
      if (rows.length === 0) return
      for (const row of rows) {
        if (totalBytes <= limitBytes * 0.9) return
        remove.run(row.rowid)
        totalBytes -= row.size_bytes
      }
    }
  }

  return {
    get(sourceId, path, width, height, now) {
      const row = select.get(sourceId, path, width, height)
      if (!row) return null
      if (Math.abs(now - row.used_at) > usedStepMs) touch.run(now, sourceId, path, width, height)
      return { bytes: row.bytes, mime: row.mime }
    },
    getAnySize: (sourceId, path, width) => selectAny.get(sourceId, path, width, width) ?? null,
    put: db.transaction((sourceId, path, width, height, image: StoredImage, now: number) => {
      const before = select.get(sourceId, path, width, height)?.bytes.byteLength ?? 0
      insert.run(sourceId, path, width, height, image.mime, image.bytes, image.bytes.byteLength, now)
      totalBytes += image.bytes.byteLength - before
      if (totalBytes > limitBytes) shrink()
    }),
    get totalBytes() {
      return totalBytes
    },
  }
}
