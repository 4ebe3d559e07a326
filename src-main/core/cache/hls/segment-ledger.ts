import { createHash } from 'node:crypto'
import type { TimeRange } from '../../../../src-preload/contract/index.ts'
import type { EntryContext, ResourceStatus } from '../entry-resource.ts'
import { durably } from '../index/durably.ts'
import { generationStatements, type GenerationStatements } from '../index/generations.ts'
import type { HlsPlan } from '../upstream.ts'
import { gridOfText, gridSignature, gridText, type SegmentGrid } from './segment-grid.ts'
import { initSeq } from './segment-name.ts'
import { segmentStatements, type SegmentRow, type SegmentStatements } from './segment-rows.ts'
import { coverageOf, isWhole, newStrand, readStrands, type Strand } from './strand.ts'

/** What a session that begins or joins a strand brings. */
export interface NewSession {
  readonly config: string | null
  readonly clock: number | null
  /** Taken out of its time stamps on arrival. */
  readonly shiftTicks: number
  readonly startSegment: number
}

const noSession: NewSession = { config: null, clock: null, shiftTicks: 0, startSegment: 0 }

/** The rows of one generation's segments and what follows from them. Synchronous; every change is one transaction. */
export class SegmentLedger {
  readonly #context: EntryContext
  readonly #plan: HlsPlan
  readonly #rows: SegmentStatements
  readonly #generations: GenerationStatements
  #strands: Strand[]
  #serving: Strand | null = null
  #bytesPresent = 0
  #completedAt: number | null
  #isRetired = false

  constructor(context: EntryContext, plan: HlsPlan) {
    this.#context = context
    this.#plan = plan
    this.#rows = segmentStatements(context.db, context.generation.id)
    this.#generations = generationStatements(context.db)
    this.#completedAt = context.generation.completedAt
    const { strands, strayBytes } = readStrands(this.#rows.epochs(), this.#rows.segments(), gridOfText)
    this.#strands = strands
    // Rows that cannot be placed count too: their bytes lie on the disk.
    this.#bytesPresent = strayBytes + strands.reduce((sum, strand) => sum + bytesOf(strand), 0)
    this.serveBest()
  }

  /** The strand that players get; null until a playlist was read. */
  get serving(): Strand | null {
    return this.#serving
  }

  get strands(): readonly Strand[] {
    return this.#strands
  }

  /** Of the strand that players get. */
  get grid(): SegmentGrid | null {
    return this.#serving?.grid ?? null
  }

  get isRetired(): boolean {
    return this.#isRetired
  }

  get isComplete(): boolean {
    return this.#serving !== null && isWhole(this.#serving)
  }

  /** Segments of all strands, for who looks after files. */
  rows(): SegmentRow[] {
    return this.#strands.flatMap(({ rows }) => [...rows.values()])
  }

  /** The best covered strand is what players get from now on; of two the older one. */
  serveBest(): void {
    this.#serving = this.#strands.reduce<Strand | null>(
      (best, strand) => (best === null || coverageOf(strand) > coverageOf(best) ? strand : best),
      null,
    )
  }

  /** Players get this one from now on. */
  serve(strand: Strand): void {
    this.#serving = strand
  }

  /** The best covered strand on this grid; a new one when there is none, with a row that remembers the grid. */
  strandOn(grid: SegmentGrid): Strand {
    const signature = gridSignature(grid)
    const known = this.#strands
      .filter((strand) => strand.signature === signature)
      .toSorted((a, b) => coverageOf(b) - coverageOf(a))
    return known[0] ?? this.begin(grid, noSession)
  }

