import { SpoolError } from '../../spool-error.ts'
import type { EntryContext } from '../entry-resource.ts'
import type { Asker, SlotUser, Wish } from '../schedule/slot-keeper.ts'
import { FetchOutcomes } from './fetch-outcomes.ts'
import { FetchReach, type Urgency } from './fetch-reach.ts'
import { FetchWatch, type FetchWatchOwner } from './fetch-watch.ts'
import { FetchWishes } from './fetch-wishes.ts'
import type { FileBytes } from './file-bytes.ts'
import type { Cursor } from './file-reader.ts'
import { FileTransfer, type Permit, type TransferOwner } from './file-transfer.ts'
import type { FillListener } from './fill-listener.ts'
import type { KeptIdentity } from './kept-identity.ts'
import { Opening } from './opening.ts'
import { Permits } from './permits.ts'
import { isNearlyDone } from './read-ahead.ts'
import { ReaderSet } from './reader-set.ts'
import type { AcceptedReply, Known } from './reply.ts'
import type { TransferOutcome } from './transfer-outcome.ts'
import { TransferSet } from './transfer-set.ts'

/** While it leaves the link to a rung, whether it still has to. */
const giveWayMs = 250

/**
 * Decides what one file fetches. Invariant: every waiting reader has a live transfer that comes to its position, a wish for one whose turn
 * will come, a retry that is due, or an error; a download has one of these, or writes that are under way, or is parked. `look` brings that
 * about, and runs after everything that happens.
 */
export class FileFetcher implements TransferOwner, FetchWatchOwner, Asker {
  readonly readers = new ReaderSet()
  readonly transfers = new TransferSet()
  readonly entryId: number
  readonly sourceId: string
  readonly #context: EntryContext
  readonly #bytes: FileBytes
  readonly #kept: KeptIdentity
  readonly #adoptTotal: (total: number) => void
  readonly #reach: FetchReach
  readonly #opening: Opening
  readonly #outcomes: FetchOutcomes
  readonly #watch: FetchWatch
  readonly #wishes: FetchWishes
  readonly #permits: Permits
  #isStopped = false

