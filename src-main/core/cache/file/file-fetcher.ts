import { assertNever } from '../../base/control.ts'
import { SpoolError } from '../../spool-error.ts'
import type { EntryContext } from '../entry-resource.ts'
import type { FileBytes } from './file-bytes.ts'
import type { Cursor } from './file-reader.ts'
import type { FillListener } from './fill-listener.ts'
import { FileTransfer, type Permit, type TransferOutcome, type TransferOwner } from './file-transfer.ts'
import { TransferSet } from './transfer-set.ts'
import { isBringing, isHeldTooLong, isOutOfPatience, isSilent } from './patience.ts'
import { RateMeter } from './rate-meter.ts'
import {
  aheadBytes,
  attachBytes,
  covers,
  isAwaited,
  isNearlyDone,
  isWanted,
  leastAheadBytes,
  mostAttachBytes,
  provenMs,
  requestEnd,
  windowBytes,
} from './read-ahead.ts'
import { RetryPace } from './retry-pace.ts'

const mostTransfers = 3
/** Players close and reopen their connection on every seek. */
const graceMs = 500
const tickMs = 1_000
const measureBytes = 512 * 1024
/** Failures in a row after which a download steps aside. */
const fillFailures = 6
const parkMs = 30_000
const noRoomParkMs = 60_000

/**
 * Decides what one file fetches. Invariant: every waiting reader has a live transfer that comes to its position, a retry that is due, or
 * an error; `look` brings that about, and runs after everything that happens.
 */
export class FileFetcher implements TransferOwner {
  readonly rate: RateMeter
  readonly #context: EntryContext
  readonly #bytes: FileBytes
  readonly #readsAhead: boolean
  readonly #adoptTotal: (total: number) => void
  readonly #readers = new Set<Cursor>()
  readonly #transfers = new TransferSet()
  readonly #pace: RetryPace
  /** How far behind a reader a transfer may be and still be its own; measured now and then. */
  #attach = attachBytes(null, 0)
  #unmeasuredBytes = 0
  #fill: FillListener | null = null
  #retryTimer: Disposable | null = null
  #graceTimer: Disposable | null = null
  #tickTimer: Disposable | null = null
  #isStopped = false

  /** @param readsAhead false: little more is fetched than what is being read */
  constructor(
    context: EntryContext,
    bytes: FileBytes,
    readsAhead: boolean,
    adoptTotal: (total: number) => void,
  ) {
    this.#context = context
    this.#bytes = bytes
    this.#readsAhead = readsAhead
    this.#adoptTotal = adoptTotal
    this.rate = new RateMeter(context.clock)
    this.#pace = new RetryPace(context.clock)
  }

  get readers(): ReadonlySet<Cursor> {
    return this.#readers
  }

  get transferCount(): number {
    return this.#transfers.size
  }

  get isRetrying(): boolean {
    return this.#pace.failures > 0
  }

  get knownTotal(): number | null {
    return this.#bytes.total
  }

