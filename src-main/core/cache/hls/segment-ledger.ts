import { createHash } from 'node:crypto'
import type { TimeRange } from '../../../../src-preload/contract/index.ts'
import type { EntryContext, ResourceStatus } from '../entry-resource.ts'
import { generationStatements, type GenerationStatements } from '../index/generations.ts'
import type { HlsPlan } from '../upstream.ts'
import { gridOfText, gridSignature, gridText, type SegmentGrid } from './segment-grid.ts'
import { initSeq } from './segment-name.ts'
import { segmentStatements, type SegmentRow, type SegmentStatements } from './segment-rows.ts'

/** The rows of one generation's segments and what follows from them. Synchronous; every change is one transaction. */
export class SegmentLedger {
  readonly #context: EntryContext
  readonly #plan: HlsPlan
  readonly #rows: SegmentStatements
  readonly #generations: GenerationStatements
  readonly #kept = new Map<number, SegmentRow>()
  #grid: SegmentGrid | null = null
  #bytesPresent = 0
  #completedAt: number | null
  #isRetired = false

  constructor(context: EntryContext, plan: HlsPlan) {
    this.#context = context
    this.#plan = plan
    this.#rows = segmentStatements(context.db, context.generation.id)
    this.#generations = generationStatements(context.db)
    this.#completedAt = context.generation.completedAt
    const grids = this.#rows.epochs().map(({ segmentGrid }) => gridOfText(segmentGrid))
    this.#grid = grids.find((grid) => grid !== null) ?? null
    const count = this.#grid?.durationsUs.length ?? 0
    for (const row of this.#rows.segments()) {
      // Rows that cannot be placed count too: their bytes lie on the disk.
      this.#bytesPresent += row.sizeBytes
      if (row.seq < count && !this.#kept.has(row.seq)) this.#kept.set(row.seq, row)
    }
  }

  /** Null until a playlist was read. */
  get grid(): SegmentGrid | null {
    return this.#grid
  }

  get isEmpty(): boolean {
    return this.#kept.size === 0
  }

  get isRetired(): boolean {
    return this.#isRetired
  }

  get isComplete(): boolean {
    return this.#grid !== null && this.#kept.size === pieces(this.#grid)
  }

  /** How much of the title is kept, 0 to 1. */
  get coverage(): number {
    return this.#grid === null ? 0 : this.#kept.size / pieces(this.#grid)
  }

  get(seq: number): SegmentRow | undefined {
    return this.#kept.get(seq)
  }

  rows(): SegmentRow[] {
    return [...this.#kept.values()]
  }

  /** Begins anew with this grid and one epoch, whose id it answers; nothing stays. */
  begin(grid: SegmentGrid, startSegment: number): number {
    let epochId = 0
    this.#kept.clear()
    this.#grid = grid
    this.#commit(() => {
      this.#rows.removeAllEpochs()
      epochId = this.addEpoch(startSegment)
      this.#generations.setSegmentCount(this.#context.generation.id, grid.durationsUs.length)
      return -this.#bytesPresent
    })
    return epochId
  }

  /** A further session's epoch. */
  addEpoch(startSegment: number): number {
    const grid = this.#grid
    if (grid === null || this.#isRetired) return 0
    return this.#rows.addEpoch({
      profileHash: createHash('sha256').update(this.#plan.profile).digest('hex').slice(0, 32),
      playlistSignature: gridSignature(grid),
      segmentGrid: gridText(grid),
      startSegment,
      createdAt: this.#context.clock.now(),
    })
  }

  /** A segment whose bytes are synced. */
  add(row: SegmentRow): void {
    this.#kept.set(row.seq, row)
    try {
      this.#commit(() => {
        this.#rows.add(row)
        return row.sizeBytes
      })
    } catch (error) {
      this.#kept.delete(row.seq)
      throw error
    }
  }

  /** A segment whose file is gone or damaged. False when it was not in the rows any more. */
  lose(row: SegmentRow): boolean {
    if (this.#kept.get(row.seq) !== row) return false
    this.#kept.delete(row.seq)
    this.#commit(() => {
      this.#rows.remove(row)
      return -row.sizeBytes
    })
    if (!this.#isRetired)
      this.#context.record('damaged', `segment ${row.seq} is not what was written`, row.sizeBytes)
    return true
  }

  /** No row is written any more. */
  retire(): void {
    this.#isRetired = true
  }

  status(): ResourceStatus {
    const isComplete = this.isComplete
    return {
      bytesPresent: this.#bytesPresent,
      bytesTotal: isComplete ? this.#bytesPresent : this.#estimateBytes(),
      bytesTotalIsEstimate: !isComplete,
      complete: isComplete,
    }
  }

  /** Stretches of the title whose segments are kept. */
  present(): readonly TimeRange[] {
    const grid = this.#grid
    const ranges: { startMs: number; endMs: number }[] = []
    if (grid === null) return ranges
    for (const seq of [...this.#kept.keys()].filter((at) => at !== initSeq).sort((a, b) => a - b)) {
      const startMs = Math.round((grid.startsUs[seq] ?? 0) / 1000)
      const endMs = Math.round((grid.startsUs[seq + 1] ?? 0) / 1000)
      const last = ranges.at(-1)
      if (last?.endMs === startMs) last.endMs = endMs
      else ranges.push({ startMs, endMs })
    }
    return ranges
  }

  #estimateBytes(): number | null {
    const { bitrateKbps, durationMs } = this.#plan
    const grid = this.#grid
    const segments = this.#kept.size - Number(this.#kept.has(initSeq))
    if (grid === null || segments === 0) return Math.round((bitrateKbps * durationMs) / 8) || null
    return Math.round((this.#bytesPresent / segments) * grid.durationsUs.length)
  }

  /** `change` tells by how many bytes the generation grew. */
  #commit(change: () => number): void {
    if (this.#isRetired) return
    const { db, generation, clock } = this.#context
    const completedAt = this.isComplete ? (this.#completedAt ?? clock.now()) : null
    db.transaction(() => {
      const bytesPresent = this.#bytesPresent + change()
      this.#generations.setPresent(generation.id, bytesPresent, completedAt)
      this.#bytesPresent = bytesPresent
    })()
    this.#completedAt = completedAt
    this.#context.onChange()
  }
}

/** The first piece of a title: its initialisation part, where there is one. */
export const firstPiece = (grid: SegmentGrid): number => (grid.container === 'fmp4' ? initSeq : 0)

const pieces = (grid: SegmentGrid): number => grid.durationsUs.length - firstPiece(grid)
