import type { FileTransfer } from './file-transfer.ts'
import type { TransferOutcome } from './transfer-outcome.ts'

/** The live transfers of one file. */
export class TransferSet implements Iterable<FileTransfer> {
  readonly #transfers = new Set<FileTransfer>()
  readonly #running = new Set<Promise<void>>()
  #replyMs = 100

  get size(): number {
    return this.#transfers.size
  }

  /** How long the source takes to answer, smoothed. */
  get replyMs(): number {
    return this.#replyMs
  }

  [Symbol.iterator](): Iterator<FileTransfer> {
    return this.#transfers.values()
  }

  /** Runs it until it ends; by the time of `onEnd` it is not in the set any more. */
  start(transfer: FileTransfer, onEnd: (outcome: TransferOutcome) => void): void {
    this.#transfers.add(transfer)
    const running = transfer.run().then((outcome) => {
      this.#transfers.delete(transfer)
      this.#running.delete(running)
      if (transfer.replyMs !== null) this.#replyMs = this.#replyMs * 0.8 + transfer.replyMs * 0.2
      onEnd(outcome)
    })
    this.#running.add(running)
  }

  /** What transfers that hold still are permitted may have changed. */
  kickHeld(): void {
    for (const transfer of this.#transfers) if (transfer.holdingSince !== null) transfer.kick()
  }

  /** Closes all of them; resolves when no connection is left. */
  async abortAll(): Promise<void> {
    for (const transfer of this.#transfers) transfer.abort()
    await Promise.all(this.#running)
  }
}
