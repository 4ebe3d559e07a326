import type { Clock } from '../base/clock.ts'
import { identityHeaders, type ClientIdentity } from '../plex/client-identity.ts'
import { parseJson } from '../plex/decode/container.ts'
import { decodeServerInfo, type PlexServerInfo } from '../plex/decode/server.ts'
import { HttpTransport, tokenHeader } from '../plex/http-transport.ts'
import { expectSuccess, readBody } from '../plex/reply-status.ts'
import { SpoolError } from '../spool-error.ts'

export interface InspectedServer {
  readonly sourceId: string
  readonly name: string
  readonly origin: string
}

const maxBytes = 1024 * 1024
const answerTimeoutMs = 8_000

/**
 * Asks the first of `origins` that answers who it is, and then whether it takes the token: the token goes to no address
 * that has not said it is a Plex server. Throws `source-unreachable`, `bad-reply` (not a Plex server), `source-refused` (token).
 */
export async function inspectServer(
  origins: readonly string[],
  token: string,
  identity: ClientIdentity,
  clock: Clock,
  signal?: AbortSignal,
): Promise<InspectedServer> {
  let worst: SpoolError | null = null
  for (const origin of origins) {
    try {
      return await inspectOrigin(origin, token, identity, clock, signal)
    } catch (error) {
      if (!(error instanceof SpoolError) || error.code === 'cancelled') throw error
      // A server that answered, whatever it said, tells more than an address where nobody is.
      if (error.code === 'source-refused') throw error
      if (worst === null || worst.code === 'source-unreachable') worst = error
    }
  }
  throw worst ?? new SpoolError('source-unreachable')
}

async function inspectOrigin(
  origin: string,
  token: string,
  identity: ClientIdentity,
  clock: Clock,
  signal?: AbortSignal,
): Promise<InspectedServer> {
  const headers: Record<string, string> = { Accept: 'application/json', ...identityHeaders(identity) }
  const transport = new HttpTransport({
    baseUrl: origin,
    clock,
    headers: () => headers,
    onNetworkFailure: () => undefined,
  })
  try {
    const who = await ask(transport, '/identity', signal)
    const home = transport.answeredBy ?? origin
    // A proxy that sends http on to https: the token never follows a redirect, so that address is the server's.
    if (home !== origin && new URL(home).hostname === new URL(origin).hostname)
      return await inspectOrigin(home, token, identity, clock, signal)
    headers[tokenHeader] = token
    const info = await ask(transport, '/', signal)
    if (info.machineIdentifier !== who.machineIdentifier)
      throw new SpoolError('bad-reply', { detail: `${origin} gives two different identities` })
    return { sourceId: info.machineIdentifier, name: info.friendlyName ?? new URL(origin).hostname, origin }
  } finally {
    await transport.close()
  }
}

async function ask(
  transport: HttpTransport,
  path: '/' | '/identity',
  signal?: AbortSignal,
): Promise<PlexServerInfo> {
  const reply = await transport.send({ path, headersTimeoutMs: answerTimeoutMs }, signal)
  try {
    const body = await readBody(expectSuccess(reply), maxBytes)
    return decodeServerInfo(parseJson(Buffer.from(body).toString('utf8')))
  } catch (error) {
    throw explained(error, transport.origin, path)
  }
}

function explained(error: unknown, origin: string, path: string): unknown {
  if (!(error instanceof SpoolError)) return error
  if (error.code === 'source-refused' && path === '/')
    return new SpoolError('source-refused', {
      detail: `${origin} does not accept this access token`,
      cause: error,
    })
  if (error.code === 'bad-reply' || error.code === 'unknown-media' || error.code === 'source-refused')
    return new SpoolError('bad-reply', {
      detail: `what answers at ${origin} is not a Plex server`,
      cause: error,
    })
  return error
}
