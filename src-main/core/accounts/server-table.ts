import type { Database } from 'better-sqlite3'

export interface ServerRow {
  readonly sourceId: string
  readonly name: string
  /** Origin. */
  readonly address: string
  /** Epoch ms. */
  readonly addedAt: number
  /** What somebody said of the way there; null: as the address tells. */
  readonly connection: 'lan' | 'wan' | 'relay' | null
}

/** Table `servers` of library.db. */
export function createServerTable(db: Database) {
  const all = db.prepare<[], ServerRow>(
    'SELECT source_id AS sourceId, name, address, added_at AS addedAt, connection FROM servers ORDER BY added_at, source_id',
  )
  const upsert = db.prepare<ServerRow>(
    `INSERT INTO servers (source_id, name, address, added_at) VALUES (@sourceId, @name, @address, @addedAt)
     ON CONFLICT (source_id) DO UPDATE SET name = excluded.name, address = excluded.address`,
  )
  const rename = db.prepare<[string, string]>('UPDATE servers SET name = ? WHERE source_id = ?')
  const setConnection = db.prepare<[ServerRow['connection'], string]>(
    'UPDATE servers SET connection = ? WHERE source_id = ?',
  )
  const remove = db.prepare<[string]>('DELETE FROM servers WHERE source_id = ?')
  return {
    all: (): readonly ServerRow[] => all.all(),
    /** Keeps `added_at` and `connection` of a server that is there already, and with it its place in lists. */
    put: (row: ServerRow): void => void upsert.run(row),
    rename: (sourceId: string, name: string): void => void rename.run(name, sourceId),
    setConnection: (sourceId: string, connection: ServerRow['connection']): void =>
      void setConnection.run(connection, sourceId),
    remove: (sourceId: string): boolean => remove.run(sourceId).changes > 0,
  }
}

export type ServerTable = ReturnType<typeof createServerTable>
