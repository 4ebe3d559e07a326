import type { Database } from 'better-sqlite3'

/** What was learnt from one transcode session: `cache_epochs`. */
export interface EpochRow {
  readonly id: number
  /** The first epoch of those that go together. */
  readonly strand: number
  readonly segmentGrid: string
  readonly config: string | null
  readonly clockTicks: number | null
  /** How many segments the title really has; null: all that are listed. */
  readonly endsAt: number | null
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
  /** Null: it begins a strand of its own. */
  readonly strand: number | null
  readonly profileHash: string
  readonly playlistSignature: string
  readonly segmentGrid: string
  readonly config: string | null
  readonly clockTicks: number | null
  readonly shiftTicks: number
  readonly startSegment: number
  /** Epoch ms. */
  readonly createdAt: number
}

/** There is one rendition: pictures with one audio track. */
const track = 'v'

/** Statements over `cache_epochs` and `cache_segments` of one generation. */
export function segmentStatements(db: Database, generationId: number) {
  const epochs = db.prepare<[number], EpochRow>(
    `SELECT id, COALESCE(strand, id) AS strand, segment_grid AS segmentGrid, config, clock_ticks AS clockTicks,
       ends_at AS endsAt
     FROM cache_epochs WHERE generation_id = ? ORDER BY id`,
  )
  const segments = db.prepare<[number, string], SegmentRow>(
    `SELECT seq, epoch_id AS epochId, start_ms AS startMs, duration_ms AS durationMs, size_bytes AS sizeBytes, hash, file,
       first_pts AS firstPts, last_pts AS lastPts
     FROM cache_segments WHERE generation_id = ? AND track = ? ORDER BY seq, epoch_id`,
  )
  const insertEpoch = db.prepare<[NewEpoch & { generationId: number }]>(
    `INSERT INTO cache_epochs (generation_id, strand, profile_hash, playlist_signature, segment_grid, config, clock_ticks,
       shift_ticks, start_segment, created_at)
     VALUES (@generationId, @strand, @profileHash, @playlistSignature, @segmentGrid, @config, @clockTicks,
       @shiftTicks, @startSegment, @createdAt)`,
  )
  const describe = db.prepare<[string | null, number | null, number]>(
    'UPDATE cache_epochs SET config = ?, clock_ticks = ? WHERE id = ?',
  )
  const setEnd = db.prepare<[number, number]>('UPDATE cache_epochs SET ends_at = ? WHERE id = ?')
  const insertSegment = db.prepare<[SegmentRow & { generationId: number; track: string; kind: string }]>(
    `INSERT INTO cache_segments (generation_id, track, seq, epoch_id, kind, start_ms, duration_ms, size_bytes, hash, file,
       first_pts, last_pts)
     VALUES (@generationId, @track, @seq, @epochId, @kind, @startMs, @durationMs, @sizeBytes, @hash, @file, @firstPts, @lastPts)`,
  )
  const removeSegment = db.prepare<[number, string, number, number]>(
    'DELETE FROM cache_segments WHERE generation_id = ? AND track = ? AND seq = ? AND epoch_id = ?',
  )
  const removeEpochs = db.prepare<[number]>('DELETE FROM cache_epochs WHERE generation_id = ?')
  const removeStrand = db.prepare<[number, number]>(
    'DELETE FROM cache_epochs WHERE generation_id = ? AND COALESCE(strand, id) = ?',
  )
  return {
    epochs: (): EpochRow[] => epochs.all(generationId),
    segments: (): SegmentRow[] => segments.all(generationId, track),
    addEpoch: (epoch: NewEpoch): number =>
      Number(insertEpoch.run({ ...epoch, generationId }).lastInsertRowid),
    describeEpoch: (id: number, config: string | null, clockTicks: number | null): void =>
      void describe.run(config, clockTicks, id),
    setEnd: (id: number, endsAt: number): void => void setEnd.run(endsAt, id),
    add: (row: SegmentRow): void =>
      void insertSegment.run({ ...row, generationId, track, kind: row.seq < 0 ? 'init' : 'media' }),
    remove: ({ seq, epochId }: SegmentRow): void => void removeSegment.run(generationId, track, seq, epochId),
    /** With their segments. */
    removeAllEpochs: (): void => void removeEpochs.run(generationId),
    removeStrand: (strand: number): void => void removeStrand.run(generationId, strand),
  }
}

export type SegmentStatements = ReturnType<typeof segmentStatements>
