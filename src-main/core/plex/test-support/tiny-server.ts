import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly rawUrl: string
  readonly headers: IncomingMessage['headers']
}

type Answer = (request: SeenRequest, response: ServerResponse) => void | Promise<void>

/** A real HTTP server that notes what it is asked and can be switched off and on again on the same port. */
export class TinyServer {
  readonly seen: SeenRequest[] = []
  readonly machineIdentifier: string
  readonly #answers = new Map<string, Answer>()
  readonly #sockets = new Set<Socket>()
  #server: Server | null = null
  #port = 0
  /** Accepts, and never answers. */
  isHanging = false

  constructor(machineIdentifier = 'tiny-machine') {
    this.machineIdentifier = machineIdentifier
    const info = { machineIdentifier, version: '1.43.4', friendlyName: 'Tiny' }
    this.json('/identity', { MediaContainer: info })
    this.on('/', (request, response) => {
      if (request.headers['x-plex-token'] !== 'good-token') return sendPage(response, 401)
      sendJson(response, { MediaContainer: info })
    })
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  on(path: string, answer: Answer): void {
    this.#answers.set(path, answer)
  }

  json(path: string, body: unknown): void {
    this.on(path, (_request, response) => sendJson(response, body))
  }

  requestsTo(path: string): readonly SeenRequest[] {
    return this.seen.filter((request) => request.path === path)
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#answer(request, response))
    server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.#port, '127.0.0.1', resolve)
    })
    this.#port = (server.address() as AddressInfo).port
  }

  /** Resets every connection and stops listening. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = null
    for (const socket of this.#sockets) socket.resetAndDestroy()
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://tiny')
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      rawUrl: request.url ?? '',
      headers: request.headers,
    }
    this.seen.push(seen)
    request.resume()
    if (this.isHanging) return
    const answer = this.#answers.get(url.pathname)
    if (answer) await answer(seen, response)
    else sendPage(response, 404)
  }
}

export function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

/** As Plex does it: a small page, whatever was asked for. */
export function sendPage(response: ServerResponse, status: number): void {
  response
    .writeHead(status, { 'Content-Type': 'text/html' })
    .end('<html><head><title>No</title></head></html>')
}
