import { dirname, join } from 'node:path'
import type { Database } from 'better-sqlite3'
import type { Hasher } from '../../store/hasher.ts'
import { placeOf, rigChunkBytes, type MemoryRig } from '../../test-support/memory-rig.ts'

interface Generation {
  readonly id: number
  readonly mediaId: string
  readonly storeName: string
  readonly total: number | null
  readonly present: number
  readonly completedAt: number | null
}

interface History {
  readonly id: number
  readonly mediaId: string
  readonly action: string
}

/** Looks at the rows: each must be true of the disk, also after a power failure, and none may vanish without a line. */
export class RowWatch {
  /** Somebody damaged the disk: rows may be wrong until the damage is found. */
  isSpoilt = false
  /** Bytes that had come are gone again, so that fetching them anew is right. */
  hasLostBytes = false
  /** Titles that must not be evicted. */
  readonly pinned = new Set<string>()
  readonly #rig: MemoryRig
  readonly #hasher: Hasher
  readonly #problems: string[]
  readonly #folder: string
  readonly #generations: () => Generation[]
  readonly #chunks: (id: number) => { idx: number; len: number; hash: Buffer }[]
  readonly #history: (since: number) => History[]
  readonly #doomed: () => { storeName: string; bytes: number }[]
  #present = new Map<number, Generation>()
  #seenHistory: number

  constructor(db: Database, rig: MemoryRig, hasher: Hasher, problems: string[], folder: string) {
    this.#rig = rig
    this.#hasher = hasher
    this.#problems = problems
    this.#folder = folder
    const generations = db.prepare<[], Generation>(
      `SELECT g.id, e.media_id AS mediaId, g.store_name AS storeName, g.total_bytes AS total, g.bytes_present AS present,
       g.completed_at AS completedAt FROM cache_generations g JOIN cache_entries e ON e.id = g.entry_id`,
    )
    const chunks = db.prepare<[number], { idx: number; len: number; hash: Buffer }>(
      'SELECT idx, len, hash FROM cache_chunks WHERE generation_id = ?',
    )
    const history = db.prepare<[number], History>(
      'SELECT id, media_id AS mediaId, action FROM cache_history WHERE id > ? ORDER BY id',
    )
    const doomed = db.prepare<[], { storeName: string; bytes: number }>(
      'SELECT store_name AS storeName, bytes FROM cache_doomed',
    )
    this.#generations = () => generations.all()
    this.#chunks = (id) => chunks.all(id)
    this.#history = (since) => history.all(since)
    this.#doomed = () => doomed.all()
    this.#seenHistory = this.#history(0).at(-1)?.id ?? 0
    for (const row of db
      .prepare<[], { mediaId: string }>('SELECT media_id AS mediaId FROM cache_entries WHERE is_pinned')
      .all())
      this.pinned.add(row.mediaId)
  }

  get usedBytes(): number {
    const present = this.#generations().reduce((sum, row) => sum + row.present, 0)
    return present + this.#doomed().reduce((sum, row) => sum + row.bytes, 0)
  }

  /** Where a title's bytes are now. */
  folderOf(mediaId: string): string | null {
    const row = this.#generations().find((generation) => generation.mediaId === mediaId)
    return row === undefined ? null : join(this.#folder, row.storeName)
  }

  check(): void {
    const generations = this.#generations()
    const history = this.#history(this.#seenHistory)
    this.#seenHistory = history.at(-1)?.id ?? this.#seenHistory
    for (const { mediaId, action } of history) {
      if (action === 'evicted' && this.pinned.has(mediaId))
        this.#problems.push(`${mediaId} is pinned and was evicted`)
      if (action === 'damaged' || action === 'evicted') this.hasLostBytes = true
      if (action === 'damaged' && !this.isSpoilt)
        this.#problems.push(`${mediaId} is called damaged, which it is not`)
    }
    const now = new Map(generations.map((row) => [row.id, row]))
    for (const before of this.#present.values()) {
      const lost = before.present - (now.get(before.id)?.present ?? 0)
      if (lost > 0 && !history.some(({ mediaId }) => mediaId === before.mediaId))
        this.#problems.push(`${lost} bytes of ${before.mediaId} vanished without a line`)
    }
    this.#present = now
    for (const row of generations) this.#checkRows(row)
  }

  /** Folders that no row knows, and rows of folders that are to be deleted. */
  orphans(): string[] {
    const known = new Set(this.#generations().map(({ storeName }) => join(this.#folder, storeName)))
    const folders = this.#rig.disk.folderPaths.filter(
      (path) => dirname(path) === this.#folder && !known.has(path),
    )
    return [
      ...folders.map((path) => `orphan ${path}`),
      ...this.#doomed().map((row) => `not deleted: ${row.storeName}`),
    ]
  }

  #checkRows(row: Generation): void {
    let sum = 0
    for (const { idx, len, hash } of this.#chunks(row.id)) {
      sum += len
      if (this.isSpoilt) continue
      const { name, position } = placeOf(idx * rigChunkBytes)
      const synced = this.#rig.disk.syncedOf(join(this.#folder, row.storeName, name)) ?? Buffer.alloc(0)
      const piece = synced.subarray(position, position + len)
      if (!this.#hasher.hash(piece, this.#hasher.seed(row.storeName, idx)).equals(hash))
        this.#problems.push(`row ${idx} of ${row.mediaId} is not true of the disk`)
    }
    if (sum !== row.present)
      this.#problems.push(`${row.present} bytes are said of ${row.mediaId}, and ${sum} are there`)
    if ((row.completedAt !== null) !== (sum === row.total))
      this.#problems.push(
        `${row.mediaId} has ${sum} of ${row.total} and is ${row.completedAt === null ? 'not ' : ''}complete`,
      )
  }
}
