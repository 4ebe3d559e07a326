import type { EntryContext } from '../entry-resource.ts'
import { RateMeter } from '../rate-meter.ts'
import { aheadPlan, playRate, type AheadPlan, type Watching } from '../schedule/ahead-plan.ts'
import { isBackground, priority, priorityAhead, type Priority } from '../schedule/priority.ts'
import type { FileBytes } from './file-bytes.ts'
import type { Cursor } from './file-reader.ts'
import {
  aheadBytes,
  attachBytes,
  covers,
  leastAheadBytes,
  playHead,
  windowOf,
  type Course,
} from './read-ahead.ts'
import type { ReaderSet } from './reader-set.ts'

const measureBytes = 512 * 1024
const planMs = 1_000

export interface FetchReachParts {
  readonly context: EntryContext
  readonly bytes: FileBytes
  readonly readers: ReaderSet
  /** False: little more is fetched than what is being read. */
  readonly readsAhead: boolean
  /** How long the source takes to answer. */
  readonly replyMs: () => number
}

/** How urgent something is, and until when it is no use later. */
export interface Urgency {
  readonly priority: Priority
  readonly neededAtMs: number
}

/** How far apart readers and transfers may be, and how soon one comes to the other, from what was measured. */
export class FetchReach {
  readonly #parts: FetchReachParts
  /** What came from the source. */
  readonly #arriving: RateMeter
  /** What players took. */
  readonly #taken: RateMeter
  #attach = attachBytes(null, 0)
  #unmeasuredBytes = 0
  #plan: (AheadPlan & { readonly watching: Watching; readonly atMs: number }) | null = null

  constructor(parts: FetchReachParts) {
    this.#parts = parts
    this.#arriving = new RateMeter(parts.context.clock)
    this.#taken = new RateMeter(parts.context.clock)
  }

  /** How far behind a reader a transfer may be and still be its own; measured now and then. */
  get attach(): number {
    // However far it is: there is no other way to come by the byte.
    return this.#parts.context.source.knowsRanges ? this.#attach : Number.POSITIVE_INFINITY
  }

  /** How far it is fetched ahead of who watches. */
  get window(): number {
    return this.#parts.readsAhead ? this.#ahead().highBytes : leastAheadBytes
  }

  /** How far it is fetched ahead of a reader. */
  aheadOf(reader: Cursor, head = playHead(this.#parts.readers)): number {
    return aheadBytes(reader, windowOf(reader, head, this.window))
  }

  /** What the file needs to play without a pause, in kbit/s, by its size and length; null while not known. */
  get neededKbps(): number | null {
    const { totalBytes, durationMs } = this.#ahead().watching
    return totalBytes === null || durationMs <= 0 ? null : (totalBytes * 8) / durationMs
  }

  /** With less than this ahead of a reader, more is asked for. */
  nearOf(reader: Cursor): number {
    const ahead = this.aheadOf(reader)
    return ahead < this.window ? ahead / 2 : Math.min(ahead / 2, this.#ahead().lowBytes)
  }

  arrived(bytes: number): void {
    this.#arriving.add(bytes)
    this.#unmeasuredBytes += bytes
    if (this.#unmeasuredBytes >= measureBytes) this.measure()
  }

  taken(bytes: number): void {
    this.#taken.add(bytes)
  }

  measure(): void {
    this.#unmeasuredBytes = 0
    this.#attach = attachBytes(this.#arriving.bytesPerSecond, this.#parts.replyMs())
  }

  /** How urgent the byte at `position` is for a reader that is not waiting for it. */
  urgencyAhead(reader: Cursor, position: number): Urgency {
    const rate = playRate(this.#ahead().watching) ?? 0
    const inMs = rate === 0 ? 0 : (Math.max(0, position - reader.position) * 1000) / rate
    const now = this.#parts.context.clock.monotonicMs()
    return { priority: priorityAhead(Math.max(1, inMs)), neededAtMs: now + inMs }
  }

  /** How urgent it is for readers that a transfer goes on; null when none of them comes to it soon. */
  urgencyOf(course: Course): Urgency | null {
    let most: Urgency | null = null
    const head = playHead(this.#parts.readers)
    for (const reader of this.#parts.readers) {
      const urgency = this.#urgencyFor(reader, course, head)
      if (urgency !== null && (most === null || urgency.neededAtMs < most.neededAtMs)) most = urgency
      if (most?.priority === priority.stalled) break
    }
    return most
  }

  #urgencyFor(reader: Cursor, course: Course, head: Cursor | null): Urgency | null {
    if (reader.waitingSince !== null && covers(course, reader.position, this.attach))
      return { priority: priority.stalled, neededAtMs: reader.waitingSince }
    const limit = Math.min(reader.end, reader.position + this.aheadOf(reader, head))
    const isAhead = course.offset >= reader.position && course.offset < limit
    return isAhead ? this.urgencyAhead(reader, course.offset) : null
  }

  #ahead(): AheadPlan & { readonly watching: Watching } {
    const { bytes, context } = this.#parts
    const atMs = context.clock.monotonicMs()
    const known = this.#plan
    const isCurrent =
      known !== null &&
      atMs - known.atMs < planMs &&
      known.watching.isKeeping === bytes.isKeeping &&
      known.watching.totalBytes === bytes.total
    if (isCurrent) return known
    const watching: Watching = {
      totalBytes: bytes.total,
      durationMs: context.plan.durationMs,
      takenPerSecond: this.#taken.bytesPerSecond,
      freeBytes: context.freeBytes(),
      isKeeping: bytes.isKeeping,
    }
    this.#plan = { ...aheadPlan(watching), watching, atMs }
    return this.#plan
  }
}

/** What nobody watches: as urgent as whoever asked for it said. */
export const unwatched = (of: Priority): Urgency => ({
  priority: isBackground(of) ? of : priority.download,
  neededAtMs: Number.POSITIVE_INFINITY,
})
