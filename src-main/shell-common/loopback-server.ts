import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { WebSocketServer } from 'ws'
import { maxFrameBytes, wirePath } from '../../src-preload/contract/index.ts'
import { takeMediaBody } from '../core/media/media-body.ts'
import { sendBody } from '../core/media/send-body.ts'
import type { Wire } from '../core/rpc/wire.ts'
import type { PageGate } from './page-gate.ts'
import { createSocketWire } from './socket-wire.ts'

/** What the server hands requests and pages to, once there is a core. */
export interface LoopbackTarget {
  readonly gate: PageGate
  handleRequest(request: Request): Promise<Response>
  /** Null where no page is served over http. */
  readonly connect: ((wire: Wire) => void) | null
}

export interface LoopbackServer {
  readonly port: number
  /** Until then every request waits. */
  serve(target: LoopbackTarget): void
  /** Takes no more requests and cuts those in flight. */
  close(): Promise<void>
}

/** The address is taken by another program. */
export class PortInUseError extends Error {}

/** Listens on 127.0.0.1 and nowhere else. `port` 0 takes any free one. */
export async function listenOnLoopback(port: number): Promise<LoopbackServer> {
  const ready = Promise.withResolvers<LoopbackTarget>()
  let target: LoopbackTarget | null = null
  const handle = async (request: Request): Promise<Response> =>
    (target ?? (await ready.promise)).handleRequest(request)
  const server = createServer(
    // Long holds are normal here: a segment may be waited for, and a paused player keeps its connection.
    { requestTimeout: 0, keepAliveTimeout: 30_000, headersTimeout: 20_000 },
    (incoming, outgoing) => void listener(incoming, outgoing),
  )
  const listener = getRequestListener(async (request, env) => {
    const outgoing = env.outgoing as ServerResponse
    const response = await handle(request)
    // Media go from the cache to the socket without a web stream, at half the cost.
    const body = takeMediaBody(response)
    if (body === null) return response
    outgoing.writeHead(response.status, Object.fromEntries(response.headers))
    await sendBody(body, outgoing)
    return RESPONSE_ALREADY_SENT
  })
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes, perMessageDeflate: false })

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined)
    if (target === null) return refuse(socket, 503)
    const { gate, connect } = target
    const status = judgeUpgrade(request, gate)
    if (status !== 101 || connect === null) return refuse(socket, status === 101 ? 404 : status)
    sockets.handleUpgrade(request, socket, head, (page) => connect(createSocketWire(page)))
  })

  await new Promise<void>((resolve, reject) => {
    // Stays: too many open files is an error of later, and no reason to end.
    server.on('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE' || error.code === 'EACCES'
      reject(taken ? new PortInUseError(`Port ${port} is in use. Choose another with --port N.`) : error)
    })
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    serve(next) {
      target = next
      ready.resolve(next)
    },
    async close() {
      for (const socket of sockets.clients) socket.terminate()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

/** 101, or the status to refuse with. A WebSocket is not held to one origin by the browser, so it is here. */
function judgeUpgrade({ url, headers }: IncomingMessage, gate: PageGate): number {
  if (!gate.isOwnHost(headers.host ?? null)) return 403
  // A target such as `//` is no address at all, and any web page can send it.
  if (URL.parse(url ?? '/', 'http://spool')?.pathname !== wirePath) return 404
  if (headers.origin === undefined || !gate.isOwnOrigin(headers.origin)) return 403
  return gate.hasCookie(headers.cookie ?? null) ? 101 : 401
}

const phrases: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  503: 'Service Unavailable',
}

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${phrases[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
