import { assertNever } from '../../base/control.ts'
import { SpoolError } from '../../spool-error.ts'
import type { EntryContext } from '../entry-resource.ts'
import { weighDoubt } from './doubts.ts'
import type { FileBytes } from './file-bytes.ts'
import type { FileTransfer } from './file-transfer.ts'
import type { TransferOutcome } from './transfer-outcome.ts'
import type { FillListener } from './fill-listener.ts'
import { compareIdentity, type Identity } from './identity.ts'
import type { KeptIdentity } from './kept-identity.ts'
import { covers } from './read-ahead.ts'
import type { ReaderSet } from './reader-set.ts'
import type { AcceptedReply, Doubt } from './reply.ts'
import { RetryBook } from './retry-book.ts'
import { SourceQuestions } from './source-questions.ts'
import type { TransferSet } from './transfer-set.ts'

/** Requests for one position that may fail in a row before a player is told, and a download steps aside. */
const mostAttempts = 6
const parkMs = 30_000

export interface FetchOutcomesParts {
  readonly context: EntryContext
  readonly bytes: FileBytes
  readonly kept: KeptIdentity
  readonly readers: ReaderSet
  readonly transfers: TransferSet
  /** How far behind a reader a transfer may be and still be its own. */
  readonly attach: () => number
  readonly adoptTotal: (total: number) => void
  /** What was being asked about is known: look again. */
  readonly look: () => void
}

/** What follows for readers and a download from how requests to the source ended. */
export class FetchOutcomes {
  readonly #parts: FetchOutcomesParts
  readonly #book: RetryBook
  readonly #questions: SourceQuestions
  /** Of the failures in a row, the last. */
  #lastRetry: SpoolError | null = null
  /** The download of this file, if there is one. */
  fill: FillListener | null = null
  /** The source was asked for the size of this file, and does not tell it. */
  isSizeless = false
  #doubt: Doubt | null = null
  /** Only a later request than this can settle the doubt. */
  #doubtSince = Number.NEGATIVE_INFINITY
  /** These bytes are not the source's any more: nothing more is fetched for them. */
  #isOver: SpoolError | null = null

  constructor(parts: FetchOutcomesParts) {
    this.#parts = parts
    this.#book = new RetryBook(parts.context.clock)
    this.#questions = new SourceQuestions(parts.context, parts.look)
  }

  /** Something that is wanted now failed before, and is tried again. */
  get isRetrying(): boolean {
    if (this.fill !== null && this.retryInMs !== null) return true
    return [...this.#parts.readers].some(
      ({ waitingSince, position }) => waitingSince !== null && this.#book.failuresAt(position) > 0,
    )
  }

  get isReachable(): boolean {
    const { upstream, key } = this.#parts.context
    return upstream.isReachable(key.sourceId)
  }

  /** False while something has to be found out first; whoever waits is looked after when it is. */
  get mayAsk(): boolean {
    return !this.#questions.isAsking
  }

  /** Until a request for `position` may be made. */
  delayMs(position: number): number {
    return this.#book.delayMs(position)
  }

  /** Until the source is asked again after a failure; null when nothing waits for that. */
  get retryInMs(): number | null {
    return this.#book.nextMs
  }

