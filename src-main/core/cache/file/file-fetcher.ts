import { SpoolError } from '../../spool-error.ts'
import type { EntryContext } from '../entry-resource.ts'
import { FetchOutcomes } from './fetch-outcomes.ts'
import { FetchReach } from './fetch-reach.ts'
import { FetchWatch, type FetchWatchOwner } from './fetch-watch.ts'
import type { FileBytes } from './file-bytes.ts'
import type { Cursor } from './file-reader.ts'
import { FileTransfer, type Permit, type TransferOutcome, type TransferOwner } from './file-transfer.ts'
import type { KeptIdentity } from './kept-identity.ts'
import type { AcceptedReply, Known } from './reply.ts'
import type { FillListener } from './fill-listener.ts'
import { aheadBytes, covers, isAwaited, isNearlyDone, isWanted, provenMs, requestEnd } from './read-ahead.ts'
import { ReaderSet } from './reader-set.ts'
import { TransferSet } from './transfer-set.ts'

const mostTransfers = 3
const noRoomParkMs = 60_000

/**
 * Decides what one file fetches. Invariant: every waiting reader has a live transfer that comes to its position, a retry that is due, or
 * an error; `look` brings that about, and runs after everything that happens.
 */
export class FileFetcher implements TransferOwner, FetchWatchOwner {
  readonly readers = new ReaderSet()
  readonly transfers = new TransferSet()
  readonly #context: EntryContext
  readonly #bytes: FileBytes
  readonly #kept: KeptIdentity
  readonly #adoptTotal: (total: number) => void
  readonly #reach: FetchReach
  readonly #outcomes: FetchOutcomes
  readonly #watch: FetchWatch
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
    this.#bytes = bytes
    this.#kept = kept
    this.#adoptTotal = adoptTotal
    this.#reach = new FetchReach(context, bytes, readsAhead, () => transfers.replyMs)
    this.#outcomes = new FetchOutcomes({
      context,
      bytes,
      kept,
      readers,
      transfers,
      attach: () => this.#reach.attach,
      adoptTotal: (total) => this.#learnTotal(total),
      look: () => this.look(),
    })
    this.#watch = new FetchWatch(context.clock, this)
  }

  get isRetrying(): boolean {
    return this.#outcomes.isRetrying
  }

  /** Until the source is asked again after a failure; null when nothing waits for that. */
  get retryInMs(): number | null {
    return this.#outcomes.retryInMs
  }

  get known(): Known {
    const { source, clock } = this.#context
    return { identity: this.#kept.identity, trust: source.trust, now: clock.now() }
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
    if (this.#isStopped) reader.fail(new SpoolError('cancelled'))
  }

  remove(reader: Cursor): void {
    this.readers.remove(reader)
    this.transfers.kickHeld()
    this.#watch.reapLater()
  }

  /** A reader went on: what follows must be on its way in time, and transfers that wait for it may read on. */
  onProgress(reader: Cursor): void {
    if (this.#isStopped || this.#bytes.isComplete) return
    this.#needAhead(reader)
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

  accepted(transfer: FileTransfer, reply: AcceptedReply): void {
    this.#outcomes.onAccepted(transfer, reply)
    this.#learnTotal(reply.total)
  }

  prepareRoom(): Promise<void> | null {
    if (this.#bytes.isRetired) return null
    const missing = (this.#bytes.total ?? 0) - this.#bytes.arrived.total
    return this.#bytes.room.prepare(missing)
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
    const isPlaying = this.isWanted(transfer)
    // What is watched is kept, so a busy disk sets the pace; one that hangs does not stop a waiting player: bytes pass through.
    if (!this.#bytes.hasQueueSpace)
      return this.#bytes.isDiskStalled && this.#isAwaited(transfer) ? 'go' : 'hold'
    if (isPlaying) return 'go'
    const { fill } = this.#outcomes
    if (fill === null) return isNearlyDone(transfer, transfer.bytesPerSecond) ? 'go' : 'hold'
    if (!this.#bytes.isKeeping) {
      fill.parked('disk-full', noRoomParkMs)
      return 'hold'
    }
    return 'gate'
  }

  /** Wakes, starts, lets go: brings the invariant about. */
  look(): void {
    if (this.#isStopped) return
    for (const reader of [...this.readers]) {
      if (reader.waitingSince !== null && this.#bytes.arrived.has(reader.position)) reader.wake()
      else if (reader.waitingSince !== null) this.#need(reader, reader.position)
    }
    for (const reader of this.readers) if (reader.waitingSince === null) this.#needAhead(reader)
    if (this.#outcomes.fill !== null && this.transfers.size === 0) this.#needForFill()
    this.transfers.kickHeld()
    this.#watch.tickLater()
  }

  /** Ends everything: readers fail with `reason`. Resolves when no connection is left. */
  async stop(reason: SpoolError): Promise<void> {
    this.#isStopped = true
    this.#watch[Symbol.dispose]()
    this.readers.failAll(reason)
    await Promise.all([this.transfers.abortAll(), this.#outcomes.stop()])
  }

  isWanted(transfer: FileTransfer): boolean {
    return isWanted(transfer, this.readers, this.#reach.attach, this.#reach.window)
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

  #isAwaited(transfer: FileTransfer): boolean {
    return isAwaited(transfer, this.readers, this.#reach.attach)
  }

  #needAhead(reader: Cursor): void {
    const near = Math.min(reader.end, reader.position + aheadBytes(reader, this.#reach.window) / 2)
    const position = this.#bytes.arrived.firstMissing(reader.position, near)
    if (position !== null) this.#need(reader, position)
  }

  /** Sees to it that the byte at `position`, at the reader's own or ahead of it, is on its way. */
  #need(reader: Cursor, position: number): void {
    const isWaiting = reader.waitingSince !== null
    const reach = isWaiting ? this.#reach.attach : this.#reach.window
    for (const transfer of this.transfers) if (covers(transfer, position, reach)) return
    if (isWaiting ? this.#outcomes.refuseWaiting() : !this.#outcomes.isReachable) return
    if (!this.#outcomes.mayAsk) return
    const delayMs = this.#outcomes.delayMs(position)
    if (delayMs > 0) return this.#watch.lookIn(delayMs)
    const end = requestEnd(reader, position, this.#bytes.total, this.#context.clock.monotonicMs())
    if (end === null) return isWaiting ? this.#watch.lookIn(provenMs) : undefined
    if (this.transfers.size >= mostTransfers) {
      if (!isWaiting) return
      // The least useful one makes room; its end runs `look` again, and this reader's turn comes.
      const idle = [...this.transfers].find((transfer) => !this.#isAwaited(transfer))
      idle?.abort()
      return
    }
    // What nobody wants any more must not slow down what somebody waits for.
    if (isWaiting) this.reap()
    this.#start(position, end)
  }

  #needForFill(): void {
    const total = this.#bytes.total
    const position = total === null ? 0 : this.#bytes.arrived.firstMissing(0, total)
    if (position === null) return
    if (!this.#outcomes.isReachable) return this.#outcomes.parkFill()
    if (!this.#outcomes.mayAsk) return
    const delayMs = this.#outcomes.delayMs(position)
    if (delayMs > 0) return this.#watch.lookIn(delayMs)
    this.#start(position, total ?? Number.POSITIVE_INFINITY)
  }

  #start(position: number, end: number): void {
    const to = this.#bytes.arrived.nextStart(position, end)
    const span = this.#context.source.knowsRanges
      ? { start: position, end: Number.isFinite(to) ? to : null, wantedAt: position }
      : { start: 0, end: null, wantedAt: position }
    const transfer = new FileTransfer(this.#context, this, span)
    this.transfers.start(transfer, (outcome) => this.#onEnd(transfer, outcome))
  }

  #learnTotal(total: number): void {
    if (this.#bytes.total === null) this.#adoptTotal(total)
  }

  #onEnd(transfer: FileTransfer, outcome: TransferOutcome): void {
    if (this.#isStopped) return
    this.#reach.measure()
    this.#outcomes.onEnd(transfer, outcome)
    if (this.transfers.size === 0) this.#bytes.room.releaseFree()
    this.look()
    if (this.transfers.size === 0 && this.readers.size === 0) this.#context.onIdle()
  }
}
