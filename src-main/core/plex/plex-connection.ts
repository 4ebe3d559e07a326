import type { Clock } from '../base/clock.ts'
import type { UpstreamReply } from '../cache/upstream.ts'
import type { FetchedBody } from '../library/library-port.ts'
import { SpoolError } from '../spool-error.ts'
import { identityHeaders, type ClientIdentity } from './client-identity.ts'
import { ConnectionMonitor } from './connection-monitor.ts'
import { parseJson } from './decode/container.ts'
import { decodeServerInfo } from './decode/server.ts'
import { HttpTransport, tokenHeader, type PlexRequest } from './http-transport.ts'
import { expectSuccess, readBody } from './reply-status.ts'

export interface PlexConnectionOptions {
  readonly sourceId: string
  /** Origin, such as `http://192.168.1.5:32400`. */
  readonly baseUrl: string
  readonly token: string
  readonly identity: ClientIdentity
  readonly clock: Clock
}

/** The longest JSON reply that is read. */
export const maxJsonBytes = 32 * 1024 * 1024

/** Requests to one server, behind the gate that knows whether it answers. */
export class PlexConnection {
  readonly sourceId: string
  readonly monitor: ConnectionMonitor
  readonly #transport: HttpTransport
  #token: string

  constructor(options: PlexConnectionOptions) {
    this.sourceId = options.sourceId
    const headers = { Accept: 'application/json', ...identityHeaders(options.identity) }
    this.#token = options.token
    this.#transport = new HttpTransport({
      baseUrl: options.baseUrl,
      clock: options.clock,
      headers: () => ({ ...headers, [tokenHeader]: this.#token }),
      onNetworkFailure: () => this.monitor.reportNetworkFailure(),
    })
    this.monitor = new ConnectionMonitor({
      clock: options.clock,
      probe: (signal) => this.#probe(signal),
      lastHeardAt: () => this.#transport.lastHeardAt,
      cutRequests: () => this.#transport.cutAll(),
    })
  }

  get origin(): string {
    return this.#transport.origin
  }

  /** The computer has slept: other connections, and a look whether the server is still there. */
  wake(): void {
    this.#transport.renew()
    this.monitor.wake()
  }

  /** For requests from now on. */
  setToken(token: string): void {
    this.#token = token
  }

  /**
   * A request as it is. Any status is a reply. Throws `source-unreachable` when none comes, at once and without
   * touching the network while the source is known to be off.
   */
  async send(request: PlexRequest, signal?: AbortSignal): Promise<UpstreamReply> {
    await this.monitor.admit(signal)
    return this.#transport.send(request, signal)
  }

  /** A successful reply's JSON. */
  async getJson(request: PlexRequest, signal?: AbortSignal): Promise<unknown> {
    try {
      return await this.#getJsonOnce(request, signal)
    } catch (error) {
      // A connection kept alive dies when the server restarts: the monitor's word decides whether asking again is worth it.
      const isWorthIt =
        error instanceof SpoolError && error.code === 'source-unreachable' && error.retryAfterSeconds === null
      if (!isWorthIt || (request.method ?? 'GET') !== 'GET') throw error
      return this.#getJsonOnce(request, signal)
    }
  }

  async close(): Promise<void> {
    this.monitor.close()
    await this.#transport.close()
  }

  async #getJsonOnce(request: PlexRequest, signal?: AbortSignal): Promise<unknown> {
    return this.readJson(await this.send(request, signal))
  }

  /** A reply's JSON; throws what its status means when it is no success. */
  async readJson(reply: UpstreamReply): Promise<unknown> {
    const body = await readBody(expectSuccess(reply), maxJsonBytes)
    return parseJson(Buffer.from(body).toString('utf8'))
  }

  /** Null where an older or smaller server does not have the address. */
  async getOptional(request: PlexRequest, signal?: AbortSignal): Promise<unknown> {
    try {
      return await this.getJson(request, signal)
    } catch (error) {
      if (error instanceof SpoolError && error.code === 'unknown-media') return null
      throw error
    }
  }

  async command(request: PlexRequest, signal?: AbortSignal): Promise<void> {
    await readBody(expectSuccess(await this.send(request, signal)), maxJsonBytes)
  }

  async fetchBody(request: PlexRequest, maxBytes: number, signal?: AbortSignal): Promise<FetchedBody> {
    const reply = expectSuccess(await this.send(request, signal))
    const mime = (reply.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
    const bytes = await readBody(reply, maxBytes)
    // An error page with status 200 is neither a picture nor a subtitle.
    if (mime === 'text/html') throw new SpoolError('bad-reply', { detail: 'a page instead of the file' })
    return { bytes, mime }
  }

  async #probe(signal: AbortSignal): Promise<void> {
    // On another network, another computer may have this address: it must not be handed the token.
    const request = { path: '/identity', isFresh: true, isAnonymous: true }
    const reply = expectSuccess(await this.#transport.send(request, signal))
    const info = decodeServerInfo(
      parseJson(Buffer.from(await readBody(reply, maxJsonBytes)).toString('utf8')),
    )
    if (info.machineIdentifier !== this.sourceId)
      throw new SpoolError('source-unreachable', { detail: 'another server answers at this address' })
  }
}
