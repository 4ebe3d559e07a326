import { SpoolError } from '../spool-error.ts'

/** A server that will not send what was asked for, with what it said it could send instead. */
export class RefusedError extends SpoolError {
  /** Null when it did not say. */
  readonly availableKbps: number | null
  /** False for a status that has other meanings as well: nothing is to be learned from it for other titles. */
  readonly isCertain: boolean

  constructor(detail: string, availableKbps: number | null, isCertain = true) {
    super('over-limit', { detail })
    this.availableKbps = availableKbps
    this.isCertain = isCertain
  }
}

/** Families of decision codes (plex-api.md 6.5): 1xxx can play, 2xxx general, 3xxx direct play, 4xxx conversion. */
const firstError = 2000
const tooFast: ReadonlySet<number> = new Set([2001, 3001])
/** The file or the request, not the account: unplayable, not convertible, or no profile for it. */
const impossible: ReadonlySet<number> = new Set([2000, 2003, 2004])
const terminated = 2006

export const isErrorCode = (code: number): boolean => code >= firstError

/** What a decision's code means for whoever wanted to play. `text` is the server's own sentence. */
export function refusalOfCode(code: number, text: string | null, availableKbps: number | null): SpoolError {
  const detail = shorten(text ?? `code ${code}`)
  if (tooFast.has(code)) return new RefusedError(detail, availableKbps)
  if (code === terminated) return new SpoolError('ended-by-server', { detail })
  if (impossible.has(code) || code >= 3000) return new SpoolError('unplayable', { detail })
  // What else there is of 2xxx: downloads, streams and accounts that are not allowed.
  return new SpoolError('not-allowed', { detail })
}

/** How long a server that names no time is left alone. */
const busySeconds = 5

/**
 * What a status means on the endpoints that decide, convert and send media. They differ from the library's: 403 is about the account or the
 * place it plays from, not the token; 400 comes from a server that was asked to start too often; 509 and, from afar, 500 are bandwidth.
 */
export function refusalOfStatus(
  status: number,
  retryAfter: string | undefined,
  isRemote: boolean,
): SpoolError {
  const detail = `HTTP ${status}`
  if (status === 401) return new SpoolError('source-refused', { detail })
  if (status === 403) return new SpoolError('not-allowed', { detail })
  if (status === 404 || status === 410) return new SpoolError('unknown-media', { detail })
  if (status === 509 || (status === 500 && isRemote)) return new RefusedError(detail, null, status === 509)
  const seconds = Number(retryAfter)
  const retryAfterSeconds = Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 60) : busySeconds
  if (status === 400 || status === 429 || status >= 500)
    return new SpoolError('source-busy', { detail, retryAfterSeconds })
  return new SpoolError('bad-reply', { detail })
}

const shorten = (text: string): string => (text.length <= 200 ? text : `${text.slice(0, 199)}…`)
