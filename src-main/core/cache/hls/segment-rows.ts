import type { Database } from 'better-sqlite3'

/** What was learnt from one transcode session: `cache_epochs`. */
export interface EpochRow {
  readonly id: number
  readonly profileHash: string
  readonly playlistSignature: string
  readonly segmentGrid: string
  readonly startSegment: number | null
}

/** One kept segment: `cache_segments`. Its bytes were synced before the row was written. */
export interface SegmentRow {
  /** -1: the initialisation part. */
  readonly seq: number
  readonly epochId: number
  readonly startMs: number
  readonly durationMs: number
  readonly sizeBytes: number
  readonly hash: Buffer
  /** Below the generation's folder. */
  readonly file: string
  /** 90 kHz ticks, as in the stream. */
  readonly firstPts: number | null
  readonly lastPts: number | null
}

export interface NewEpoch {
  readonly profileHash: string
  readonly playlistSignature: string
  readonly segmentGrid: string
  readonly startSegment: number
  /** Epoch ms. */
  readonly createdAt: number
}

/** There is one rendition: pictures with one audio track. */
const track = 'v'

/** Statements over `cache_epochs` and `cache_segments` of one generation. */
export function segmentStatements(db: Database, generationId: number) {
  const epochs = db.prepare<[number], EpochRow>(
    `SELECT id, profile_hash AS profileHash, playlist_signature AS playlistSignature, segment_grid AS segmentGrid,
       start_segment AS startSegment
     FROM cache_epochs WHERE generation_id = ? ORDER BY id`,
  )
  const segments = db.prepare<[number, string], SegmentRow>(
    `SELECT seq, epoch_id AS epochId, start_ms AS startMs, duration_ms AS durationMs, size_bytes AS sizeBytes, hash, file,
       first_pts AS firstPts, last_pts AS lastPts
     FROM cache_segments WHERE generation_id = ? AND track = ? ORDER BY seq, epoch_id`,
  )
  const insertEpoch = db.prepare<[NewEpoch & { generationId: number }]>(
    `INSERT INTO cache_epochs (generation_id, profile_hash, playlist_signature, segment_grid, start_segment, created_at)
     VALUES (@generationId, @profileHash, @playlistSignature, @segmentGrid, @startSegment, @createdAt)`,
  )
  const insertSegment = db.prepare<[SegmentRow & { generationId: number; track: string; kind: string }]>(
    `INSERT INTO cache_segments (generation_id, track, seq, epoch_id, kind, start_ms, duration_ms, size_bytes, hash, file,
       first_pts, last_pts)
     VALUES (@generationId, @track, @seq, @epochId, @kind, @startMs, @durationMs, @sizeBytes, @hash, @file, @firstPts, @lastPts)`,
  )
  const removeSegment = db.prepare<[number, string, number, number]>(
    'DELETE FROM cache_segments WHERE generation_id = ? AND track = ? AND seq = ? AND epoch_id = ?',
  )
  const removeEpochs = db.prepare<[number]>('DELETE FROM cache_epochs WHERE generation_id = ?')
  return {
    epochs: (): EpochRow[] => epochs.all(generationId),
    segments: (): SegmentRow[] => segments.all(generationId, track),
    addEpoch: (epoch: NewEpoch): number =>
      Number(insertEpoch.run({ ...epoch, generationId }).lastInsertRowid),
    add: (row: SegmentRow): void =>
      void insertSegment.run({ ...row, generationId, track, kind: row.seq < 0 ? 'init' : 'media' }),
    remove: ({ seq, epochId }: SegmentRow): void => void removeSegment.run(generationId, track, seq, epochId),
    /** With their segments. */
    removeAllEpochs: (): void => void removeEpochs.run(generationId),
  }
}

export type SegmentStatements = ReturnType<typeof segmentStatements>