  /** Fails whoever waits when there is no use in asking the source. Answers whether that is so. */
  refuseWaiting(): boolean {
    if (this.#isOver !== null) this.failUnserved(this.#isOver)
    else if (!this.isReachable) this.failUnserved()
    else return false
    return true
  }

  /** Bytes `[start, end)` came. */
  onProgress(start: number, end: number): void {
    this.#lastRetry = null
    this.#book.onProgress(start, end)
  }

  /** The source answers again, or is reached in another way: what waits for a retry need not wait. */
  hurry(): void {
    this.#book.hurry()
  }

  /** The head of a reply was as it should be. */
  onAccepted(transfer: FileTransfer, reply: AcceptedReply): void {
    const { source, key } = this.#parts.context
    this.#parts.kept.learn(reply.validators)
    source.noteAccepted()
    if (reply.knowsRanges !== null) source.noteRanges(reply.knowsRanges)
    if (reply.knowsRanges === false) this.#parts.context.meter.oddReply('whole')
    if (this.#doubt === null || transfer.askedAt < this.#doubtSince) return
    // It said once that these were other bytes, and now that they are not.
    if (this.#doubt.kind === 'changed') source.noteContradiction(key)
    this.#doubt = null
  }

  onEnd(transfer: FileTransfer, outcome: TransferOutcome): void {
    const { context, adoptTotal } = this.#parts
    switch (outcome.ended) {
      case 'done':
      case 'aborted':
        break
      case 'retry':
        this.#retry(transfer, outcome.error, outcome.afterMs)
        break
      case 'failed':
        this.#fail(transfer, outcome.error)
        break
      case 'doubt':
        this.#onDoubt(transfer, outcome.doubt)
        break
      case 'refused':
        this.#onRefused(transfer, outcome.error)
        break
      case 'missing':
        this.#onMissing(transfer, outcome.detail)
        break
      case 'beyond':
        adoptTotal(outcome.total)
        this.failUnserved(badReply('there is nothing at that position'))
        break
      case 'whole':
        // With a condition that names this very file, it may be the condition that it does not understand.
        if (transfer.isConditional) context.source.dropConditions()
        else context.source.noteRanges(false)
        this.#retry(transfer, badReply('the whole file instead of a part'), null)
        break
      case 'sizeless':
        this.#onSizeless(transfer)
        break
      default:
        assertNever(outcome, 'outcome')
    }
  }

  /** The download waits until the source answers. */
  parkFill(): void {
    if (this.#isOver === null) this.fill?.parked('source-unreachable', parkMs)
    else this.fill?.failed(this.#isOver)
  }

  /** Fails the readers that wait and have no live transfer on its way to them. */
  failUnserved(error: SpoolError = this.unreachable()): void {
    this.#failUnserved(error, () => true)
  }

  /** What to tell a reader that has waited long enough: a source that answers, but not with bytes, is busy. */
  unreachable(): SpoolError {
    const busy = this.#lastRetry
    if (busy?.code === 'source-busy' && this.isReachable)
      return new SpoolError('source-busy', { cause: busy })
    return new SpoolError(this.#parts.bytes.isOutOfReach ? 'cache-disk-missing' : 'source-unreachable')
  }

  /** Ends what is being asked of the source. */
  stop(): Promise<void> {
    return this.#questions.stop()
  }

  /** @param error what readers are told when this was the last attempt */
  #retry(transfer: FileTransfer, error: SpoolError, afterMs: number | null): void {
    const failures = this.#book.fail(transfer.stalledAt, afterMs)
    this.#lastRetry = error
    this.#parts.context.meter.failed(error.code)
    if (!this.isReachable) this.failUnserved()
    if (failures < mostAttempts) return
    this.#failStalled(transfer, error)
    this.fill?.parked('retrying', parkMs)
  }

  #fail(transfer: FileTransfer, error: SpoolError): void {
    this.#book.fail(transfer.stalledAt, null)
    this.#parts.context.meter.failed(error.code)
    this.failUnserved(error)
    this.fill?.failed(error)
  }

  #onDoubt(transfer: FileTransfer, doubt: Doubt): void {
    const { context } = this.#parts
    const isLater = this.#doubt !== null && transfer.askedAt > this.#doubtSince
    const step = isLater ? weighDoubt(this.#doubt, doubt) : 'ask-again'
    if (step === 'believe') {
      this.#doubt = null
      if (doubt.kind === 'changed') this.#onChanged(transfer, doubt.detail, doubt.seen)
      else this.#fail(transfer, badReply(doubt.detail))
      return
    }
    if (step === 'contradiction') context.source.noteContradiction(context.key)
    if (isLater || this.#doubt === null) {
      this.#doubt = doubt
      this.#doubtSince = context.clock.monotonicMs()
    }
    this.#retry(transfer, badReply(doubt.detail), null)
  }

  /** Twice the source has shown the same other file. */
  #onChanged(transfer: FileTransfer, detail: string, seen: Identity): void {
    const { context, kept } = this.#parts
    const { source, key } = context
    // Others may have learnt meanwhile that it cannot be taken at its word.
    const isSame = (): boolean => compareIdentity(kept.identity, seen, source.trustIn(key)).isSame
    if (isSame()) return this.#retry(transfer, badReply(detail), null)
    if (source.mayLeave(key, kept.identity, seen)) return this.#replace(detail, seen.totalBytes)
    source.noteContradiction(key)
    if (isSame()) this.#retry(transfer, badReply(detail), null)
    else this.#fail(transfer, badReply(`${detail}, and back`))
  }

  #replace(detail: string, totalBytes: number | null): void {
    const error = badReply(detail)
    this.#isOver = error
    this.#parts.context.meter.failed(error.code)
    this.failUnserved(error)
    this.#parts.context.onReplaced(detail, totalBytes)
  }

  #onRefused(transfer: FileTransfer, error: SpoolError): void {
    const { source } = this.#parts.context
    const step = source.afterRefusal(transfer.askedAt)
    // Not an attempt that failed: it is the next one, with other credentials, that counts.
    if (step === 'renew') this.#questions.ask(() => source.renew())
    else if (step === 'fail') this.#fail(transfer, error)
  }

  /** Only the source's own list of what it has can say that a file is gone: a missing disk of the server looks the same. */
  #onMissing(transfer: FileTransfer, detail: string): void {
    const { plan } = this.#parts.context
    const error = badReply(`${detail}, though the server lists the file`)
    if (this.#questions.isAsking) return this.#retry(transfer, error, null)
    this.#questions.confirm((now) => {
      if (now === null) return this.#fail(transfer, new SpoolError('unknown-media', { detail }))
      if (now !== 'unknown' && now.partKey !== plan.partKey)
        return this.#replace('the file changed on the server', null)
      this.#retry(transfer, error, null)
    })
  }

  #onSizeless(transfer: FileTransfer): void {
    this.#questions.findSize((total) => {
      this.isSizeless = total === null
      if (total === null) return this.#fail(transfer, badReply('size unknown'))
      this.#parts.adoptTotal(total)
    })
  }

  /** Those whom this transfer would have served. */
  #failStalled(transfer: FileTransfer, error: SpoolError): void {
    const { stalledAt } = transfer
    const attach = this.#parts.attach()
    this.#failUnserved(error, (position) => position >= stalledAt && position - stalledAt <= attach)
  }

  #failUnserved(error: SpoolError, isMeant: (position: number) => boolean): void {
    const { bytes, readers, transfers } = this.#parts
    const attach = this.#parts.attach()
    readers.failWaiting(
      error,
      (position) =>
        !isMeant(position) ||
        bytes.arrived.has(position) ||
        [...transfers].some((transfer) => covers(transfer, position, attach)),
    )
  }
}

const badReply = (detail: string): SpoolError => new SpoolError('bad-reply', { detail })
