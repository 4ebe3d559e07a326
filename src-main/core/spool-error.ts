import { errorSentences, type ErrorCode, type ErrorPayload } from '../../src-preload/contract/index.ts'

/** Codes that may go away by themselves: asking again later makes sense. */
const retryableCodes: ReadonlySet<ErrorCode> = new Set([
  'source-unreachable',
  'source-busy',
  'disk-full',
  'cache-disk-missing',
  'bad-playlist',
  'bad-reply',
])

interface SpoolErrorOptions {
  /** Appended to the code's sentence: names, sizes, addresses. Never a token. */
  readonly detail?: string
  readonly cause?: unknown
  /** For media URLs and waits: when asking again makes sense, in seconds. */
  readonly retryAfterSeconds?: number
}

/** The only error that crosses from the core to a caller as itself; anything else arrives as `internal`. */
export class SpoolError extends Error {
  readonly code: ErrorCode
  readonly retryAfterSeconds: number | null

  constructor(code: ErrorCode, options: SpoolErrorOptions = {}) {
    const sentence = errorSentences[code]
    super(options.detail === undefined ? sentence : `${sentence} (${options.detail})`, {
      cause: options.cause,
    })
    this.name = 'SpoolError'
    this.code = code
    this.retryAfterSeconds = options.retryAfterSeconds ?? null
  }

  get isRetryable(): boolean {
    return retryableCodes.has(this.code)
  }

  toPayload(): ErrorPayload {
    return { code: this.code, message: this.message, retryable: this.isRetryable }
  }
}

/** Any thrown value as a SpoolError; aborts become `cancelled`, strangers `internal`. */
export function toSpoolError(error: unknown): SpoolError {
  if (error instanceof SpoolError) return error
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError'))
    return new SpoolError('cancelled', { cause: error })
  return new SpoolError('internal', { cause: error })
}
