import type { EntryContext } from '../entry-resource.ts'
import type { SegmentShelf } from './segment-shelf.ts'
import type { Attempt } from './segment-source.ts'
import type { Strand } from './strand.ts'
import { TailWatch } from './tail-watch.ts'
import type { Lease } from './transcode-desk.ts'

/** Finds out where a title really ends, when its playlist lists more than comes. */
export class TitleEnd {
  readonly #context: EntryContext
  readonly #shelf: SegmentShelf
  readonly #tail = new TailWatch()

  constructor(context: EntryContext, shelf: SegmentShelf) {
    this.#context = context
    this.#shelf = shelf
  }

  /** Whether a piece that did not come is beyond the end; the strand ends before it from then on. */
  isBefore(seq: number, strand: Strand | null, attempt: Attempt, lease: Lease | null): boolean {
    const isMissing = attempt.kind === 'not-ready' || attempt.kind === 'stalled'
    if (!isMissing || lease === null || strand === null || !this.#shelf.has(strand, seq - 1)) return false
    const isLastKept = [...strand.rows.keys()].every((kept) => kept < seq)
    if (!isLastKept || !this.#tail.isBeyondEnd(strand.grid, seq, lease)) return false
    this.#context.logger.info('hls-title-ends', { listed: strand.grid.durationsUs.length, there: seq })
    this.#shelf.endAt(strand, seq)
    return true
  }
}
