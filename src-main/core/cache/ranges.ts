/** Half open, `0 <= start < end`, in bytes or any other whole unit. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** The part of `span` inside `[0, total)`, or null. The one place where spans meet sizes. */
export function clip(start: number, end: number, total: number): Span | null {
  const from = Math.max(0, start)
  const to = Math.min(end, total)
  return from < to ? { start: from, end: to } : null
}

/**
 * A set of whole numbers kept as sorted spans that neither overlap nor touch. Some hundred spans at most, so sorted arrays
 * with a binary search are enough.
 */
export class Ranges {
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  #total = 0

  /** How many numbers are in the set. */
  get total(): number {
    return this.#total
  }

  get spans(): Span[] {
    return this.#starts.map((start, index) => ({ start, end: this.#end(index) }))
  }

  /** Start of a span by its number; beyond the last one, past everything. */
  #start(index: number): number {
    return this.#starts[index] ?? Number.POSITIVE_INFINITY
  }

  #end(index: number): number {
    return this.#ends[index] ?? Number.POSITIVE_INFINITY
  }

  /** The first span that ends after `position`. */
  #indexAfter(position: number): number {
    let low = 0
    let high = this.#ends.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#end(middle) > position) high = middle
      else low = middle + 1
    }
    return low
  }

  /** Adds `[start, end)`; what was there already counts once. */
  insert(start: number, end: number): void {
    if (end <= start) return
    // A span that ends exactly at `start` touches, so it is merged too.
    const first = this.#indexAfter(start - 1)
    let last = first
    let from = start
    let to = end
    while (this.#start(last) <= end) {
      from = Math.min(from, this.#start(last))
      to = Math.max(to, this.#end(last))
      this.#total -= this.#end(last) - this.#start(last)
      last += 1
    }
    this.#starts.splice(first, last - first, from)
    this.#ends.splice(first, last - first, to)
    this.#total += to - from
  }

  /** Takes `[start, end)` out. */
  subtract(start: number, end: number): void {
    if (end <= start) return
    const first = this.#indexAfter(start)
    const starts: number[] = []
    const ends: number[] = []
    let last = first
    while (this.#start(last) < end) {
      const from = this.#start(last)
      const to = this.#end(last)
      this.#total -= Math.min(to, end) - Math.max(from, start)
      if (from < start) {
        starts.push(from)
        ends.push(start)
      }
      if (to > end) {
        starts.push(end)
        ends.push(to)
      }
      last += 1
    }
    this.#starts.splice(first, last - first, ...starts)
    this.#ends.splice(first, last - first, ...ends)
  }

  /** The parts of `[start, end)` that are in the set. */
  within(start: number, end: number): Span[] {
    const parts: Span[] = []
    for (let index = this.#indexAfter(start); this.#start(index) < end; index += 1)
      parts.push({ start: Math.max(start, this.#start(index)), end: Math.min(end, this.#end(index)) })
    return parts
  }

  has(position: number): boolean {
    return this.endFrom(position) > position
  }

  /** End of the unbroken stretch that `position` is in; `position` itself when it is not in the set. */
  endFrom(position: number): number {
    const index = this.#indexAfter(position)
    return this.#start(index) <= position ? this.#end(index) : position
  }

  /** Start of the next span after `position`, `limit` when there is none before it. */
  nextStart(position: number, limit: number): number {
    const index = this.#indexAfter(position)
    for (let next = index; next < this.#starts.length; next += 1)
      if (this.#start(next) > position) return Math.min(limit, this.#start(next))
    return limit
  }

  covers(start: number, end: number): boolean {
    return end <= start || this.endFrom(start) >= end
  }

  /** The first missing number of `[start, end)`, or null. */
  firstMissing(start: number, end: number): number | null {
    if (end <= start) return null
    const position = this.endFrom(start)
    return position < end ? position : null
  }

  /** The missing parts of `[start, end)`. */
  missing(start: number, end: number): Span[] {
    const gaps: Span[] = []
    for (let position = this.firstMissing(start, end); position !== null;) {
      const gapEnd = this.nextStart(position, end)
      gaps.push({ start: position, end: gapEnd })
      position = this.firstMissing(gapEnd, end)
    }
    return gaps
  }
}