  add(reader: Cursor): void {
    this.#readers.add(reader)
    this.#measure()
    if (this.#isStopped) reader.fail(new SpoolError('cancelled'))
  }

  remove(reader: Cursor): void {
    this.#readers.delete(reader)
    this.#transfers.kickHeld()
    // Not at once: a seek comes as the end of one reader and the beginning of another.
    this.#graceTimer ??= this.#context.clock.after(graceMs, () => {
      this.#graceTimer = null
      this.#reap()
    })
  }

  /** A reader went on: what follows must be on its way in time, and transfers that wait for it may read on. */
  onProgress(reader: Cursor): void {
    if (this.#isStopped || this.#bytes.isComplete) return
    this.#needAhead(reader)
    this.#transfers.kickHeld()
    this.#tickLater()
  }

  setFill(listener: FillListener | null): void {
    this.#fill = listener
    if (listener === null) this.#reap()
    this.look()
  }

  /** The source answers again, or does not any more. */
  onReachabilityChange(isReachable: boolean): void {
    if (isReachable) this.#pace.reset()
    else if (this.#transfers.size === 0) this.#failWaiters(this.#unreachable())
    this.look()
  }

  adoptTotal(total: number): void {
    if (this.#bytes.total === null) this.#adoptTotal(total)
  }

  prepareRoom(): Promise<void> | null {
    if (this.#bytes.isRetired) return null
    const missing = (this.#bytes.total ?? 0) - this.#bytes.arrived.total
    return this.#bytes.room.prepare(missing)
  }

  arrived(transfer: FileTransfer, start: number, data: Uint8Array): boolean {
    this.#pace.reset()
    this.rate.add(data.length)
    this.#unmeasuredBytes += data.length
    if (this.#unmeasuredBytes >= measureBytes) this.#measure()
    const end = start + data.length
    this.#bytes.arrive(start, data)
    for (const reader of this.#readers)
      if (reader.waitingSince !== null && reader.position >= start && reader.position < end) reader.wake()
    return transfer.offset < transfer.end && !this.#bytes.arrived.has(transfer.offset)
  }

  permit(transfer: FileTransfer): Permit {
    const isPlaying = this.#isWanted(transfer)
    // What is watched is kept, so a busy disk sets the pace; one that hangs does not stop a waiting player: bytes pass through.
    if (!this.#bytes.hasQueueSpace)
      return this.#bytes.isDiskStalled && this.#isAwaited(transfer) ? 'go' : 'hold'
    if (isPlaying) return 'go'
    if (this.#fill === null) return isNearlyDone(transfer, transfer.bytesPerSecond) ? 'go' : 'hold'
    if (!this.#bytes.isKeeping) {
      this.#fill.parked('disk-full', noRoomParkMs)
      return 'hold'
    }
    return 'gate'
  }

  /** Wakes, starts, lets go: brings the invariant about. */
  look(): void {
    if (this.#isStopped) return
    for (const reader of [...this.#readers]) {
      if (reader.waitingSince !== null && this.#bytes.arrived.has(reader.position)) reader.wake()
      else if (reader.waitingSince !== null) this.#need(reader, reader.position)
    }
    for (const reader of this.#readers) if (reader.waitingSince === null) this.#needAhead(reader)
    if (this.#fill !== null && this.#transfers.size === 0) this.#needForFill()
    this.#transfers.kickHeld()
    this.#tickLater()
  }

  /** Ends everything: readers fail with `reason`. Resolves when no connection is left. */
  async stop(reason: SpoolError): Promise<void> {
    this.#isStopped = true
    for (const timer of [this.#retryTimer, this.#graceTimer, this.#tickTimer]) timer?.[Symbol.dispose]()
    for (const reader of [...this.#readers]) reader.fail(reason)
    this.#graceTimer?.[Symbol.dispose]()
    await this.#transfers.abortAll()
  }

  get #isReachable(): boolean {
    return this.#context.upstream.isReachable(this.#context.key.sourceId)
  }

  get #window(): number {
    if (!this.#readsAhead) return leastAheadBytes
    return windowBytes(this.#bytes.total, this.#context.plan.durationMs, this.#bytes.isKeeping)
  }

  #measure(): void {
    this.#unmeasuredBytes = 0
    this.#attach = attachBytes(this.rate.bytesPerSecond, this.#transfers.replyMs)
  }

  #isWanted(transfer: FileTransfer): boolean {
    return isWanted(transfer, this.#readers, this.#attach, this.#window)
  }

  #isAwaited(transfer: FileTransfer): boolean {
    return isAwaited(transfer, this.#readers, this.#attach)
  }

  #needAhead(reader: Cursor): void {
    const near = Math.min(reader.end, reader.position + aheadBytes(reader, this.#window) / 2)
    const position = this.#bytes.arrived.firstMissing(reader.position, near)
    if (position !== null) this.#need(reader, position)
  }

  /** Sees to it that the byte at `position`, at the reader's own or ahead of it, is on its way. */
  #need(reader: Cursor, position: number): void {
    const isWaiting = reader.waitingSince !== null
    const reach = isWaiting ? this.#attach : this.#window
    for (const transfer of this.#transfers) if (covers(transfer, position, reach)) return
    if (!this.#isReachable) {
      if (isWaiting) this.#failWaiters(this.#unreachable())
      return
    }
    const { delayMs } = this.#pace
    if (delayMs > 0) return this.#lookIn(delayMs)
    const end = requestEnd(reader, position, this.#bytes.total, this.#context.clock.monotonicMs())
    if (end === null) return isWaiting ? this.#lookIn(provenMs) : undefined
    if (this.#transfers.size >= mostTransfers) {
      if (!isWaiting) return
      // The least useful one makes room; its end runs `look` again, and this reader's turn comes.
      const idle = [...this.#transfers].find((transfer) => !this.#isAwaited(transfer))
      idle?.abort()
      return
    }
    // What nobody wants any more must not slow down what somebody waits for.
    if (isWaiting) this.#reap()
    this.#start(position, end)
  }

  #needForFill(): void {
    const total = this.#bytes.total
    const position = total === null ? 0 : this.#bytes.arrived.firstMissing(0, total)
    if (position === null) return
    if (!this.#isReachable) return this.#fill?.parked('source-unreachable', parkMs)
    const { delayMs } = this.#pace
    if (delayMs > 0) return this.#lookIn(delayMs)
    this.#start(position, total ?? Number.POSITIVE_INFINITY)
  }

  #start(position: number, end: number): void {
    const to = this.#bytes.arrived.nextStart(position, end)
    const transfer = new FileTransfer(this.#context, this, position, Number.isFinite(to) ? to : null)
    this.#transfers.start(transfer, (outcome) => this.#onEnd(outcome))
  }

  #onEnd(outcome: TransferOutcome): void {
    if (this.#isStopped) return
    this.#measure()
    switch (outcome.ended) {
      case 'done':
      case 'aborted':
        break
      case 'retry':
        this.#pace.fail(outcome.afterMs)
        if (!this.#isReachable) this.#failWaiters(this.#unreachable())
        if (this.#pace.failures > fillFailures) this.#fill?.parked('retrying', parkMs)
        break
      case 'failed':
        this.#pace.fail(null)
        this.#failWaiters(outcome.error)
        this.#fill?.failed(outcome.error)
        break
      case 'changed': {
        const error = new SpoolError('bad-reply', { detail: outcome.detail })
        this.#pace.fail(null)
        this.#failWaiters(error)
        this.#context.onReplaced(outcome.detail, outcome.total)
        break
      }
      default:
        assertNever(outcome, 'outcome')
    }
    if (this.#transfers.size === 0) this.#bytes.room.releaseFree()
    this.look()
    if (this.#transfers.size === 0 && this.#readers.size === 0) this.#context.onIdle()
  }

  #lookIn(delayMs: number): void {
    this.#retryTimer?.[Symbol.dispose]()
    this.#retryTimer = this.#context.clock.after(delayMs, () => {
      this.#retryTimer = null
      this.look()
    })
  }

  /** Readers that wait and have no live transfer on its way to them. */
  #failWaiters(error: SpoolError): void {
    const attach = this.#attach
    for (const reader of [...this.#readers]) {
      if (reader.waitingSince === null || this.#bytes.arrived.has(reader.position)) continue
      const isServed = [...this.#transfers].some((transfer) => covers(transfer, reader.position, attach))
      if (!isServed) reader.fail(error)
    }
  }

  #unreachable(): SpoolError {
    return new SpoolError(this.#bytes.isOutOfReach ? 'cache-disk-missing' : 'source-unreachable')
  }

  /** Closes what nobody needs. */
  #reap(): void {
    if (this.#fill !== null) return
    for (const transfer of this.#transfers)
      if (!this.#isWanted(transfer) && !isNearlyDone(transfer, transfer.bytesPerSecond)) transfer.abort()
  }

  #tickLater(): void {
    if (this.#isStopped || this.#tickTimer !== null) return
    if (this.#transfers.size === 0 && this.#readers.size === 0) return
    this.#tickTimer = this.#context.clock.after(tickMs, () => {
      this.#tickTimer = null
      this.#tick()
    })
  }

  /** Once a second: whoever has been silent, or waiting, or holding still for too long. */
  #tick(): void {
    const now = this.#context.clock.monotonicMs()
    for (const transfer of this.#transfers) {
      if (isSilent(transfer, this.#isWanted(transfer), now)) transfer.abort('no bytes for too long')
      else if (isHeldTooLong(transfer, now) && this.permit(transfer) === 'hold') transfer.abort()
    }
    // What was nearly done when it was let be may have gone silent.
    if (this.#graceTimer === null) this.#reap()
    for (const reader of [...this.#readers]) {
      if (!isOutOfPatience(reader.waitingSince, now)) continue
      const isComing = [...this.#transfers].some(
        (transfer) => covers(transfer, reader.position, mostAttachBytes) && isBringing(transfer, now),
      )
      if (!isComing) reader.fail(this.#unreachable())
    }
    this.look()
  }
}
