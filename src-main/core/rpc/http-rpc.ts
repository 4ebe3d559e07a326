import { createHash, timingSafeEqual } from 'node:crypto'
import { maxFrameBytes, type ErrorCode } from '../../../src-preload/contract/index.ts'
import { SpoolError } from '../spool-error.ts'
import type { CallOutcome, Router } from './router.ts'

export interface HttpRpcOptions {
  readonly router: Pick<Router, 'call'>
  /** What scripts send as `Authorization: Bearer <token>`. */
  readonly token: string
  /** The app's own origin. A request that names another one comes from a web page and is refused, whatever it carries. */
  isOwnOrigin(origin: string): boolean
}

/** `POST /rpc` for scripts: any well-formed call answers 200; what is not one answers 400, 401, 403, 405 or 413 in the same shape. */
export function createHttpRpc(options: HttpRpcOptions): (request: Request) => Promise<Response> {
  const isToken = createTokenCheck(options.token)
  return async (request) => {
    const origin = request.headers.get('origin')
    if (origin !== null && !options.isOwnOrigin(origin))
      return refusal(403, 'bad-token', 'requests from other web pages are refused')
    if (request.method !== 'POST')
      return refusal(405, 'bad-params', 'calls are made with POST', { allow: 'POST' })
    const bearer = /^Bearer +(?<token>[^ ]+) *$/i.exec(request.headers.get('authorization') ?? '')
    if (!isToken(bearer?.groups?.['token'] ?? ''))
      return refusal(401, 'bad-token', 'send the token as "Authorization: Bearer …"', {
        'www-authenticate': 'Bearer',
      })
    const body = await readBody(request, maxFrameBytes)
    if (body === 'too-long')
      return refusal(413, 'bad-params', `a call has at most ${maxFrameBytes} bytes`, { connection: 'close' })
    const call = body === 'broken-off' ? null : parseCall(body)
    if (call === null)
      return refusal(400, 'bad-params', 'the body must be {"method":"…","params":{…}} as JSON')
    return reply(200, await options.router.call(call.method, call.params, request.signal))
  }
}

/** Digests have one length, so that not even the token's length shows in the time a comparison takes. */
function createTokenCheck(token: string): (given: string) => boolean {
  const digest = (value: string): Buffer => createHash('sha256').update(value).digest()
  const expected = digest(token)
  return (given) => given !== '' && timingSafeEqual(digest(given), expected)
}

async function readBody(
  request: Request,
  limitBytes: number,
): Promise<Uint8Array | 'too-long' | 'broken-off'> {
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) return 'too-long'
  const pieces: Uint8Array[] = []
  let sizeBytes = 0
  try {
    for await (const piece of request.body ?? []) {
      sizeBytes += piece.byteLength
      if (sizeBytes > limitBytes) return 'too-long'
      pieces.push(piece)
    }
  } catch {
    return 'broken-off'
  }
  return Buffer.concat(pieces)
}

function parseCall(body: Uint8Array): { method: string; params: unknown } | null {
  try {
    const call: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    if (typeof call !== 'object' || call === null || Array.isArray(call)) return null
    const { method, params = {}, ...others } = call as Record<string, unknown>
    return typeof method === 'string' && Object.keys(others).length === 0 ? { method, params } : null
  } catch {
    return null
  }
}

const refusal = (
  status: number,
  code: ErrorCode,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Response => reply(status, { ok: false, error: new SpoolError(code, { detail }).toPayload() }, headers)

function reply(
  status: number,
  outcome: CallOutcome,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = outcome.ok && outcome.value === undefined ? { ok: true, value: null } : outcome
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  })
}
