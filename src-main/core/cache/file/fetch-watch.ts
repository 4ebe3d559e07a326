import type { Clock } from '../../base/clock.ts'
import type { Cursor } from './file-reader.ts'
import type { FileTransfer, Permit } from './file-transfer.ts'
import { isBringing, isHeldTooLong, isOutOfPatience, isSilent } from './patience.ts'
import { covers, mostAttachBytes } from './read-ahead.ts'
import type { ReaderSet } from './reader-set.ts'
import type { TransferSet } from './transfer-set.ts'

/** Players close and reopen their connection on every seek. */
const graceMs = 500
const tickMs = 1_000
const sleptMs = 5_000

export interface FetchWatchOwner {
  readonly transfers: TransferSet
  readonly readers: ReaderSet
  /** How far behind a reader a transfer may be and still be its own. */
  readonly attach: number
  /** Whether a transfer that is closed can be begun again where it was. */
  readonly canResume: boolean
  isWanted(transfer: FileTransfer): boolean
  permit(transfer: FileTransfer): Permit
  /** Closes what nobody needs. */
  reap(): void
  look(): void
  /** A player waited for one byte for too long. */
  giveUp(reader: Cursor): void
  /** The computer has slept. */
  wake(): void
}

/** The timers of one file's fetching: retries that are due, the grace after a reader has left, and a look once a second at who is overdue. */
export class FetchWatch implements Disposable {
  readonly #clock: Clock
  readonly #owner: FetchWatchOwner
  #retryTimer: Disposable | null = null
  #graceTimer: Disposable | null = null
  #soonTimer: Disposable | null = null
  #tickTimer: Disposable | null = null
  #isDisposed = false
  /** Nobody is blamed for what was before this. */
  #forgivenUntil = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, owner: FetchWatchOwner) {
    this.#clock = clock
    this.#owner = owner
  }

  /** Looks again after `delayMs`, instead of whenever it was going to. */
  lookIn(delayMs: number): void {
    if (this.#isDisposed) return
    this.#retryTimer?.[Symbol.dispose]()
    this.#retryTimer = this.#clock.after(delayMs, () => {
      this.#retryTimer = null
      this.#owner.look()
    })
  }

  /** Not at once: a seek comes as the end of one reader and the beginning of another. */
  reapLater(): void {
    if (this.#isDisposed) return
    this.#graceTimer ??= this.#clock.after(graceMs, () => {
      this.#graceTimer = null
      this.#owner.reap()
    })
  }

  /** Once what was just begun is on its way: closing connections takes a moment, which a jump would be late by. */
  reapSoon(): void {
    if (this.#isDisposed) return
    this.#soonTimer ??= this.#clock.after(0, () => {
      this.#soonTimer = null
      this.#owner.reap()
    })
  }

  tickLater(): void {
    const { transfers, readers } = this.#owner
    if (this.#isDisposed || this.#tickTimer !== null) return
    if (transfers.size === 0 && readers.size === 0) return
    const dueAt = this.#clock.monotonicMs() + tickMs
    this.#tickTimer = this.#clock.after(tickMs, () => {
      this.#tickTimer = null
      // Where the clock goes on while the computer sleeps, this is the first to run, and everybody seems to have waited for ages.
      if (this.#clock.monotonicMs() - dueAt > sleptMs) this.#owner.wake()
      this.#tick()
    })
  }

  /** Whoever waits begins to wait now. */
  forgive(): void {
    this.#forgivenUntil = this.#clock.monotonicMs()
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true
    for (const timer of [this.#retryTimer, this.#graceTimer, this.#soonTimer, this.#tickTimer])
      timer?.[Symbol.dispose]()
  }

  /** Whoever has been silent, or waiting, or holding still for too long. */
  #tick(): void {
    const { transfers, readers } = this.#owner
    const now = this.#clock.monotonicMs()
    for (const transfer of transfers) {
      if (isSilent(transfer, this.#owner.isWanted(transfer), now)) transfer.abort('no bytes for too long')
      else if (!this.#owner.canResume) continue
      else if (isHeldTooLong(transfer, now) && this.#owner.permit(transfer) !== 'go') transfer.abort()
    }
    // What was nearly done when it was let be may have gone silent.
    if (this.#graceTimer === null) this.#owner.reap()
    const reach = Math.max(mostAttachBytes, this.#owner.attach)
    for (const reader of [...readers]) {
      const since = reader.waitingSince === null ? null : Math.max(reader.waitingSince, this.#forgivenUntil)
      if (!isOutOfPatience(since, now)) continue
      const isComing = [...transfers].some(
        (transfer) => covers(transfer, reader.position, reach) && isBringing(transfer, now),
      )
      if (!isComing) this.#owner.giveUp(reader)
    }
    this.#owner.look()
  }
}
