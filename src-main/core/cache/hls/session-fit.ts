import type { EntryContext } from '../entry-resource.ts'
import type { SessionPurpose } from '../upstream.ts'
import { areJoined, clockOf, judgeAgreement, keepsToGrid, provesClock } from './alignment.ts'
import type { SegmentFacts } from './segment-check.ts'
import { gridSignature, type SegmentGrid } from './segment-grid.ts'
import { initSeq } from './segment-name.ts'
import type { SegmentShelf } from './segment-shelf.ts'
import { shiftFmp4 } from './shift-fmp4.ts'
import { shiftTs } from './shift-ts.ts'
import { coverageOf, viewOf, type Strand } from './strand.ts'
import { ptsDistance, ptsWrap } from './ts-packets.ts'

/** A piece as a session sent it. */
export interface SentPiece {
  readonly seq: number
  readonly bytes: Uint8Array
  readonly facts: SegmentFacts
}

/** A piece as it is handed out; `strand` null: it is not kept. */
export interface FittedPiece extends SentPiece {
  readonly strand: Strand | null
  readonly epochId: number
}

/** A third would hardly ever be the one that gets whole. */
const maxStrands = 3

/**
 * Finds where one session's segments belong. Before the first of them is kept, the session is held against what is there: it joins a strand
 * that it agrees with, with its clock set right where only that differs and was proven, or begins a strand of its own. A session that
 * does not keep to its own playlist is played and not kept.
 */
export class SessionFit {
  readonly #context: EntryContext
  readonly #shelf: SegmentShelf
  readonly #grid: SegmentGrid
  readonly #startSegment: number
  readonly #purpose: SessionPurpose
  #strand: Strand | null = null
  #epochId = 0
  /** Of the session, as it is sent. */
  #clock: number | null = null
  #shiftTicks = 0
  #isPassing = false
  #proof: { readonly strand: Strand; readonly byTicks: number } | null = null
  #init: Uint8Array | null = null

  constructor(
    context: EntryContext,
    shelf: SegmentShelf,
    grid: SegmentGrid,
    startSegment: number,
    purpose: SessionPurpose,
  ) {
    this.#context = context
    this.#shelf = shelf
    this.#grid = grid
    this.#startSegment = startSegment
    this.#purpose = purpose
  }

  /** The initialisation part, once it came. */
  get init(): Uint8Array | null {
    return this.#init
  }

  /** Where its segments go; null until the first came, and when they are not kept. */
  get strand(): Strand | null {
    return this.#isPassing ? null : this.#strand
  }

  /** Nothing more of it is kept. */
  get isPassing(): boolean {
    return this.#isPassing
  }

  /** What it sent may go with what is kept but for its clock, which was not proven: a copy of a kept segment would tell. */
  wantsProof = false

  /** Sets the initialisation part, which is kept once a strand is found. */
  setInit(init: Uint8Array): void {
    this.#init = init
  }

