import { defined } from '../../base/control.ts'
import type { EntryContext } from '../entry-resource.ts'
import { chunkStatements, type ChunkRow, type ChunkStatements } from '../index/chunks.ts'
import { generationStatements, type GenerationStatements } from '../index/generations.ts'
import type { Span } from '../ranges.ts'
import type { RunningHash } from '../store/hasher.ts'
import type { FileBytes } from './file-bytes.ts'
import type { FileStorage } from './file-storage.ts'

const syncDelayMs = 2_000
const syncBytes = 16 * 1024 * 1024

interface ChunkHash {
  next: number
  readonly running: RunningHash
}

/**
 * Turns written chunks into rows: snapshot of the full chunks → sync of the data → one transaction with just the snapshot.
 * What is written meanwhile waits for the next round, so a row can never precede its bytes.
 */
export class FileSyncer {
  readonly #context: EntryContext
  readonly #storage: FileStorage
  readonly #bytes: FileBytes
  readonly #chunks: ChunkStatements
  readonly #generations: GenerationStatements
  readonly #ready = new Set<number>()
  /** Chunks of the snapshot that is being synced. */
  readonly #syncing = new Set<number>()
  readonly #hashes = new Map<number, ChunkHash>()
  #unsynced = 0
  /** Syncs that failed in a row. */
  #failures = 0
  #timer: Disposable | null = null
  #running: Promise<void> | null = null

  constructor(context: EntryContext, storage: FileStorage, bytes: FileBytes) {
    this.#context = context
    this.#storage = storage
    this.#bytes = bytes
    this.#chunks = chunkStatements(context.db)
    this.#generations = generationStatements(context.db)
  }

  /** Hashes bytes as they come. Chunks that do not come in order from their start are hashed from the disk instead. */
  hash(start: number, data: Uint8Array): void {
    const size = this.#context.generation.chunkSize
    for (let from = 0; from < data.length;) {
      const position = start + from
      const idx = Math.floor(position / size)
      const piece = data.subarray(from, from + (idx + 1) * size - position)
      this.#hashPiece(idx, position, piece, idx * size)
      from += piece.length
    }
  }

  onWritten(start: number, end: number): void {
    const size = this.#context.generation.chunkSize
    for (let idx = Math.floor(start / size); idx * size < end; idx += 1) {
      const span = defined(this.#bytes.chunkSpan(idx), 'chunk')
      if (!this.#bytes.written.covers(span.start, span.end)) continue
      if (this.#bytes.durable.covers(span.start, span.end) || this.#ready.has(idx)) continue
      this.#ready.add(idx)
      this.#unsynced += span.end - span.start
    }
    if (this.#ready.size === 0) return
    const isAll = this.#bytes.written.total === this.#bytes.total
    if (isAll || this.#unsynced >= syncBytes) void this.sync()
    else
      this.#timer ??= this.#context.clock.after(syncDelayMs, () => {
        this.#timer = null
        void this.sync()
      })
  }

  /** Until every chunk that is full now is in rows, or is known to be lost. Never rejects. */
  async sync(): Promise<void> {
    while (this.#running !== null) await this.#running
    if (this.#ready.size === 0 || this.#bytes.isRetired) return
    this.#running = this.#syncOnce().finally(() => {
      this.#running = null
    })
    await this.#running
  }

  /** Until nothing is under way; starts nothing. */
  async settled(): Promise<void> {
    this.#timer?.[Symbol.dispose]()
    this.#timer = null
    while (this.#running !== null) await this.#running
  }

  /** Whether a chunk with something of `[start, end)` is on its way into rows. */
  isPendingWithin(start: number, end: number): boolean {
    const { chunkSize } = this.#context.generation
    for (const idx of [...this.#ready, ...this.#syncing])
      if (idx * chunkSize < end && (idx + 1) * chunkSize > start) return true
    return false
  }

  removeRows(ids: readonly number[]): void {
    const { db, generation } = this.#context
    db.transaction(() => {
      for (const idx of ids) this.#chunks.remove(generation.id, idx)
      this.#generations.setPresent(generation.id, this.#bytes.durable.total, null)
    })()
  }

  #hashPiece(idx: number, position: number, piece: Uint8Array, chunkStart: number): void {
    const { hasher, generation } = this.#context
    let hash = this.#hashes.get(idx)
    if (hash === undefined) {
      if (position !== chunkStart) return
      hash = { next: chunkStart, running: hasher.start(hasher.seed(generation.storeName, idx)) }
      this.#hashes.set(idx, hash)
    }
    if (hash.next !== position) return void this.#hashes.delete(idx)
    hash.running.update(piece)
    hash.next += piece.length
  }

  async #syncOnce(): Promise<void> {
    this.#timer?.[Symbol.dispose]()
    this.#timer = null
    // What was found to be lost meanwhile is not on the disk, whatever a sync says.
    const isThere = ({ span }: { readonly span: Span }): boolean =>
      this.#bytes.written.covers(span.start, span.end)
    const snapshot = [...this.#ready]
      .map((idx) => ({ idx, span: defined(this.#bytes.chunkSpan(idx), 'chunk') }))
      .filter(isThere)
    this.#ready.clear()
    this.#unsynced = 0
    if (snapshot.length === 0) return
    for (const { idx } of snapshot) this.#syncing.add(idx)
    const spans = snapshot.map(({ span }) => span)
    let kept: readonly ChunkRow[]
    try {
      const rows = new Map<number, ChunkRow>()
      for (const { idx, span } of snapshot)
        rows.set(idx, { idx, len: span.end - span.start, hash: await this.#digest(idx, span) })
      const began = this.#context.clock.monotonicMs()
      await this.#storage.sync(spans)
      this.#context.meter.took('sync', this.#context.clock.monotonicMs() - began)
      if (this.#bytes.isRetired) return
      kept = snapshot.filter(isThere).map(({ idx }) => defined(rows.get(idx), 'row'))
      if (kept.length > 0) this.#commit(kept)
      this.#failures = 0
    } catch (error) {
      // After a failed sync the system may have dropped the pages and says so only once: never try that again.
      for (const { idx } of snapshot) this.#hashes.delete(idx)
      this.#failures += 1
      await this.#storage.close()
      await this.#bytes.onSyncError(error, spans, this.#failures)
      return
    } finally {
      this.#syncing.clear()
    }
    this.#bytes.markDurable(kept.map(({ idx }) => defined(this.#bytes.chunkSpan(idx), 'chunk')))
  }

  #commit(rows: readonly ChunkRow[]): void {
    const { db, generation, clock } = this.#context
    const present = this.#bytes.durable.total + rows.reduce((sum, row) => sum + row.len, 0)
    const completedAt = present === this.#bytes.total ? clock.now() : null
    db.transaction(() => {
      for (const row of rows) this.#chunks.insert(generation.id, row)
      this.#generations.setPresent(generation.id, present, completedAt)
    })()
  }

  async #digest(idx: number, span: Span): Promise<Buffer> {
    const { hasher, generation } = this.#context
    const hash = this.#hashes.get(idx)
    this.#hashes.delete(idx)
    if (hash?.next === span.end) return hash.running.digest()
    const data = await this.#storage.read(span.start, span.end - span.start)
    if (data.length !== span.end - span.start) throw new Error(`file ends inside chunk ${idx}`)
    return hasher.hash(data, hasher.seed(generation.storeName, idx))
  }
}
