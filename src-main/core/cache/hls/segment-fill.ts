import type { WaitingReason } from '../../../../src-preload/contract/index.ts'
import type { SpoolError } from '../../spool-error.ts'
import type { EntryContext, FillResult } from '../entry-resource.ts'
import type { Priority } from '../schedule/priority.ts'
import { FillCourse } from './fill-course.ts'
import type { HlsTiming } from './hls-timing.ts'
import { RungFill } from './rung-fill.ts'
import { refusalOf } from './segment-refusal.ts'
import type { SegmentShelf } from './segment-shelf.ts'
import type { Attempt, SegmentSource } from './segment-source.ts'
import { playlistSeq } from './segment-wants.ts'
import type { Strand } from './strand.ts'
import type { TurnLoop } from './turn-loop.ts'

/** A download that is faster than the disk waits. */
const maxUnwrittenBytes = 8 * 1024 * 1024

export interface SegmentFillParts {
  readonly context: EntryContext
  readonly shelf: SegmentShelf
  readonly timing: HlsTiming
  readonly source: SegmentSource
  readonly loop: TurnLoop
  readonly isReachable: () => boolean
  /** Somebody watches what the session gives. */
  readonly isWatched: () => boolean
  /** A player waits for a piece. */
  readonly isWaitedFor: () => boolean
  /** Whether a piece that did not come is beyond the title's real end. */
  readonly endsBefore: (strand: Strand | null, seq: number, attempt: Attempt) => boolean
  readonly onOtherPlaylist: () => void
}

/** The download of a rung, piece by piece, from what players leave of the encoder. */
export class SegmentFill {
  readonly #parts: SegmentFillParts
  readonly #course: FillCourse
  #fill: RungFill | null = null

  constructor(parts: SegmentFillParts) {
    this.#parts = parts
    this.#course = new FillCourse(parts.timing)
  }

  get isActive(): boolean {
    return this.#fill !== null
  }

  /** Until all is here, or it cannot go on for now. Rejects with the signal's reason, and with what will not get better. */
  begin(signal: AbortSignal, of: Priority): Promise<FillResult> {
    const { shelf, source, loop } = this.#parts
    if (signal.aborted) return Promise.reject(signal.reason as Error)
    if (shelf.ledger.isComplete) return Promise.resolve('complete')
    const fill = new RungFill(signal, of)
    this.#fill = fill
    const onAbort = (): void => {
      const { flight } = source
      if (flight?.purpose === 'fill') flight.abort.abort()
      this.#end(fill, () => fill.result.reject(signal.reason))
    }
    signal.addEventListener('abort', onAbort, { once: true })
    loop.kick()
    return fill.result.promise.finally(() => signal.removeEventListener('abort', onAbort))
  }

  /** One attempt at the next missing piece, unless something speaks against it now. */
  async turn(nowMs: number): Promise<void> {
    const fill = this.#fill
    if (fill === null) return
    const { shelf, timing, source, loop, context, isReachable, isWatched, isWaitedFor } = this.#parts
    const { ledger } = shelf
    if (ledger.isComplete) return this.#end(fill, () => fill.result.resolve('complete'))
    if (isWatched()) return this.park('server-paces', timing.fillBusyMs)
    if (!isReachable()) return this.park('source-unreachable', timing.fillBusyMs)
    if (this.#course.notBeforeMs > nowMs) return loop.pause(this.#course.notBeforeMs - nowMs)
    const strand = fill.strandIn(ledger, source.desk.lease?.fit.strand ?? null)
    const seq = strand === null ? playlistSeq : shelf.firstMissing(strand)
    if (seq === null || shelf.unwrittenBytes > maxUnwrittenBytes) return loop.pause(1000)
    if (!(await source.gate(this.#bytesPerSegment(), fill.signal, fill.of))) return
    if (this.#fill !== fill || isWaitedFor()) return
    fill.seq = seq
    const patienceMs = this.#course.begin(seq, source.desk.lease, context.clock.monotonicMs())
    const outcome = await source.attempt(seq, 'fill', Math.max(1, patienceMs))
    if (outcome !== null && this.#fill === fill) this.#after(fill, outcome)
  }

  #after(fill: RungFill, attempt: Attempt): void {
    const { shelf, source, context, endsBefore, onOtherPlaylist } = this.#parts
    const { desk } = source
    const refusal = refusalOf(attempt)
    if (refusal?.belief === 'final') return this.#end(fill, () => fill.result.reject(refusal.error))
    const { lease } = desk
    const { isPassing = false, strand = null } = lease?.fit ?? {}
    const error = fill.note(strand)
    if (error !== null) return this.#end(fill, () => fill.result.reject(error))
    if (endsBefore(fill.strandIn(shelf.ledger, strand), fill.seq, attempt)) return
    const outcome = attempt.kind === 'segment' && isPassing ? ({ kind: 'bad' } as const) : attempt
    const step = this.#course.after(outcome, lease, context.clock.monotonicMs())
    switch (step.do) {
      case 'go-on':
        return
      case 'other-playlist':
        return onOtherPlaylist()
      case 'hop':
        return desk.drop('superseded')
      case 'park':
        desk.drop('failed')
        return this.park(step.reason, step.retryAfterMs)
      case 'fail':
        return this.#end(fill, () => fill.result.reject(step.error))
    }
  }

  /** It cannot go on now; it will be begun again. */
  park(parked: WaitingReason, retryAfterMs: number): void {
    const fill = this.#fill
    if (fill !== null) this.#end(fill, () => fill.result.resolve({ parked, retryAfterMs }))
  }

  /** It will not get better by itself. */
  fail(error: SpoolError): void {
    const fill = this.#fill
    if (fill !== null) this.#end(fill, () => fill.result.reject(error))
  }

  #end(fill: RungFill, settle: () => void): void {
    if (this.#fill !== fill) return
    const { source, loop } = this.#parts
    this.#fill = null
    if (source.desk.lease?.purpose === 'fill') source.desk.drop('idle')
    settle()
    loop.kick()
  }

  #bytesPerSegment(): number {
    const { ledger } = this.#parts.shelf
    return Math.round((ledger.status().bytesTotal ?? 0) / (ledger.grid?.durationsUs.length ?? 100))
  }
}
