import { assertNever } from '../../base/control.ts'
import { SpoolError } from '../../spool-error.ts'
import type { EntryContext } from '../entry-resource.ts'
import type { FileBytes } from './file-bytes.ts'
import type { TransferOutcome } from './file-transfer.ts'
import type { FillListener } from './fill-listener.ts'
import { covers } from './read-ahead.ts'
import type { ReaderSet } from './reader-set.ts'
import { RetryPace } from './retry-pace.ts'
import type { TransferSet } from './transfer-set.ts'

/** Failures in a row after which a download steps aside. */
const fillFailures = 6
const parkMs = 30_000

export interface FetchOutcomesParts {
  readonly context: EntryContext
  readonly bytes: FileBytes
  readonly readers: ReaderSet
  readonly transfers: TransferSet
  /** How far behind a reader a transfer may be and still be its own. */
  readonly attach: () => number
}

/** What follows for readers and a download from how requests to the source ended. */
export class FetchOutcomes {
  readonly #parts: FetchOutcomesParts
  readonly #pace: RetryPace
  /** Of the failures in a row, the last. */
  #lastRetry: SpoolError | null = null
  /** The download of this file, if there is one. */
  fill: FillListener | null = null

  constructor(parts: FetchOutcomesParts) {
    this.#parts = parts
    this.#pace = new RetryPace(parts.context.clock)
  }

  get isRetrying(): boolean {
    return this.#pace.failures > 0
  }

  get isReachable(): boolean {
    const { upstream, key } = this.#parts.context
    return upstream.isReachable(key.sourceId)
  }

  /** Until the next request may be made. */
  get delayMs(): number {
    return this.#pace.delayMs
  }

  /** Until the source is asked again after a failure; null when nothing waits for that. */
  get retryInMs(): number | null {
    return this.isRetrying && this.delayMs > 0 ? this.delayMs : null
  }

  /** Bytes came, or the source answers again: whatever failed before is over. */
  onProgress(): void {
    this.#lastRetry = null
    this.#pace.reset()
  }

  onEnd(outcome: TransferOutcome): void {
    const { meter } = this.#parts.context
    switch (outcome.ended) {
      case 'done':
      case 'aborted':
        break
      case 'retry':
        this.#pace.fail(outcome.afterMs)
        this.#lastRetry = outcome.error
        meter.failed(outcome.error.code)
        if (!this.isReachable) this.failUnserved()
        if (this.#pace.failures > fillFailures) this.fill?.parked('retrying', parkMs)
        break
      case 'failed':
        this.#pace.fail(null)
        meter.failed(outcome.error.code)
        this.failUnserved(outcome.error)
        this.fill?.failed(outcome.error)
        break
      case 'changed':
        this.#pace.fail(null)
        meter.failed('bad-reply')
        this.failUnserved(new SpoolError('bad-reply', { detail: outcome.detail }))
        this.#parts.context.onReplaced(outcome.detail, outcome.total)
        break
      default:
        assertNever(outcome, 'outcome')
    }
  }

  /** The download waits until the source answers. */
  parkFill(): void {
    this.fill?.parked('source-unreachable', parkMs)
  }

  /** Fails the readers that wait and have no live transfer on its way to them. */
  failUnserved(error: SpoolError = this.unreachable()): void {
    const { bytes, readers, transfers } = this.#parts
    const attach = this.#parts.attach()
    readers.failWaiting(
      error,
      (position) =>
        bytes.arrived.has(position) || [...transfers].some((transfer) => covers(transfer, position, attach)),
    )
  }

  /** What to tell a reader that has waited long enough: a source that answers, but not with bytes, is busy. */
  unreachable(): SpoolError {
    const busy = this.#lastRetry
    if (busy?.code === 'source-busy' && this.isReachable)
      return new SpoolError('source-busy', { cause: busy })
    return new SpoolError(this.#parts.bytes.isOutOfReach ? 'cache-disk-missing' : 'source-unreachable')
  }
}
