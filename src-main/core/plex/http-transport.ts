import { Agent, type Dispatcher } from 'undici'
import type { Clock } from '../base/clock.ts'
import type { UpstreamReply } from '../cache/upstream.ts'
import { SpoolError } from '../spool-error.ts'
import { formatQuery, type QueryParameters } from './query-text.ts'

/** One request. The token and the identity are the transport's business, never the address's. */
export interface PlexRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  /**
   * Absolute path on the server; may hold a query of its own when `query` is absent. Some come out of a server's replies, and must not
   * make Spool ask others in its place: anything but a path of this server is refused.
   */
  readonly path: string
  readonly query?: QueryParameters
  /** Win over the transport's own. */
  readonly headers?: Readonly<Record<string, string>>
  /** Until the reply begins; a transcoder's segment may take 20 s. */
  readonly headersTimeoutMs?: number
  /** Between two pieces of the body, while somebody reads it. */
  readonly bodyTimeoutMs?: number
  /** On a connection of its own: one kept from before may be dead without anybody knowing yet. */
  readonly isFresh?: boolean
  /** Without the token: who answers at this address is not known yet. */
  readonly isAnonymous?: boolean
}

export interface HttpTransportOptions {
  /** Origin, no path. */
  readonly baseUrl: string
  readonly clock: Clock
  /** Sent to the server's own origin only, never after a redirect elsewhere. */
  readonly headers: () => Readonly<Record<string, string>>
  /** Something went wrong on the network before or within a reply. */
  readonly onNetworkFailure: () => void
}

export const tokenHeader = 'X-Plex-Token'
/** How a connection ends that was closed from the other side. */
const closedCodes: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const maxRedirects = 5
const headersTimeoutMs = 15_000
const bodyTimeoutMs = 20_000
const agentOptions: Agent.Options = {
  connect: { timeout: 5_000 },
  headersTimeout: headersTimeoutMs,
  bodyTimeout: bodyTimeoutMs,
}
/** How long a caller waits for a closing body before it is cut. */
const drainBytes = 64 * 1024

/** HTTP to one Plex server: pooled connections, timeouts, redirects, and one way to cut everything when the server is gone. */
export class HttpTransport {
  readonly #options: HttpTransportOptions
  #agent = new Agent(agentOptions)
  /** Keeps no connection. */
  #freshAgent = newFreshAgent()
  readonly #inFlight = new Set<AbortController>()
  #lastHeardAt = Number.NEGATIVE_INFINITY
  #answeredBy: string | null = null

  constructor(options: HttpTransportOptions) {
    this.#options = options
  }

  get origin(): string {
    return this.#options.baseUrl
  }

  /** Origin of the last answer: another than `origin` after a redirect. Null before the first. */
  get answeredBy(): string | null {
    return this.#answeredBy
  }

  /** When the server last sent anything, on the monotonic clock. */
  get lastHeardAt(): number {
    return this.#lastHeardAt
  }

  /** Any HTTP status is a reply. Throws `source-unreachable` without one, the signal's reason when that aborts. */
  async send(request: PlexRequest, signal?: AbortSignal): Promise<UpstreamReply> {
    signal?.throwIfAborted()
    const controller = new AbortController()
    const onAbort = (): void => controller.abort(signal?.reason)
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#inFlight.add(controller)
    const release = (): void => {
      signal?.removeEventListener('abort', onAbort)
      this.#inFlight.delete(controller)
    }
    try {
      const response = await this.#followOrAgain(request, controller.signal)
      return this.#reply(response, controller, release)
    } catch (error) {
      release()
      throw this.#translate(error, controller.signal)
    }
  }

