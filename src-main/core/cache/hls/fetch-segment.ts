import type { Clock } from '../../base/clock.ts'
import { unlessAborted } from '../../base/control.ts'
import { SpoolError } from '../../spool-error.ts'
import type { HlsSession } from '../upstream.ts'
import type { HlsTiming } from './hls-timing.ts'
import { checkSegment, type SegmentFacts, type SegmentRefusal } from './segment-check.ts'
import type { SegmentContainer } from './segment-grid.ts'

/** What came of asking a session for a segment once. */
export type FetchOutcome =
  | { readonly kind: 'segment'; readonly bytes: Uint8Array; readonly facts: SegmentFacts }
  /** The encoder is not there yet, or stands elsewhere. */
  | { readonly kind: 'not-ready'; readonly isBlank: boolean; readonly status?: number }
  /** Something that is not this segment. */
  | { readonly kind: 'bad'; readonly reason: SegmentRefusal['refused'] | 'too-large' | `status-${number}` }
  /** No reply, or one that stopped. */
  | { readonly kind: 'stalled' }
  /** The session is over. */
  | { readonly kind: 'ended'; readonly status?: number }
  | { readonly kind: 'failed'; readonly error: SpoolError }

export interface SegmentRequest {
  readonly session: HlsSession
  /** As it stands in the session's playlist. */
  readonly uri: string
  readonly container: SegmentContainer
  readonly seq: number
  readonly init: Uint8Array | null
  /** How long to wait for the reply's head. */
  readonly replyMs: number
}

/** 40 Mbit/s over 10 s, and then some. */
const maxSegmentBytes = 64 * 1024 * 1024
const notReadyStatuses: ReadonlySet<number> = new Set([404, 408, 425, 429, 500, 502, 503, 504])
/** The session's id is the credential: refused means that it is gone. */
const endedStatuses: ReadonlySet<number> = new Set([401, 403, 410])

/**
 * Asks once and reads to the end. Nothing is answered before all of it has been seen to be a segment: servers send empty
 * packets and web pages under a segment's name. Rejects only with the signal's reason.
 */
export async function fetchSegment(
  request: SegmentRequest,
  clock: Clock,
  timing: HlsTiming,
  onBytes: (count: number) => void,
  signal: AbortSignal,
): Promise<FetchOutcome> {
  signal.throwIfAborted()
  const { session } = request
  const stall = new AbortController()
  const all = AbortSignal.any([signal, session.ended, stall.signal])
  let timer = clock.after(request.replyMs, () => stall.abort())
  const expectWithin = (delayMs: number): void => {
    timer[Symbol.dispose]()
    timer = clock.after(delayMs, () => stall.abort())
  }
  try {
    const reply = await unlessAborted(session.fetchSegment(request.uri, all), all, (late) => late.discard())
    if (reply.status !== 200) {
      reply.discard()
      return byStatus(reply.status)
    }
    expectWithin(timing.bodyStallMs)
    const pieces: Uint8Array[] = []
    let size = 0
    const body = reply.body[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = await unlessAborted(body.next(), all)
        if (next.done === true) break
        size += next.value.length
        if (size > maxSegmentBytes) return { kind: 'bad', reason: 'too-large' }
        onBytes(next.value.length)
        pieces.push(next.value)
        expectWithin(timing.bodyStallMs)
      }
    } finally {
      reply.discard()
    }
    const declared = Number(reply.headers['content-length'] ?? size)
    if (size !== declared) return { kind: 'bad', reason: 'truncated' }
    return checked(request, Buffer.concat(pieces, size))
  } catch (error) {
    signal.throwIfAborted()
    if (session.ended.aborted) return { kind: 'ended' }
    if (stall.signal.aborted) return { kind: 'stalled' }
    // Whatever breaks a reply off — reset, too short, TLS — is the network's.
    const isOurs = error instanceof SpoolError
    return { kind: 'failed', error: isOurs ? error : new SpoolError('source-unreachable', { cause: error }) }
  } finally {
    timer[Symbol.dispose]()
  }
}

function byStatus(status: number): FetchOutcome {
  if (notReadyStatuses.has(status)) return { kind: 'not-ready', isBlank: false, status }
  return endedStatuses.has(status) ? { kind: 'ended', status } : { kind: 'bad', reason: `status-${status}` }
}

function checked({ container, seq, init }: SegmentRequest, bytes: Uint8Array): FetchOutcome {
  const facts = checkSegment(container, seq, bytes, init)
  if (!('refused' in facts)) return { kind: 'segment', bytes, facts }
  return facts.refused === 'blank'
    ? { kind: 'not-ready', isBlank: true }
    : { kind: 'bad', reason: facts.refused }
}
