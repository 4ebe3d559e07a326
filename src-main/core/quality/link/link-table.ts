import type { Database } from 'better-sqlite3'

/** What a link gave when it was last measured. */
export interface LinkRow {
  readonly kbps: number
  /** Epoch ms. */
  readonly measuredAt: number
}

/** Remembers over restarts what links gave, for each source and each way it is reached. In library.db. */
export interface LinkTable {
  get(sourceId: string, connection: string): LinkRow | null
  put(sourceId: string, connection: string, kbps: number, measuredAt: number): void
}

export function createLinkTable(db: Database): LinkTable {
  const get = db.prepare<[string, string], LinkRow>(
    'SELECT kbps, measured_at AS measuredAt FROM source_links WHERE source_id = ? AND connection = ?',
  )
  const put = db.prepare<[string, string, number, number]>(
    `INSERT INTO source_links (source_id, connection, kbps, measured_at) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET kbps = excluded.kbps, measured_at = excluded.measured_at`,
  )
  return {
    get: (sourceId, connection) => get.get(sourceId, connection) ?? null,
    put: (sourceId, connection, kbps, measuredAt) => void put.run(sourceId, connection, kbps, measuredAt),
  }
}
