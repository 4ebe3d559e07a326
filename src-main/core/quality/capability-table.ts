import type { Database } from 'better-sqlite3'
import type { PlayerCapabilities, Undecodable } from '../../../src-preload/contract/index.ts'

/** A file whose Original showed or sounded nothing, and what its picture or sound was coded in. */
export interface FoundOut {
  readonly sourceId: string
  readonly mediaId: string
  readonly missing: Undecodable
  /** In Plex's name; null when the server does not say. */
  readonly codec: string | null
  readonly bitDepth: number
}

/** Engines change with every update: those of long ago are forgotten. */
const keptAgents = 8

/** Tables `player_capabilities` and `player_found` of library.db. */
export function createCapabilityTable(db: Database) {
  const latest = db.prepare<[], { readonly agent: string }>(
    'SELECT agent FROM player_capabilities ORDER BY said_at DESC, rowid DESC LIMIT 1',
  )
  const get = db.prepare<[string], { readonly capabilities: string }>(
    'SELECT capabilities FROM player_capabilities WHERE agent = ?',
  )
  const upsert = db.prepare<[string, string, number]>(
    `INSERT INTO player_capabilities (agent, capabilities, said_at) VALUES (?, ?, ?)
     ON CONFLICT (agent) DO UPDATE SET capabilities = excluded.capabilities, said_at = excluded.said_at`,
  )
  const forget = db.prepare<[number]>(
    `DELETE FROM player_capabilities WHERE agent NOT IN
     (SELECT agent FROM player_capabilities ORDER BY said_at DESC, rowid DESC LIMIT ?)`,
  )
  const found = db.prepare<[string], FoundOut>(
    `SELECT source_id AS sourceId, media_id AS mediaId, missing, codec, bit_depth AS bitDepth
     FROM player_found WHERE agent = ? ORDER BY found_at`,
  )
  const note = db.prepare<FoundOut & { readonly agent: string; readonly at: number }>(
    `INSERT INTO player_found (agent, source_id, media_id, missing, codec, bit_depth, found_at)
     VALUES (@agent, @sourceId, @mediaId, @missing, @codec, @bitDepth, @at)
     ON CONFLICT (agent, source_id, media_id) DO UPDATE SET
       missing = excluded.missing, codec = excluded.codec, bit_depth = excluded.bit_depth, found_at = excluded.found_at`,
  )
  return {
    latestAgent: (): string | null => latest.get()?.agent ?? null,
    get(agent: string): PlayerCapabilities | null {
      const row = get.get(agent)
      return row === undefined ? null : (JSON.parse(row.capabilities) as PlayerCapabilities)
    },
    put(agent: string, capabilities: PlayerCapabilities, at: number): void {
      upsert.run(agent, JSON.stringify(capabilities), at)
      forget.run(keptAgents)
    },
    found: (agent: string): readonly FoundOut[] => found.all(agent),
    /** The agent must have been put. */
    note: (agent: string, row: FoundOut, at: number): void => void note.run({ ...row, agent, at }),
  }
}

export type CapabilityTable = ReturnType<typeof createCapabilityTable>
