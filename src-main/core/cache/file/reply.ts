import type { ByteSpan } from '../upstream.ts'
import { parseContentRange, parseUnsatisfiedTotal } from './content-range.ts'

/** What to do with a reply to a range request. */
export type ReplyVerdict =
  /** The body is bytes `[start, end)` of a file of `total`; whatever comes beyond `end` is cut. */
  | { readonly action: 'accept'; readonly start: number; readonly end: number; readonly total: number }
  /** Not for now: try again, after `afterMs` when the source named a time. */
  | { readonly action: 'retry'; readonly detail: string; readonly afterMs: number | null }
  | {
      readonly action: 'reject'
      readonly code: 'bad-reply' | 'source-refused' | 'not-allowed' | 'over-limit' | 'unknown-media'
      readonly detail: string
    }
  /** Other bytes than those of this generation. */
  | { readonly action: 'changed'; readonly total: number | null; readonly detail: string }

interface ReplyHead {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

const retryStatuses: ReadonlySet<number> = new Set([408, 421, 425, 429])
/** What servers and the boxes in between send instead of media. */
const notMedia = /^(?:text\/(?!vnd\.)|application\/(?:json|xml|xhtml\+xml)|multipart\/)/i
const longestRetryAfterMs = 60_000

const reject = (detail: string): ReplyVerdict => ({ action: 'reject', code: 'bad-reply', detail })

/**
 * Judges a reply by its head alone. The size of a file comes only from a `Content-Range` or the length of a 200, and once known it never
 * changes: another size is another file.
 * @param known size of this generation, null until the first reply told it
 */
export function judgeReply(reply: ReplyHead, asked: ByteSpan, known: number | null): ReplyVerdict {
  const { status, headers } = reply
  if (status === 401) return { action: 'reject', code: 'source-refused', detail: 'status 401' }
  if (status === 403) return { action: 'reject', code: 'not-allowed', detail: 'status 403' }
  // Not of any standard; servers and hosts use it where the line, or its share, is used up.
  if (status === 509) return { action: 'reject', code: 'over-limit', detail: 'status 509' }
  if (status === 404 || status === 410)
    return { action: 'reject', code: 'unknown-media', detail: `status ${status}` }
  if (status >= 500 || retryStatuses.has(status))
    return { action: 'retry', detail: `status ${status}`, afterMs: retryAfterMs(headers['retry-after']) }
  if (status === 416) {
    const total = parseUnsatisfiedTotal(headers['content-range'])
    if (total !== null && known !== null && total !== known)
      return { action: 'changed', total: total > 0 ? total : null, detail: `size ${known} became ${total}` }
    return reject('status 416')
  }
  if (status !== 200 && status !== 206) return reject(`status ${status}`)
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== '' && encoding.toLowerCase() !== 'identity')
    return reject(`encoded as ${encoding}`)
  const type = headers['content-type']
  if (type !== undefined && notMedia.test(type)) return reject(`content type ${type}`)
  return status === 206 ? judgePartial(headers, asked, known) : judgeWhole(headers, asked, known)
}

function judgePartial(headers: ReplyHead['headers'], asked: ByteSpan, known: number | null): ReplyVerdict {
  const range = parseContentRange(headers['content-range'])
  if (range === null) return reject(`content range ${headers['content-range'] ?? 'missing'}`)
  const total = range.total ?? known
  if (total === null) return reject('size unknown')
  if (known !== null && total !== known)
    return { action: 'changed', total, detail: `size ${known} became ${total}` }
  if (range.start !== asked.start) return reject(`bytes from ${range.start}, not ${asked.start}`)
  if (range.end > total) return reject('content range beyond the size')
  // More than asked for is cut; less leaves the rest missing, which is asked for again.
  const end = Math.min(range.end, asked.end ?? total)
  return { action: 'accept', start: range.start, end, total }
}

function judgeWhole(headers: ReplyHead['headers'], asked: ByteSpan, known: number | null): ReplyVerdict {
  // Writing the beginning of a file to a place in its middle is the worst thing a cache can do.
  if (asked.start !== 0) return reject('the whole file instead of a part')
  const header = headers['content-length']
  const length = header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : null
  const total = length ?? known
  if (total === null) return reject('size unknown')
  if (length !== null && known !== null && length !== known)
    return { action: 'changed', total: length > 0 ? length : null, detail: `size ${known} became ${length}` }
  if (total === 0) return reject('an empty file')
  return { action: 'accept', start: 0, end: Math.min(total, asked.end ?? total), total }
}

/** Seconds only: an HTTP date would need both clocks to agree. */
function retryAfterMs(header: string | undefined): number | null {
  if (header === undefined || !/^\d{1,6}$/.test(header)) return null
  return Math.min(Number(header) * 1000, longestRetryAfterMs)
}

const firstDelayMs = 250
const longestDelayMs = 10_000

/**
 * Full jitter: any time up to a ceiling that doubles with every failure in a row.
 * @param failures in a row, from 1
 * @param random in `[0, 1)`
 */
export const backoffMs = (failures: number, random: number): number =>
  Math.ceil(random * Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(failures - 1, 10)))