  /** Begins a strand. */
  begin(grid: SegmentGrid, session: NewSession): Strand {
    const strand = newStrand(this.#addEpoch(grid, null, session), grid, session.config, session.clock)
    this.#strands.push(strand)
    this.#serving ??= strand
    if (strand === this.#serving)
      this.#generations.setSegmentCount(this.#context.generation.id, grid.durationsUs.length)
    return strand
  }

  /** A session's segments go into this strand; answers their epoch. What is empty takes the session's clock and encoding. */
  join(strand: Strand, session: NewSession): number {
    if (strand.rows.size === 0) {
      strand.config = session.config
      strand.clock = session.clock
      if (!this.#isRetired) this.#rows.describeEpoch(strand.id, session.config, session.clock)
    }
    return this.#addEpoch(strand.grid, strand.id, session)
  }

  /** A segment whose bytes are synced. */
  add(strand: Strand, row: SegmentRow): void {
    strand.rows.set(row.seq, row)
    const before = this.#serving
    if (isWhole(strand)) this.#serving = strand
    try {
      this.#commit(() => {
        this.#rows.add(row)
        return row.sizeBytes
      })
    } catch (error) {
      strand.rows.delete(row.seq)
      this.#serving = before
      throw error
    }
  }

  /** The title ends before segment `end`, whatever is listed. */
  endAt(strand: Strand, end: number): void {
    strand.end = end
    if (isWhole(strand)) this.#serving = strand
    this.#commit(() => {
      this.#rows.setEnd(strand.id, end)
      return 0
    })
  }

  /** A segment whose file is gone or damaged. False when it was not in the rows any more. */
  lose(strand: Strand, row: SegmentRow, reason: string): boolean {
    if (strand.rows.get(row.seq) !== row) return false
    strand.rows.delete(row.seq)
    this.#commit(() => {
      this.#rows.remove(row)
      return -row.sizeBytes
    })
    if (!this.#isRetired) this.#context.record('damaged', reason, row.sizeBytes)
    return true
  }

  /** Gives a strand up, with a line in the history when there was anything in it; answers its rows, whose files may go. */
  drop(strand: Strand, reason: string): SegmentRow[] {
    const rows = [...strand.rows.values()]
    const bytes = bytesOf(strand)
    this.#strands = this.#strands.filter((other) => other !== strand)
    strand.rows.clear()
    if (strand === this.#serving) this.serveBest()
    // Its files go next: the power must not bring the rows back without them.
    this.#commit(() => {
      this.#rows.removeStrand(strand.id)
      return -bytes
    }, durably)
    if (bytes > 0 && !this.#isRetired) this.#context.record('replaced', reason, bytes)
    return rows
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
    const ranges: { startMs: number; endMs: number }[] = []
    if (this.#serving === null) return ranges
    const { grid, rows } = this.#serving
    for (const seq of [...rows.keys()].filter((at) => at !== initSeq).sort((a, b) => a - b)) {
      const startMs = Math.round((grid.startsUs[seq] ?? 0) / 1000)
      const endMs = Math.round((grid.startsUs[seq + 1] ?? 0) / 1000)
      const last = ranges.at(-1)
      if (last?.endMs === startMs) last.endMs = endMs
      else ranges.push({ startMs, endMs })
    }
    return ranges
  }

  #addEpoch(grid: SegmentGrid, strand: number | null, session: NewSession): number {
    if (this.#isRetired) return 0
    return this.#rows.addEpoch({
      strand,
      profileHash: createHash('sha256').update(this.#plan.profile).digest('hex').slice(0, 32),
      playlistSignature: gridSignature(grid),
      segmentGrid: gridText(grid),
      config: session.config,
      clockTicks: session.clock === null ? null : Math.round(session.clock),
      shiftTicks: session.shiftTicks,
      startSegment: session.startSegment,
      createdAt: this.#context.clock.now(),
    })
  }

  #estimateBytes(): number | null {
    const { bitrateKbps, durationMs } = this.#plan
    const serving = this.#serving
    const segments = serving === null ? 0 : serving.rows.size - Number(serving.rows.has(initSeq))
    if (serving === null || segments === 0) return Math.round((bitrateKbps * durationMs) / 8) || null
    return Math.round((bytesOf(serving) / segments) * serving.end)
  }

  /** `change` tells by how many bytes the generation grew. */
  #commit(change: () => number, run: typeof durably = (at, work) => at.transaction(work)()): void {
    if (this.#isRetired) return
    const { db, generation, clock } = this.#context
    const completedAt = this.isComplete ? (this.#completedAt ?? clock.now()) : null
    run(db, () => {
      const bytesPresent = this.#bytesPresent + change()
      this.#generations.setPresent(generation.id, bytesPresent, completedAt)
      this.#bytesPresent = bytesPresent
    })
    this.#completedAt = completedAt
    this.#context.onChange()
  }
}

const bytesOf = ({ rows }: Strand): number =>
  [...rows.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
