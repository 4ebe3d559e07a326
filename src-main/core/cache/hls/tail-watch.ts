import type { SegmentGrid } from './segment-grid.ts'

/** No more than this much of a title is ever taken for something that never comes. */
const longestTailUs = 10_000_000
/** So little is less than the rounding of what servers list. */
const tinyUs = 500_000
const tinyMisses = 3
const misses = 6
const sessions = 2

/**
 * Tells when what a playlist lists at its end never comes: films of 23.976 pictures a second get a segment for less than a picture, and
 * sound may be longer than pictures. Only of the last two segments, when what comes before them is here, and not before several sessions
 * were asked for more than a moment's worth.
 */
export class TailWatch {
  #seq: number | null = null
  #misses = 0
  readonly #sessions = new Set<object>()

  /** A session did not have a segment although the one before is here. True: the title ends before it. */
  isBeyondEnd(grid: SegmentGrid, seq: number, session: object): boolean {
    const count = grid.durationsUs.length
    const tailUs = (grid.startsUs[count] ?? 0) - (grid.startsUs[seq] ?? 0)
    if (seq < 1 || seq < count - 2 || tailUs > longestTailUs) return false
    if (this.#seq !== seq) {
      this.#seq = seq
      this.#misses = 0
      this.#sessions.clear()
    }
    this.#misses += 1
    this.#sessions.add(session)
    return tailUs <= tinyUs
      ? this.#misses >= tinyMisses
      : this.#misses >= misses && this.#sessions.size >= sessions
  }
}