  /** Holds the session's copy of a kept segment against it. */
  async prove(strand: Strand, { seq, facts }: SentPiece): Promise<void> {
    const kept = await this.#shelf.factsOf(strand, seq)
    const clock = clockOf(this.#grid, seq, facts)
    if (kept?.firstPts == null || facts.firstPts === null || clock === null) return
    if (!keepsToGrid(this.#grid, seq, facts, clock) || !provesClock(kept, facts)) return
    this.#proof = { strand, byTicks: ptsDistance(kept.firstPts, facts.firstPts) }
  }

  /** Places a piece, and sets its time stamps right. */
  async place(piece: SentPiece): Promise<FittedPiece> {
    const { seq, facts } = piece
    if (seq === initSeq) return { ...piece, strand: this.strand, epochId: this.#epochId }
    if (this.#strand === null && !this.#isPassing) await this.#begin(seq, facts)
    if (!this.#isPassing && !keepsToGrid(this.#grid, seq, facts, this.#clock ?? 0))
      this.#pass('its segments are not those of its playlist')
    const shifted = this.#shift(piece)
    if (this.#strand !== null && !this.#isPassing && !this.#joins(this.#strand, shifted))
      this.#pass('its segments do not join those kept')
    return { ...shifted, strand: this.strand, epochId: this.#epochId }
  }

  async #begin(seq: number, facts: SegmentFacts): Promise<void> {
    const clock = clockOf(this.#grid, seq, facts)
    this.#clock = clock
    if (clock === null || !keepsToGrid(this.#grid, seq, facts, clock))
      return this.#pass('its segments are not those of its playlist')
    const { ledger } = this.#shelf
    const strands = this.#candidates()
    const empty = strands.find((strand) => this.#shelf.isEmpty(strand))
    if (empty !== undefined && strands.length === 1) return this.#join(empty, facts, clock, 0)
    let displacedBy: number | null = null
    for (const strand of strands.filter((candidate) => candidate !== empty)) {
      const agreement = judgeAgreement(this.#grid, facts, clock, await this.#shelf.view(strand, seq))
      if (agreement.kind === 'agrees') return this.#join(strand, facts, clock, 0)
      if (agreement.kind === 'displaced') {
        if (this.#isProven(strand, agreement.byTicks, facts))
          return this.#join(strand, facts, clock, -(this.#proof?.byTicks ?? 0))
        displacedBy ??= agreement.byTicks
      }
    }
    this.wantsProof = displacedBy !== null && this.#proof === null
    // A download can wait for the proof.
    if (this.wantsProof && this.#purpose === 'fill' && ledger.serving?.rows.has(seq - 1) === true)
      return this.#pass('its clock is another, which has to be proven first')
    // A player that is in the middle of the title goes on by the clock that it knows.
    const shiftTicks = -(displacedBy ?? 0)
    if (empty !== undefined) return this.#join(empty, facts, clock, shiftTicks)
    const [, ...rest] = ledger.strands.toSorted((a, b) => coverageOf(b) - coverageOf(a))
    if (ledger.strands.length >= maxStrands) {
      const least = rest.findLast((strand) => strand !== ledger.serving)
      if (least !== undefined) this.#shelf.drop(least, 'segments of newer sessions do not go with these')
    }
    const strand = ledger.begin(this.#grid, {
      config: facts.config,
      clock: later(clock, shiftTicks),
      shiftTicks,
      startSegment: this.#startSegment,
    })
    this.#context.logger.info('hls-strand-begun', { strand: strand.id, seq, displacedBy: displacedBy ?? 0 })
    this.#strand = strand
    this.#epochId = strand.id
    this.#shiftTicks = shiftTicks
  }

  /** Strands on this session's grid, the one that players get first. */
  #candidates(): Strand[] {
    const { strands, serving } = this.#shelf.ledger
    const signature = gridSignature(this.#grid)
    return strands
      .filter((strand) => strand.signature === signature)
      .toSorted((a, b) => Number(b === serving) - Number(a === serving) || coverageOf(b) - coverageOf(a))
  }

  #isProven(strand: Strand, byTicks: number, facts: SegmentFacts): boolean {
    if (this.#proof?.strand !== strand) return false
    const apart = Math.abs(ptsDistance(this.#proof.byTicks, byTicks))
    return apart <= (facts.longestFrameTicks ?? 0)
  }

  #join(strand: Strand, facts: SegmentFacts, clock: number, shiftTicks: number): void {
    this.#strand = strand
    this.#shiftTicks = shiftTicks
    this.#epochId = this.#shelf.ledger.join(strand, {
      config: facts.config,
      clock: later(clock, shiftTicks),
      shiftTicks,
      startSegment: this.#startSegment,
    })
  }

  #pass(reason: string): void {
    this.#isPassing = true
    this.#context.logger.warn('hls-session-not-kept', { reason })
  }

  #joins(strand: Strand, { seq, facts }: SentPiece): boolean {
    const { before, after } = viewOf(strand, seq)
    return (before === null || areJoined(before, facts)) && (after === null || areJoined(facts, after))
  }

  #shift(piece: SentPiece): SentPiece {
    const ticks = this.#shiftTicks
    if (ticks === 0) return piece
    const isTs = this.#grid.container === 'ts'
    const bytes = isTs ? shiftTs(piece.bytes, ticks) : this.#init && shiftFmp4(piece.bytes, this.#init, ticks)
    if (bytes === null) {
      this.#pass('its time stamps cannot be set right')
      return piece
    }
    const moved = (pts: number | null): number | null => (pts === null ? null : later(pts, ticks))
    const { facts } = piece
    return {
      ...piece,
      bytes,
      facts: { ...facts, firstPts: moved(facts.firstPts), lastPts: moved(facts.lastPts) },
    }
  }
}

const later = (time: number, ticks: number): number => (((time + ticks) % ptsWrap) + ptsWrap) % ptsWrap
