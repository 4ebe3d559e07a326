import type { Database } from 'better-sqlite3'
import type {
  CacheKey,
  MediaId,
  Quality,
  SourceId,
  StreamKind,
} from '../../../../src-preload/contract/index.ts'
import { defined } from '../../base/control.ts'

/** One key that is known here, with what its current generation holds. */
export interface EntryRow {
  readonly id: number
  readonly sourceId: SourceId
  readonly mediaId: MediaId
  readonly quality: Quality
  readonly kind: StreamKind
  readonly title: string
  readonly sourceName: string
  readonly isPinned: 0 | 1
  readonly watchedAt: number | null
  readonly accessSeq: number
  readonly accessAt: number
  readonly errorCode: string | null
  readonly generationId: number
  readonly storeName: string
  readonly bytesPresent: number
  readonly totalBytes: number | null
  readonly durationMs: number | null
  readonly bitrateKbps: number | null
  readonly mime: string
  readonly completedAt: number | null
  /** Null when nothing fills it. */
  readonly downloadState: 'waiting' | 'running' | 'parked' | 'failed' | null
  /** Its fill is held by the user. */
  readonly isPaused: 0 | 1 | null
  /** A file that is being fetched to take the current generation's place. */
  readonly makingId: number | null
  readonly makingBytes: number | null
  readonly makingTotal: number | null
}

export interface NewEntry extends CacheKey {
  readonly kind: StreamKind
  readonly title: string
  readonly sourceName: string
  readonly at: number
  readonly accessSeq: number
}

const select = `SELECT e.id, e.source_id AS sourceId, e.media_id AS mediaId, e.quality, e.kind, e.title,
  e.source_name AS sourceName, e.is_pinned AS isPinned, e.watched_at AS watchedAt, e.access_seq AS accessSeq,
  e.access_at AS accessAt, e.error_code AS errorCode, g.id AS generationId, g.store_name AS storeName,
  g.bytes_present AS bytesPresent, g.total_bytes AS totalBytes, g.duration_ms AS durationMs,
  g.bitrate_kbps AS bitrateKbps, g.mime, g.completed_at AS completedAt, d.state AS downloadState, d.is_paused AS isPaused,
  m.id AS makingId, m.bytes_present AS makingBytes, m.total_bytes AS makingTotal
  FROM cache_entries e JOIN cache_generations g ON g.id = e.current_generation_id
  LEFT JOIN cache_downloads d ON d.entry_id = e.id
  LEFT JOIN cache_orders o ON o.entry_id = e.id LEFT JOIN cache_generations m ON m.id = o.generation_id`

/** Statements over `cache_entries`. */
export function entryStatements(db: Database) {
  const insert = db.prepare<[NewEntry], { id: number }>(
    `INSERT INTO cache_entries (source_id, media_id, quality, kind, title, source_name, created_at, access_seq, access_at)
     VALUES (@sourceId, @mediaId, @quality, @kind, @title, @sourceName, @at, @accessSeq, @at) RETURNING id`,
  )
  const setGeneration = db.prepare<[number, number]>(
    'UPDATE cache_entries SET current_generation_id = ? WHERE id = ?',
  )
  const setKind = db.prepare<[StreamKind, number]>('UPDATE cache_entries SET kind = ? WHERE id = ?')
  const brokenFiles = db.prepare<[string], EntryRow>(
    `${select} WHERE e.source_id = ? AND e.kind = 'file' AND e.quality != 'original' AND g.completed_at IS NULL`,
  )
  const byKey = db.prepare<[string, string, string], EntryRow>(
    `${select} WHERE e.source_id = ? AND e.media_id = ? AND e.quality = ?`,
  )
  const byId = db.prepare<[number], EntryRow>(`${select} WHERE e.id = ?`)
  const byMedia = db.prepare<[string, string], EntryRow>(`${select} WHERE e.source_id = ? AND e.media_id = ?`)
  const all = db.prepare<[], EntryRow>(`${select} ORDER BY e.access_seq DESC`)
  const remove = db.prepare<[number]>('DELETE FROM cache_entries WHERE id = ?')
  const setPinned = db.prepare<[number, number]>('UPDATE cache_entries SET is_pinned = ? WHERE id = ?')
  const setWatched = db.prepare<[number | null, string, string]>(
    'UPDATE cache_entries SET watched_at = ? WHERE source_id = ? AND media_id = ?',
  )
  const touch = db.prepare<[number, number, number]>(
    'UPDATE cache_entries SET access_seq = ?, access_at = ? WHERE id = ?',
  )
  const setError = db.prepare<[string | null, number]>('UPDATE cache_entries SET error_code = ? WHERE id = ?')
  const setDirty = db.prepare<[number, number]>('UPDATE cache_entries SET is_dirty = ? WHERE id = ?')
  const setNames = db.prepare<[string, string, number]>(
    'UPDATE cache_entries SET title = ?, source_name = ? WHERE id = ?',
  )
  const maxSeq = db.prepare<[], number>('SELECT COALESCE(MAX(access_seq), 0) FROM cache_entries').pluck()
  const counts = db.prepare<[], { entries: number; complete: number; pinned: number }>(
    `SELECT COUNT(*) AS entries, COALESCE(SUM(g.completed_at IS NOT NULL), 0) AS complete,
       COALESCE(SUM(e.is_pinned), 0) AS pinned
     FROM cache_entries e JOIN cache_generations g ON g.id = e.current_generation_id`,
  )
  return {
    insert: (entry: NewEntry): number => defined(insert.get(entry), 'inserted row').id,
    setGeneration: (id: number, generationId: number): void => void setGeneration.run(generationId, id),
    setKind: (id: number, kind: StreamKind): void => void setKind.run(kind, id),
    /** Rungs held as a file that lost a piece: no server has that file any more. */
    brokenFiles: (sourceId: string): EntryRow[] => brokenFiles.all(sourceId),
    byKey: (key: CacheKey): EntryRow | null => byKey.get(key.sourceId, key.mediaId, key.quality) ?? null,
    byId: (id: number): EntryRow | null => byId.get(id) ?? null,
    byMedia: (sourceId: string, mediaId: string): EntryRow[] => byMedia.all(sourceId, mediaId),
    /** Last used first. */
    all: (): EntryRow[] => all.all(),
    remove: (id: number): void => void remove.run(id),
    setPinned: (id: number, isPinned: boolean): void => void setPinned.run(Number(isPinned), id),
    setWatched: (sourceId: string, mediaId: string, at: number | null): void =>
      void setWatched.run(at, sourceId, mediaId),
    touch: (id: number, accessSeq: number, at: number): void => void touch.run(accessSeq, at, id),
    setError: (id: number, code: string | null): void => void setError.run(code, id),
    setDirty: (id: number, isDirty: boolean): void => void setDirty.run(Number(isDirty), id),
    setNames: (id: number, title: string, sourceName: string): void =>
      void setNames.run(title, sourceName, id),
    maxSeq: (): number => defined(maxSeq.get(), 'row'),
    counts: () => defined(counts.get(), 'row'),
  }
}
