import type { EntryContext } from '../entry-resource.ts'
import { priority } from '../schedule/priority.ts'
import { afterLeave, afterStart, calm, seekDelayMs, type SeekCalm } from '../schedule/seek-calm.ts'
import type { Wish } from '../schedule/slot-keeper.ts'
import { unwatched, type FetchReach, type Urgency } from './fetch-reach.ts'
import type { FileBytes } from './file-bytes.ts'
import type { Cursor } from './file-reader.ts'
import type { FillListener } from './fill-listener.ts'
import type { Opening } from './opening.ts'
import { covers, hasPlayed, provenMs, requestEnd, type Course } from './read-ahead.ts'
import type { ReaderSet } from './reader-set.ts'

export interface FetchWishesParts {
  readonly context: EntryContext
  readonly bytes: FileBytes
  readonly readers: ReaderSet
  readonly transfers: Iterable<Course>
  readonly reach: FetchReach
  readonly opening: Opening
}

export interface WishList {
  readonly wishes: readonly Wish[]
  /** When to list again if nothing happens before. */
  readonly lookInMs: number | null
  /** Some of it is for a reader that has nothing. */
  readonly isAwaited: boolean
  /** All that the fill wants has come, and nothing else is under way. */
  readonly isFillHere: boolean
}

/** Which requests one file would send now, and how urgent those are that it has sent. */
export class FetchWishes {
  readonly #parts: FetchWishesParts
  /** Where the requests that were wished for last would end, by where they begin. */
  #ends = new Map<number, number>()
  /** Those of them that are jumps. */
  #jumps = new Set<number>()
  #seeks: SeekCalm = calm

  constructor(parts: FetchWishesParts) {
    this.#parts = parts
  }

  /** A reader left. */
  onLeft(reader: Cursor): void {
    this.#seeks = afterLeave(this.#seeks, reader.position - reader.start, reader.end - reader.start)
  }

  /**
   * All there is to fetch now and not on its way. `fill`: everything, or all of a span, is wanted, with this urgency. `delayMsOf`: until a position may be
   * asked for, after failures.
   */
  list(
    fill: Pick<FillListener, 'priority' | 'span'> | null,
    delayMsOf: (position: number) => number,
  ): WishList {
    const { readers, transfers, opening, bytes } = this.#parts
    this.#ends = new Map()
    this.#jumps = new Set()
    const wishes: Wish[] = []
    let lookInMs: number | null = null
    const later = (delayMs: number): void => void (lookInMs = Math.min(lookInMs ?? delayMs, delayMs))
    for (const reader of readers) {
      const wish = this.#wishOf(reader, later)
      if (wish !== null) wishes.push(wish)
    }
    const tail = opening.missing
    if (tail !== null && !this.isComing(tail.start)) {
      const neededAtMs = this.#parts.context.clock.monotonicMs()
      wishes.push(this.#wish(tail.start, tail.end, { priority: priority.soon, neededAtMs }))
    }
    let isFillHere = false
    if (fill !== null && wishes.length === 0 && [...transfers].length === 0) {
      const { start, end } = fill.span ?? { start: 0, end: bytes.total ?? Number.POSITIVE_INFINITY }
      const at = bytes.arrived.firstMissing(start, end)
      isFillHere = at === null
      if (at !== null) wishes.push(this.#wish(at, end, unwatched(fill.priority)))
    }
    const due = wishes.filter(({ at }) => {
      const delayMs = delayMsOf(at)
      if (delayMs > 0) later(delayMs)
      return delayMs <= 0
    })
    const isAwaited = due.some((wish) => wish.priority === priority.stalled)
    return { wishes: due, lookInMs, isAwaited, isFillHere }
  }

  /** Where the request wished for at this position ends; null when it is no use any more. */
  take(at: number): number | null {
    const { bytes, context, transfers } = this.#parts
    const end = this.#ends.get(at)
    if (end === undefined || bytes.arrived.has(at) || this.isComing(at)) return null
    this.#parts.opening.onAsked(at)
    if (this.#jumps.has(at)) this.#seeks = afterStart(this.#seeks, context.clock.monotonicMs())
    // What another one is about to bring need not be asked for twice.
    const next = [...transfers].map(({ offset }) => offset).filter((offset) => offset > at)
    return Math.min(bytes.arrived.nextStart(at, end), ...next)
  }

  /** How urgent it is that a request under way goes on; null when nobody needs it. */
  urgencyOf(course: Course): Urgency | null {
    const { reach, opening, context } = this.#parts
    const urgency = reach.urgencyOf(course)
    if (urgency !== null || !opening.wants(course.offset)) return urgency
    return { priority: priority.soon, neededAtMs: context.clock.monotonicMs() }
  }

  /** Something that a reader needs soon is neither here nor on its way. */
  isShort(reader: Cursor): boolean {
    return this.#nextMissing(reader, this.#nearEnd(reader)) !== null
  }

  /** Up to here it should be here or on its way. */
  #nearEnd(reader: Cursor): number {
    const near = Math.min(reader.end, reader.position + this.#parts.reach.nearOf(reader))
    return Math.max(near, reader.position + (reader.waitingSince === null ? 0 : 1))
  }

  /** The next request for one reader, if it is not on its way. */
  #wishOf(reader: Cursor, later: (delayMs: number) => void): Wish | null {
    const { context, bytes, reach } = this.#parts
    const isWaiting = reader.waitingSince !== null
    const position = this.#nextMissing(reader, this.#nearEnd(reader))
    if (position === null) return null
    const isStalled = isWaiting && position === reader.position
    const now = context.clock.monotonicMs()
    const end = requestEnd(reader, position, bytes.total, reach.window, now)
    if (end === null) {
      if (isStalled) later(provenMs)
      return null
    }
    if (!isStalled) return this.#wish(position, end, reach.urgencyAhead(reader, position))
    const askedMs = reader.waitingSince ?? now
    if (reader.position === reader.start) {
      const delayMs = seekDelayMs(this.#seeks, askedMs, now)
      if (delayMs > 0) {
        later(delayMs)
        return null
      }
      this.#jumps.add(position)
    }
    return this.#wish(position, end, { priority: priority.stalled, neededAtMs: askedMs })
  }

  /**
   * The first byte from a reader's position to `to` that is neither here nor on its way. For one that plays, a request that is nearly done is
   * followed up.
   */
  #nextMissing(reader: Cursor, to: number): number | null {
    const { bytes, transfers, reach } = this.#parts
    const from = reader.position
    const isWaiting = reader.waitingSince !== null
    let position = bytes.arrived.firstMissing(from, to)
    while (position !== null) {
      const at: number = position
      const reachBytes = isWaiting && at === from ? reach.attach : reach.window
      const transfer = [...transfers].find((course) => covers(course, at, reachBytes))
      if (transfer === undefined) return at
      // Two requests side by side share the link: the next begins when it will have the first byte as this one ends.
      const isSoonOver = transfer.end - transfer.offset <= 2 * reach.attach
      if (!isSoonOver || !hasPlayed(reader) || transfer.end >= to) return null
      position = bytes.arrived.firstMissing(transfer.end, to)
    }
    return null
  }

  /** A request under way will soon bring the byte at `position`. */
  isComing(position: number): boolean {
    return [...this.#parts.transfers].some((course) => covers(course, position, this.#parts.reach.attach))
  }

  #wish(at: number, end: number, urgency: Urgency): Wish {
    this.#ends.set(at, Math.max(end, this.#ends.get(at) ?? 0))
    return { at, ...urgency }
  }
}