  /** Ends every request that is under way with `source-unreachable`. */
  cutAll(): void {
    for (const controller of [...this.#inFlight]) controller.abort(unreachable('the connection was given up'))
  }

  /** Uses no connection from before any more: they may be dead without anybody having been told. */
  renew(): void {
    this.cutAll()
    const old = [this.#agent, this.#freshAgent]
    this.#agent = new Agent(agentOptions)
    this.#freshAgent = newFreshAgent()
    for (const agent of old) void agent.destroy()
  }

  async close(): Promise<void> {
    this.cutAll()
    await Promise.all([this.#agent.destroy(), this.#freshAgent.destroy()])
  }

  /** A connection that was kept may have died unseen: what fails on one before any answer says nothing about the server. */
  async #followOrAgain(request: PlexRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const isOnKept = request.isFresh !== true && this.#keepsConnection
    try {
      return await this.#follow(request, signal)
    } catch (error) {
      const isSafe = (request.method ?? 'GET') === 'GET' && !signal.aborted
      if (!isOnKept || !isSafe || !closedCodes.has(networkCode(error))) throw error
      return await this.#follow({ ...request, isFresh: true }, signal)
    }
  }

  /** The next request goes out on a connection that others have used. */
  get #keepsConnection(): boolean {
    const stats = this.#agent.stats[this.#options.baseUrl]
    return stats !== undefined && 'free' in stats && (stats.free ?? 0) > 0
  }

  async #follow(request: PlexRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const agent = request.isFresh === true ? this.#freshAgent : this.#agent
    let url = readAddress(request.path, this.#options.baseUrl)
    if (url.origin !== this.#options.baseUrl)
      throw new SpoolError('bad-reply', { detail: 'an address on another server' })
    if (request.query) url.search = formatQuery(request.query)
    for (let hops = 0; ; hops += 1) {
      const isHome = url.origin === this.#options.baseUrl
      const response = await agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method ?? 'GET',
        headers: isHome
          ? { ...this.#ownHeaders(request), ...request.headers }
          : withoutIdentity(request.headers ?? {}),
        headersTimeout: request.headersTimeoutMs ?? headersTimeoutMs,
        bodyTimeout: request.bodyTimeoutMs ?? bodyTimeoutMs,
        signal,
      })
      this.#lastHeardAt = this.#options.clock.monotonicMs()
      const location = response.headers['location']
      this.#answeredBy = url.origin
      if (!redirects.has(response.statusCode) || typeof location !== 'string') return response
      await response.body.dump({ limit: drainBytes })
      if (hops >= maxRedirects) throw new SpoolError('bad-reply', { detail: 'too many redirects' })
      url = readAddress(location, url.href)
    }
  }

  #ownHeaders({ isAnonymous = false }: PlexRequest): Readonly<Record<string, string>> {
    const { [tokenHeader]: token, ...others } = this.#options.headers()
    return isAnonymous || token === undefined ? others : { ...others, [tokenHeader]: token }
  }

  #reply(response: Dispatcher.ResponseData, controller: AbortController, release: () => void): UpstreamReply {
    const { body } = response
    // A body nobody reads any more may still fail: that concerns no one.
    body.on('error', () => undefined)
    body.once('close', release)
    const headers: Record<string, string> = {}
    for (const [name, value] of Object.entries(response.headers)) {
      if (value !== undefined) headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
    }
    return {
      status: response.statusCode,
      headers,
      body: this.#read(body, controller.signal),
      discard: () => {
        release()
        body.destroy()
      },
    }
  }

  async *#read(body: AsyncIterable<unknown>, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
    try {
      for await (const chunk of body) {
        this.#lastHeardAt = this.#options.clock.monotonicMs()
        yield chunk as Uint8Array
      }
    } catch (error) {
      throw this.#translate(error, signal)
    }
  }

  /** Only network trouble is the server's: an abort keeps its reason, an error of ours stays itself. */
  #translate(error: unknown, signal: AbortSignal): unknown {
    if (signal.aborted) return signal.reason as unknown
    if (error instanceof SpoolError) return error
    this.#options.onNetworkFailure()
    return unreachable(networkCode(error), error)
  }
}

const newFreshAgent = (): Agent => new Agent({ ...agentOptions, pipelining: 0 })

/** What a server wrote there may be no address at all: that is its reply's fault, not the network's. */
function readAddress(text: string, base: string): URL {
  const url = URL.parse(text, base)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new SpoolError('bad-reply', { detail: 'what should be a web address is none' })
  return url
}

const unreachable = (detail: string, cause?: unknown): SpoolError =>
  new SpoolError('source-unreachable', { detail, cause })

/** `ECONNREFUSED`, `UND_ERR_HEADERS_TIMEOUT`…: never an address with something private in it. */
function networkCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'no connection'
}

const withoutIdentity = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.toLowerCase().startsWith('x-plex-')))
