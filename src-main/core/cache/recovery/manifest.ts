import type { Database } from 'better-sqlite3'
import { z } from 'zod'
import { defined } from '../../base/control.ts'

/** In the generation's folder, beside its bytes. */
export const manifestName = 'manifest.json'

/** Bytes as `{ hex }`: JSON has none. */
const value = z.union([z.string(), z.number(), z.null(), z.strictObject({ hex: z.hex() })])
const row = z.record(z.string(), value)
const schema = z.strictObject({
  version: z.literal(1),
  entry: row,
  generation: row,
  chunks: z.array(row),
  epochs: z.array(row),
  segments: z.array(row),
})

type Row = z.infer<typeof row>
/** All rows about one copy, so that it can be known again when the index was lost. Row numbers are those of the lost index. */
export type Manifest = z.infer<typeof schema>

/** The rows of a generation as text. */
export function writeManifest(db: Database, generationId: number): string {
  const select = (sql: string): Row[] => (db.prepare(sql).all(generationId) as Raw[]).map(toJson)
  const manifest: Manifest = {
    version: 1,
    entry: defined(
      select('SELECT * FROM cache_entries WHERE current_generation_id = ?')[0],
      'entry of the generation',
    ),
    generation: defined(select('SELECT * FROM cache_generations WHERE id = ?')[0], 'generation'),
    chunks: select('SELECT * FROM cache_chunks WHERE generation_id = ?'),
    epochs: select('SELECT * FROM cache_epochs WHERE generation_id = ? ORDER BY id'),
    segments: select('SELECT * FROM cache_segments WHERE generation_id = ?'),
  }
  return JSON.stringify(manifest)
}

/** Null when it is no manifest of this folder. */
export function readManifest(text: string, storeName: string): Manifest | null {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return null
  }
  const parsed = schema.safeParse(json)
  if (!parsed.success || parsed.data.generation['store_name'] !== storeName) return null
  // Whoever wrote it: no file outside of the folder is ever touched for it.
  const isInside = parsed.data.segments.every(
    ({ file }) => typeof file === 'string' && /^s\/[\w.-]+$/.test(file),
  )
  return isInside ? parsed.data : null
}

/**
 * Puts the rows of a manifest into an index that knows nothing of it, in one transaction; answers the entry's number. What it says of its
 * bytes is believed until they are read: every chunk and segment is compared with its hash then. Throws when the rows do not fit this version.
 */
export function adoptManifest(db: Database, manifest: Manifest, accessSeq: number): number {
  const { entry, generation, chunks, epochs, segments } = manifest
  const pieces =
    chunks.length > 0 ? chunks.map(({ len }) => len) : segments.map(({ size_bytes: size }) => size)
  const present = pieces.reduce<number>((sum, size) => sum + Number(size), 0)
  const isWhole = present === Number(generation['bytes_present']) && generation['completed_at'] !== null
  return db.transaction(() => {
    const entryId = insert(db, 'cache_entries', {
      ...without(entry, 'id'),
      current_generation_id: null,
      access_seq: accessSeq,
      is_dirty: 1,
    })
    const generationId = insert(db, 'cache_generations', {
      ...without(generation, 'id'),
      entry_id: entryId,
      bytes_present: present,
      completed_at: isWhole ? (generation['completed_at'] ?? null) : null,
      verified_at: null,
    })
    db.prepare('UPDATE cache_entries SET current_generation_id = ? WHERE id = ?').run(generationId, entryId)
    for (const chunk of chunks) insert(db, 'cache_chunks', { ...chunk, generation_id: generationId })
    const numbers = new Map<unknown, number>()
    for (const epoch of epochs) {
      const id = insert(db, 'cache_epochs', {
        ...without(epoch, 'id', 'strand'),
        generation_id: generationId,
      })
      numbers.set(epoch['id'], id)
      const strand = numbers.get(epoch['strand']) ?? id
      db.prepare('UPDATE cache_epochs SET strand = ? WHERE id = ?').run(strand, id)
    }
    for (const segment of segments) {
      const epochId = defined(numbers.get(segment['epoch_id']), 'epoch of the segment')
      insert(db, 'cache_segments', { ...segment, generation_id: generationId, epoch_id: epochId })
    }
    return entryId
  })()
}

type Raw = Readonly<Record<string, string | number | null | Uint8Array>>

const toJson = (raw: Raw): Row =>
  Object.fromEntries(
    Object.entries(raw).map(([name, field]) => [
      name,
      field instanceof Uint8Array ? { hex: Buffer.from(field).toString('hex') } : field,
    ]),
  )

const fromJson = (field: Row[string]): string | number | null | Buffer =>
  typeof field === 'object' && field !== null ? Buffer.from(field.hex, 'hex') : field

function without(from: Row, ...names: readonly string[]): Row {
  return Object.fromEntries(Object.entries(from).filter(([name]) => !names.includes(name)))
}

/** Columns that this version does not have are left out; those that the manifest does not have get their defaults. */
function insert(db: Database, table: string, fields: Row): number {
  const known = db.pragma(`table_info(${table})`) as readonly { readonly name: string }[]
  const names = known.map(({ name }) => name).filter((name) => name in fields)
  const marks = names.map(() => '?').join(', ')
  const values = names.map((name) => fromJson(fields[name] ?? null))
  const result = db.prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${marks})`).run(...values)
  return Number(result.lastInsertRowid)
}
