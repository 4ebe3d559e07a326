import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { DEFAULT_CONTROL, refusedStatus, type ControlState } from '../control/control.ts'
import type { Controlled } from '../control/control-routes.ts'
import { Counters } from '../control/counters.ts'
import { ByteBucket } from './byte-bucket.ts'
import { errorReply, HttpError, type Reply } from './reply.ts'
import { requestContext, splitUrl } from './request-context.ts'
import { findRoute, type Route } from './router.ts'
import { sendReply } from './send-reply.ts'

/** Headers that a Plex Media Server puts on every answer. */
const SERVER_HEADERS = {
  'X-Plex-Protocol': '1.0',
  'X-Plex-Pms-Api-Version': '1.1.1',
  'Cache-Control': 'no-cache',
}

/** What Plex Relay carries. */
const RELAY_MBPS = 2

/** The HTTP server: routes, token, and everything `/demo/control` can do to connections. */
export class DemoListener implements Controlled {
  readonly counters = new Counters()
  readonly #token: string
  readonly #bucket = new ByteBucket()
  /** For `/demo/*`, which nothing slows. */
  readonly #freeBucket = new ByteBucket()
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  readonly #onStopServing: () => void
  readonly #onControl: (control: ControlState) => void
  #routes: readonly Route[] = []
  #control = DEFAULT_CONTROL

  constructor(token: string, onStopServing: () => void, onControl: (control: ControlState) => void) {
    this.#token = token
    this.#onStopServing = onStopServing
    this.#onControl = onControl
    this.#server = createServer((message, response) => void this.#answer(message, response))
    this.#server.keepAliveTimeout = 60_000
    this.#server.on('connection', (socket) => {
      socket.setNoDelay(true)
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
  }

  get control(): ControlState {
    return this.#control
  }

  /** Resolves with the port once connections are accepted on 127.0.0.1. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', resolve)
    })
    return (this.#server.address() as { port: number }).port
  }

  /** Before any request can come: within the turn in which `listen` resolved. */
  serve(routes: readonly Route[]): void {
    this.#routes = routes
  }

  apply(next: ControlState): void {
    const before = this.#control
    this.#control = next
    this.#bucket.setRate(next.relay ? Math.min(RELAY_MBPS, next.mbps ?? Infinity) : next.mbps)
    this.#bucket.freeze(!next.serving && next.mode === 'hang')
    this.#onControl(next)
    if (!next.serving && before.serving) this.#onStopServing()
    const wasHanging = !before.serving && before.mode === 'hang'
    const isResetting = !next.serving && next.mode === 'reset'
    // A server that comes back knows nothing of the connections that were left hanging.
    if (isResetting || (wasHanging && next.serving)) this.#resetSockets()
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #resetSockets(): void {
    for (const socket of this.#sockets) if (!this.#controlSockets.has(socket)) socket.resetAndDestroy()
  }

  /** Connections on which a `/demo/*` request is being answered. */
  readonly #controlSockets = new Set<Socket>()

  async #answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { path } = splitUrl(message.url ?? '/')
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    if (path.startsWith('/demo/')) {
      this.#controlSockets.add(message.socket)
      response.once('close', () => this.#controlSockets.delete(message.socket))
      const reply = await this.#reply(message, path, gone.signal)
      return sendReply(response, reply, this.#freeBucket, () => {}, gone.signal)
    }
    if (!this.#control.serving) {
      this.counters.refusal()
      if (this.#control.mode === 'reset') message.socket.resetAndDestroy()
      return
    }
    this.counters.request(path)
    try {
      if (this.#control.latencyMs > 0)
        await sleep(this.#control.latencyMs, undefined, { signal: gone.signal })
      const reply = await this.#reply(message, path, gone.signal)
      const headers = { ...SERVER_HEADERS, ...reply.headers }
      await sendReply(
        response,
        { ...reply, headers },
        this.#bucket,
        (bytes) => this.counters.sent(path, bytes),
        gone.signal,
      )
    } catch (error) {
      if (!gone.signal.aborted) console.error(`${message.method} ${path}:`, error)
      response.destroy()
    }
  }

  async #reply(message: IncomingMessage, path: string, signal: AbortSignal): Promise<Reply> {
    const refused = path.startsWith('/demo/') ? null : refusedStatus(this.#control, path)
    if (refused !== null) {
      this.counters.refusal()
      return errorReply(refused)
    }
    const found = findRoute(this.#routes, message.method ?? 'GET', path)
    const context = requestContext(message, found && found !== 'method' ? found.params : {}, signal)
    const hasToken = context.parameter('X-Plex-Token') === this.#token
    if (!hasToken && !(found && found !== 'method' && found.route.isOpen)) return errorReply(401)
    if (!found) return errorReply(404)
    if (found === 'method') return errorReply(405)
    try {
      return await found.route.handler(context)
    } catch (error) {
      if (error instanceof HttpError) {
        if (error.message) console.error(`${error.status} ${message.method} ${path}: ${error.message}`)
        return errorReply(error.status)
      }
      if (!signal.aborted) console.error(`500 ${message.method} ${path}:`, error)
      return errorReply(500)
    }
  }
}