  /** @param readsAhead false: little more is fetched than what is being read */
  constructor(
    context: EntryContext,
    bytes: FileBytes,
    kept: KeptIdentity,
    readsAhead: boolean,
    adoptTotal: (total: number) => void,
  ) {
    const { readers, transfers } = this
    this.#context = context
    this.entryId = context.entryId
    this.sourceId = context.key.sourceId
    this.#bytes = bytes
    this.#kept = kept
    this.#adoptTotal = adoptTotal
    const reach = new FetchReach({ context, bytes, readers, readsAhead, replyMs: () => transfers.replyMs })
    this.#reach = reach
    this.#opening = new Opening(context, bytes)
    this.#outcomes = new FetchOutcomes({
      context,
      bytes,
      kept,
      readers,
      transfers,
      attach: () => reach.attach,
      adoptTotal: (total) => this.#learnTotal(total),
      look: () => this.look(),
    })
    this.#watch = new FetchWatch(context.clock, this)
    this.#wishes = new FetchWishes({ context, bytes, readers, transfers, reach, opening: this.#opening })
    this.#permits = new Permits({
      context,
      bytes,
      readers,
      reach,
      wishes: this.#wishes,
      outcomes: this.#outcomes,
    })
  }

  get isSizeless(): boolean {
    return this.#outcomes.isSizeless
  }

  get isRetrying(): boolean {
    return this.#outcomes.isRetrying
  }

  /** Until the source is asked again after a failure; null when nothing waits for that. */
  get retryInMs(): number | null {
    return this.#outcomes.retryInMs
  }

  get known(): Known {
    const { source, key, clock } = this.#context
    return { identity: this.#kept.identity, trust: source.trustIn(key), now: clock.now() }
  }

  get knownTotal(): number | null {
    return this.#bytes.total
  }

  get ifRange(): string | null {
    return this.#kept.ifRange
  }

  add(reader: Cursor): void {
    this.readers.add(reader)
    this.#reach.measure()
    this.#opening.onReader(reader)
    if (this.#isStopped) reader.fail(new SpoolError('cancelled'))
  }

  remove(reader: Cursor): void {
    this.readers.remove(reader)
    this.#wishes.onLeft(reader)
    if (this.readers.size === 0) this.#opening.onLeft()
    if (!this.#isStopped) this.#wish()
    this.transfers.kickHeld()
    this.#watch.reapLater()
  }

  /** A reader took so many bytes: what follows must be on its way in time, and transfers that wait for it may read on. */
  onProgress(reader: Cursor, bytes: number): void {
    if (this.#isStopped || this.#bytes.isComplete) return
    this.#reach.taken(bytes)
    // What the others need is as it was.
    if (this.#wishes.isShort(reader)) this.#wish()
    this.transfers.kickHeld()
    this.#watch.tickLater()
  }

  setFill(listener: FillListener | null): void {
    this.#outcomes.fill = listener
    if (listener === null) this.reap()
    this.look()
  }

  /** The source answers again, or does not any more. */
  onReachabilityChange(isReachable: boolean): void {
    if (isReachable) this.#outcomes.hurry()
    else if (this.transfers.size === 0) this.#outcomes.failUnserved()
    this.look()
  }

  /** The computer has slept: what was under way is begun again from the first missing byte, and counts as no attempt. */
  wake(): void {
    if (this.#isStopped) return
    this.#watch.forgive()
    this.#outcomes.hurry()
    for (const transfer of this.transfers) transfer.abort()
    this.look()
  }

  accepted(transfer: FileTransfer, reply: AcceptedReply): void {
    this.#outcomes.onAccepted(transfer, reply)
    this.#learnTotal(reply.total)
  }

  prepareRoom(isImpatient: boolean): Promise<void> | null {
    if (this.#bytes.isRetired) return null
    const missing = (this.#bytes.total ?? 0) - this.#bytes.arrived.total
    return this.#bytes.room.prepare(missing, isImpatient)
  }

  arrived(transfer: FileTransfer, start: number, data: Uint8Array): boolean {
    const end = start + data.length
    this.#reach.arrived(data.length)
    if (!this.#bytes.arrived.covers(start, end)) {
      this.#bytes.arrive(start, data)
      this.#outcomes.onProgress(start, end)
      transfer.noteNew(end)
    }
    this.readers.wakeWithin(start, end)
    if (transfer.offset >= transfer.end) return false
    // Of a source that knows no ranges, what is missing further on comes only by reading through what is here.
    return !this.#context.source.knowsRanges || !this.#bytes.arrived.has(transfer.offset)
  }

  get canResume(): boolean {
    return this.#context.source.knowsRanges
  }

  get attach(): number {
    return this.#reach.attach
  }

  permit(transfer: FileTransfer): Permit {
    if (!this.#permits.mustGiveWay) return this.#permits.of(transfer)
    this.#watch.lookIn(0)
    return 'hold'
  }

  urgencyOf(transfer: FileTransfer): Urgency {
    return this.#permits.urgencyOf(transfer)
  }

  /** Something under way will soon bring the byte at `position`. */
  isComing(position: number): boolean {
    return this.#wishes.isComing(position)
  }

  /** Wakes, starts, lets go: brings the invariant about. */
  look(): void {
    if (this.#isStopped) return
    for (const reader of [...this.readers])
      if (reader.waitingSince !== null && this.#bytes.arrived.has(reader.position)) reader.wake()
    this.#wish()
    this.transfers.kickHeld()
    this.#watch.tickLater()
  }

  /** The turn of a wish has come. */
  begin({ at }: Wish): SlotUser | null {
    const mayBegin = !this.#isStopped && this.#outcomes.isReachable && this.#outcomes.mayAsk
    const end = mayBegin ? this.#wishes.take(at) : null
    if (end === null) return null
    const span = this.#context.source.knowsRanges
      ? { start: at, end: Number.isFinite(end) ? end : null, wantedAt: at }
      : { start: 0, end: null, wantedAt: at }
    const transfer = new FileTransfer(this.#context, this, span)
    this.transfers.start(transfer, (outcome) => this.#onEnd(transfer, outcome))
    return transfer
  }

  /** Ends everything: readers fail with `reason`. Resolves when no connection is left. */
  async stop(reason: SpoolError): Promise<void> {
    this.#isStopped = true
    this.#watch[Symbol.dispose]()
    this.#context.slots.wish(this, [])
    this.readers.failAll(reason)
    await Promise.all([this.transfers.abortAll(), this.#outcomes.stop()])
  }

  isWanted(transfer: FileTransfer): boolean {
    return this.#wishes.urgencyOf(transfer) !== null
  }

  reap(): void {
    if (this.#outcomes.fill !== null) return
    // What is closed of a source without ranges begins anew from the start: as long as anybody reads, it is held instead.
    if (!this.canResume && this.readers.size > 0) return
    for (const transfer of this.transfers)
      if (!this.isWanted(transfer) && !isNearlyDone(transfer, transfer.bytesPerSecond)) transfer.abort()
  }

  giveUp(reader: Cursor): void {
    reader.fail(this.#outcomes.unreachable())
  }

  /** Says what is to be fetched now, all of it: what is said no more is dropped. */
  #wish(): void {
    const { slots } = this.#context
    const { fill } = this.#outcomes
    if (this.#permits.mustGiveWay) {
      // Held still, what is under way would go on filling the sockets.
      for (const transfer of this.transfers) transfer.abort()
      this.#watch.lookIn(giveWayMs)
      return slots.wish(this, [])
    }
    if (this.#outcomes.refuseWaiting()) {
      if (fill !== null && this.transfers.size === 0) this.#outcomes.parkFill()
      return slots.wish(this, [])
    }
    if (!this.#outcomes.mayAsk) return slots.wish(this, [])
    const delayMsOf = (position: number): number => this.#outcomes.delayMs(position)
    const { wishes, lookInMs, isAwaited, isFillHere } = this.#wishes.list(fill, delayMsOf)
    if (fill !== null && isFillHere) void this.#permits.keepPassed(fill)?.then(() => this.look())
    if (lookInMs !== null) this.#watch.lookIn(lookInMs)
    // What nobody wants any more must not slow down what somebody waits for.
    if (isAwaited) this.#watch.reapSoon()
    slots.wish(this, wishes)
  }

  #learnTotal(total: number): void {
    if (this.#bytes.total === null) this.#adoptTotal(total)
  }

  #onEnd(transfer: FileTransfer, outcome: TransferOutcome): void {
    if (!this.#isStopped) {
      this.#reach.measure()
      this.#outcomes.onEnd(transfer, outcome)
      if (this.transfers.size === 0) this.#bytes.room.releaseFree()
      this.look()
    }
    this.#context.slots.leave(transfer)
    if (!this.#isStopped && this.transfers.size === 0 && this.readers.size === 0) this.#context.onIdle()
  }
}
