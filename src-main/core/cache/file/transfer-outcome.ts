import { isAbort } from '../../base/control.ts'
import type { OddReply } from '../../../../src-preload/contract/index.ts'
import { SpoolError } from '../../spool-error.ts'
import type { AcceptedReply, Doubt, ReplyVerdict } from './reply.ts'

/** How one request ended. */
export type TransferOutcome =
  /** All that was asked for came, or what follows is here already. */
  | { readonly ended: 'done' }
  /** Broken off by ourselves. */
  | { readonly ended: 'aborted' }
  | { readonly ended: 'retry'; readonly error: SpoolError; readonly afterMs: number | null }
  | { readonly ended: 'failed'; readonly error: SpoolError }
  /** The head of the reply was judged, and nothing of its body was read. */
  | { readonly ended: 'doubt'; readonly doubt: Doubt }
  | { readonly ended: 'refused'; readonly error: SpoolError }
  | { readonly ended: 'missing'; readonly detail: string }
  | { readonly ended: 'beyond'; readonly total: number }
  | { readonly ended: 'whole' | 'sizeless' }

/** The source is asked anew. */
export const retry = (detail: string, cause?: unknown): TransferOutcome => ({
  ended: 'retry',
  error: new SpoolError('source-unreachable', { detail, ...(cause === undefined ? {} : { cause }) }),
  afterMs: null,
})

/** What of a reply that is not accepted is counted. */
export function oddityOf(verdict: Exclude<ReplyVerdict, AcceptedReply>): OddReply {
  switch (verdict.action) {
    case 'doubt':
      return verdict.doubt.kind
    case 'retry':
      return 'busy'
    case 'refused':
    case 'over-limit':
    case 'missing':
    case 'beyond':
    case 'whole':
    case 'sizeless':
      return verdict.action
  }
}

/** Of a reply whose head was not as it should be. */
export function rejected(verdict: Exclude<ReplyVerdict, AcceptedReply>): TransferOutcome {
  switch (verdict.action) {
    case 'retry':
      return {
        ended: 'retry',
        error: new SpoolError('source-busy', { detail: verdict.detail }),
        afterMs: verdict.afterMs,
      }
    case 'doubt':
      return { ended: 'doubt', doubt: verdict.doubt }
    case 'refused':
      return { ended: 'refused', error: new SpoolError(verdict.code, { detail: verdict.detail }) }
    case 'over-limit':
      return { ended: 'failed', error: new SpoolError('over-limit', { detail: verdict.detail }) }
    case 'missing':
      return { ended: 'missing', detail: verdict.detail }
    case 'beyond':
      return { ended: 'beyond', total: verdict.total }
    case 'whole':
    case 'sizeless':
      return { ended: verdict.action }
  }
}

/** How far a request was when an error ended it. */
interface Ending {
  readonly isAborted: boolean
  /** Aborted because the source went silent. */
  readonly stallReason: string | null
  /** The end of the reply is all that did not come. */
  readonly isFull: boolean
}

export function outcomeOfError(error: unknown, { isAborted, stallReason, isFull }: Ending): TransferOutcome {
  if (isAborted) {
    if (stallReason === null) return { ended: 'aborted' }
    return isFull ? { ended: 'done' } : retry(stallReason)
  }
  if (!(error instanceof SpoolError))
    return retry(isAbort(error) ? 'connection closed' : 'connection lost', error)
  if (error.code === 'source-unreachable' || error.code === 'cancelled')
    return isFull ? { ended: 'done' } : { ended: 'retry', error, afterMs: null }
  if (error.code === 'source-refused' || error.code === 'not-allowed') return { ended: 'refused', error }
  return { ended: 'failed', error }
}
