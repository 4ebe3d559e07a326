import type { OpenFile, WantedBytes } from '../cache/handle.ts'
import { contentTypeOf } from './content-type.ts'
import type { MediaBody } from './media-body.ts'
import { judgePreconditions } from './preconditions.ts'
import { allowsRange, chooseRange, readRange } from './range-header.ts'

/** What of a request for media matters. A web `Request` is one. */
export interface MediaRequest {
  readonly method: string
  readonly headers: { get(name: string): string | null }
  readonly signal: AbortSignal
}

/** An answer before it is a `Response` or on a socket. */
export interface MediaReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Null: there is none, as for HEAD. */
  readonly body: MediaBody | null
}

export const commonHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
} as const

/**
 * Answers a request for a file: whole, one range, 304, 412 or 416; without a length and without ranges when nobody knows its size. Rejects with a SpoolError while an error can still have a status of its own.
 * @param handOver called when there is a body: what it gives is called once that is done
 */
export async function answerFile(
  file: OpenFile,
  request: MediaRequest,
  handOver: () => () => void,
): Promise<MediaReply> {
  const refusal = refuseByPreconditions(file, request)
  if (refusal !== null) return refusal
  const range = allowsRange(request.headers.get('if-range'), file.etag) ? request.headers.get('range') : null
  const isHead = request.method === 'HEAD'
  const size = await file.size(request.signal, isHead ? undefined : wantedBytes(range))
  const typeHeaders = { ...commonHeaders, 'content-type': contentTypeOf(file.mime), etag: file.etag }
  if (size === null) {
    if (isHead) return { status: 200, headers: typeHeaders, body: null }
    const reader = file.stream(request.signal)
    const first = await reader.read()
    return { status: 200, headers: typeHeaders, body: { reader, first, onDone: handOver() } }
  }
  const headers = { ...typeHeaders, 'accept-ranges': 'bytes' }
  const choice = chooseRange(range, size)
  if (choice.kind === 'unsatisfiable')
    return {
      status: 416,
      headers: { ...headers, 'content-range': `bytes */${size}`, 'x-spool-error': 'bad-params' },
      body: null,
    }
  const [start, end] = choice.kind === 'part' ? [choice.start, choice.end] : [0, size]
  const status = choice.kind === 'part' ? 206 : 200
  const replyHeaders = {
    ...headers,
    'content-length': String(end - start),
    ...(choice.kind === 'part' ? { 'content-range': `bytes ${start}-${end - 1}/${size}` } : {}),
  }
  if (isHead || start === end) return { status, headers: replyHeaders, body: null }
  const reader = file.read(start, end, request.signal)
  // The first bytes decide between an error with its own status and a body: after the headers there is only breaking off.
  const first = await reader.read()
  return { status, headers: replyHeaders, body: { reader, first, onDone: handOver() } }
}

/** An answer without the file, for who has it already or wants another one. */
function refuseByPreconditions({ etag }: OpenFile, request: MediaRequest): MediaReply | null {
  const outcome = judgePreconditions(request.headers, etag)
  if (outcome === 'go') return null
  const headers = { ...commonHeaders, etag }
  if (outcome === 'not-modified') return { status: 304, headers, body: null }
  return { status: 412, headers: { ...headers, 'x-spool-error': 'bad-params' }, body: null }
}

/** What will be read, as far as can be told without the size: the request that tells the size can bring it too. */
function wantedBytes(range: string | null): WantedBytes {
  const { first, last } = readRange(range) ?? { first: 0, last: null }
  if (first === null || (last !== null && last < first)) return { start: 0, end: null }
  return { start: first, end: last === null ? null : last + 1 }
}
