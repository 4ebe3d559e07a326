import { deferred, type Deferred } from '../../base/control.ts'
import { SpoolError } from '../../spool-error.ts'
import type { FillResult } from '../entry-resource.ts'
import type { Priority } from '../schedule/priority.ts'
import type { SegmentLedger } from './segment-ledger.ts'
import { playlistSeq } from './segment-wants.ts'
import type { Strand } from './strand.ts'

/** A server whose sessions go together only now and then never fills a title. */
const maxStrandChanges = 4

/** One download of a rung, from the wish to its end. */
export class RungFill {
  readonly signal: AbortSignal
  /** How urgent it is. */
  readonly of: Priority
  readonly result: Deferred<FillResult> = deferred()
  /** What was asked for last. */
  seq = playlistSeq
  /** The strand that is being filled, once a session said. */
  #strand: Strand | null = null
  #changes = 0

  constructor(signal: AbortSignal, of: Priority) {
    this.signal = signal
    this.of = of
  }

  /** The strand to go on with: that of the session, which may not be the one that players get. */
  strandIn(ledger: SegmentLedger, ofSession: Strand | null): Strand | null {
    const strand = ofSession ?? this.#strand ?? ledger.serving
    return strand !== null && ledger.strands.includes(strand) ? strand : ledger.serving
  }

  /** A session's segments went into `strand`. An error when sessions disagree too often. */
  note(strand: Strand | null): SpoolError | null {
    if (strand === null) return null
    if (this.#strand !== null && this.#strand !== strand) this.#changes += 1
    this.#strand = strand
    return this.#changes < maxStrandChanges
      ? null
      : new SpoolError('bad-reply', { detail: 'this server’s sessions do not fit each other' })
  }
}
