import type { ErrorCode, ErrorPayload } from '../../../src-preload/contract/index.ts'

/** What a call rejects with when the core could not do it. Aborted calls reject with the signal's reason instead. */
export class RpcError extends Error {
  override readonly name = 'RpcError'
  readonly code: ErrorCode
  /** Whether the same call may succeed later without anybody changing anything here. */
  readonly retryable: boolean

  constructor(payload: ErrorPayload) {
    super(payload.message)
    this.code = payload.code
    this.retryable = payload.retryable
  }
}

/** The core's process is gone: the one failure the page has to word itself. */
export const coreGone = (): RpcError =>
  new RpcError({
    code: 'internal',
    message: 'Spool is not running any more. Start it again.',
    retryable: true,
  })

/** Any caught value as an RpcError, so that views have one shape to show. */
export function toRpcError(error: unknown): RpcError {
  if (error instanceof RpcError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new RpcError({ code: 'internal', message, retryable: false })
}
