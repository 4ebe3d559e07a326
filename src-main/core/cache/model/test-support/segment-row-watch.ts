import { dirname, join } from 'node:path'
import { createHasher } from '../../store/hasher.ts'
import type { MemoryRig } from '../../test-support/memory-rig.ts'

export interface WatchedRow {
  readonly storeName: string
  readonly seq: number
  readonly file: string
  readonly sizeBytes: number
  readonly hash: Buffer
}

const hasher = await createHasher()

/** Looks at the rows of segments: each must be true of the disk, also after a power failure. */
export class SegmentRowWatch {
  /** Somebody damaged the disk: rows may be wrong until that is found. */
  isSpoilt = false
  readonly #rig: MemoryRig

  constructor(rig: MemoryRig) {
    this.#rig = rig
  }

  rows(): WatchedRow[] {
    return this.#rig.db
      .prepare<[], WatchedRow>(
        `SELECT g.store_name AS storeName, seq, file, size_bytes AS sizeBytes, hash
         FROM cache_segments s JOIN cache_generations g ON g.id = s.generation_id`,
      )
      .all()
  }

  pathOf({ storeName, file }: WatchedRow): string {
    return join(this.#rig.cacheFolder, storeName, file)
  }

  /** What is wrong at the moment. */
  problems(): string[] {
    const { disk, cache, limits } = this.#rig
    const rows = this.rows()
    const lies = rows.filter((row) => !this.isSpoilt && !this.#isTrue(row))
    const present = this.#sum('bytes_present', 'cache_generations')
    const sum = rows.reduce((bytes, row) => bytes + row.sizeBytes, 0)
    const held = present + this.#sum('bytes', 'cache_doomed') + cache.counters().reservedBytes
    return [
      ...lies.map(({ seq, storeName }) => `row ${seq} of ${storeName} is not true of the disk`),
      ...(present === sum ? [] : [`${present} bytes are said, and ${sum} are there`]),
      ...(held <= limits.limitBytes ? [] : [`${held} used and reserved of ${limits.limitBytes}`]),
      ...disk.writtenAfterRemoval.map((path) => `written after removal: ${path}`),
    ]
  }

  /** Folders that no row knows. */
  orphans(): string[] {
    const { db, disk, cacheFolder } = this.#rig
    const names = db.prepare<[], string>('SELECT store_name FROM cache_generations').pluck().all()
    const known = new Set(names.map((name) => join(cacheFolder, name)))
    return disk.folderPaths.filter((path) => dirname(path) === cacheFolder && !known.has(path))
  }

  #isTrue(row: WatchedRow): boolean {
    const data = this.#rig.disk.syncedOf(this.pathOf(row))
    if (data?.length !== row.sizeBytes) return false
    return hasher.hash(data, hasher.seed(row.storeName, row.seq)).equals(row.hash)
  }

  #sum(column: string, table: string): number {
    const sql = `SELECT COALESCE(SUM(${column}), 0) FROM ${table}`
    return this.#rig.db.prepare<[], number>(sql).pluck().get() ?? 0
  }
}
