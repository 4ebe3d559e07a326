import type { ByteRequest } from '../upstream.ts'
import { parseContentRange, parseUnsatisfiedTotal } from './content-range.ts'
import { compareIdentity, validatorsOf, type Identity, type Trust, type Validators } from './identity.ts'
import { retryAfterMs } from './retry-after.ts'

/** A reply that does not fit; one alone proves nothing, so it is asked once more before it is believed. */
export type Doubt =
  /** Not the media that was asked for, or not told in a way that could be trusted. */
  | { readonly kind: 'malformed'; readonly detail: string }
  /** Other bytes than those of this generation. */
  | { readonly kind: 'changed'; readonly detail: string; readonly seen: Identity }

/** What to do with a reply to a range request. */
export type ReplyVerdict =
  | AcceptedReply
  /** Not for now: try again, after `afterMs` when the source named a time. */
  | { readonly action: 'retry'; readonly detail: string; readonly afterMs: number | null }
  | { readonly action: 'doubt'; readonly doubt: Doubt }
  /** Our credentials may be out of date; `code` when they are not. */
  | {
      readonly action: 'refused'
      readonly code: 'source-refused' | 'not-allowed'
      readonly detail: string
    }
  /** The line, or our share of it, is used up. */
  | { readonly action: 'over-limit'; readonly detail: string }
  /** 404, 410: perhaps the file is gone. */
  | { readonly action: 'missing'; readonly detail: string }
  /** Nothing lies at that position; the reply told the size, which was not known. */
  | { readonly action: 'beyond'; readonly total: number }
  /** The same file from its beginning instead of the part: the source knows no ranges, or none with a condition. */
  | { readonly action: 'whole' }
  /** Bytes as asked for, of a file whose size neither this reply nor anybody else has told. */
  | { readonly action: 'sizeless' }

export interface AcceptedReply {
  readonly action: 'accept'
  readonly start: number
  /** The body is bytes `[start, end)` of a file of `total`; whatever comes beyond `end` is cut. */
  readonly end: number
  readonly total: number
  readonly validators: Validators
  /** Whether the source has shown that it knows ranges, or that it does not; null when this reply shows neither. */
  readonly knowsRanges: boolean | null
}

interface ReplyHead {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** What is known before a reply comes. */
export interface Known {
  /** Of this generation; its size is null until the first reply told it. */
  readonly identity: Identity
  readonly trust: Trust
  /** Wall clock, epoch ms. */
  readonly now: number
}

const retryStatuses: ReadonlySet<number> = new Set([408, 421, 425, 429])
/** What servers and the boxes in between send instead of media. */
const notMedia = /^(?:text\/(?!vnd\.)|application\/(?:json|xml|xhtml\+xml)|multipart\/)/i

const malformed = (detail: string): ReplyVerdict => ({
  action: 'doubt',
  doubt: { kind: 'malformed', detail },
})

/**
 * Judges a reply by its head alone. The size of a file comes only from a `Content-Range` or the length of a 200, and once known it never
 * changes: another size is another file.
 */
export function judgeReply(reply: ReplyHead, asked: ByteRequest, known: Known): ReplyVerdict {
  const { status, headers } = reply
  const detail = `status ${status}`
  if (status === 401) return { action: 'refused', code: 'source-refused', detail }
  if (status === 403) return { action: 'refused', code: 'not-allowed', detail }
  // Not of any standard; servers and hosts use it where the line, or its share, is used up.
  if (status === 509) return { action: 'over-limit', detail }
  if (status === 404 || status === 410) return { action: 'missing', detail }
  if (status >= 500 || retryStatuses.has(status))
    return { action: 'retry', detail, afterMs: retryAfterMs(headers, known.now) }
  if (status === 416) return judgeUnsatisfied(headers, known)
  if (status !== 200 && status !== 206) return malformed(detail)
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== '' && encoding.toLowerCase() !== 'identity')
    return malformed(`encoded as ${encoding}`)
  const type = headers['content-type']
  if (type !== undefined && notMedia.test(type)) return malformed(`content type ${type}`)
  return status === 206 ? judgePartial(headers, asked, known) : judgeWhole(headers, asked, known)
}

function judgeUnsatisfied(headers: ReplyHead['headers'], known: Known): ReplyVerdict {
  const total = parseUnsatisfiedTotal(headers['content-range'])
  if (total === null || total === 0) return malformed('status 416')
  if (known.identity.totalBytes === null) return { action: 'beyond', total }
  return changedBy(headers, total, known) ?? malformed('status 416')
}

function judgePartial(headers: ReplyHead['headers'], asked: ByteRequest, known: Known): ReplyVerdict {
  const range = parseContentRange(headers['content-range'])
  if (range === null) return malformed(`content range ${headers['content-range'] ?? 'missing'}`)
  const total = range.total ?? known.identity.totalBytes
  if (total === null)
    return range.start === asked.start
      ? { action: 'sizeless' }
      : malformed(`bytes from ${range.start}, not ${asked.start}`)
  const changed = changedBy(headers, total, known)
  if (changed !== null) return changed
  if (range.start !== asked.start) return malformed(`bytes from ${range.start}, not ${asked.start}`)
  if (range.end > total) return malformed('content range beyond the size')
  // More than asked for is cut; less leaves the rest missing, which is asked for again.
  const end = Math.min(range.end, asked.end ?? total)
  const validators = validatorsOf(headers)
  // The beginning of a file proves nothing: there are servers that know no other part.
  const knowsRanges = range.start > 0 ? true : null
  return { action: 'accept', start: range.start, end, total, validators, knowsRanges }
}

function judgeWhole(headers: ReplyHead['headers'], asked: ByteRequest, known: Known): ReplyVerdict {
  const header = headers['content-length']
  const length = header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : null
  if (length === 0) return malformed('an empty file')
  const changed = changedBy(headers, length, known)
  if (changed !== null) return changed
  // Writing the beginning of a file to a place in its middle is the worst thing a cache can do.
  if (asked.start !== 0) return { action: 'whole' }
  const total = length ?? known.identity.totalBytes
  if (total === null) return { action: 'sizeless' }
  const end = Math.min(total, asked.end ?? total)
  // A server may answer a request for everything with everything, though it knows ranges; with a condition it should when that fails.
  const isClear =
    (asked.ifRange ?? null) === null && headers['accept-ranges']?.trim().toLowerCase() !== 'bytes'
  const validators = validatorsOf(headers)
  return { action: 'accept', start: 0, end, total, validators, knowsRanges: isClear ? false : null }
}

function changedBy(headers: ReplyHead['headers'], total: number | null, known: Known): ReplyVerdict | null {
  const seen: Identity = { partKey: null, totalBytes: total, ...validatorsOf(headers) }
  const { isSame, ground } = compareIdentity(known.identity, seen, known.trust)
  if (isSame) return null
  const detail = ground === 'size' ? `size ${known.identity.totalBytes} became ${total}` : `another ${ground}`
  return { action: 'doubt', doubt: { kind: 'changed', detail, seen } }
}
