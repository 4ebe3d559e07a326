import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** What the origin does with one request; `undefined` from a script means: serve the range as it should be served. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void

export interface OriginRequest {
  readonly start: number
  readonly end: number
}

/** A file server over real sockets whose every reply can be spoilt. */
export class ScriptedOrigin {
  readonly requests: OriginRequest[] = []
  bytesSent = 0
  /** Bytes per second for every connection; null: as fast as it goes. */
  bytesPerSecond: number | null = null
  data: Buffer
  etag: string | null = null
  /** Asked once per request, by its number from 0. */
  script: (index: number, range: OriginRequest) => Answer | undefined = () => undefined
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer((request, response) => this.#handle(request, response))
  #port = 0

  constructor(data: Buffer) {
    this.data = data
  }

  static async start(data: Buffer): Promise<ScriptedOrigin> {
    const origin = new ScriptedOrigin(data)
    await origin.listen()
    return origin
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`
  }

  get openSockets(): number {
    return this.#sockets.size
  }

  async listen(): Promise<void> {
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  resetConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** Serves the range as a good server does. */
  serve(request: IncomingMessage, response: ServerResponse, limit = Number.POSITIVE_INFINITY): void {
    const range = rangeOf(request, this.data.length)
    response.writeHead(206, {
      'content-type': 'video/x-matroska',
      'content-length': range.end - range.start,
      'content-range': `bytes ${range.start}-${range.end - 1}/${this.data.length}`,
      ...(this.etag === null ? {} : { etag: this.etag }),
    })
    this.send(response, range, limit)
  }

  /** Sends bytes at the set rate; after `limit` of them the connection is reset. */
  send(response: ServerResponse, range: OriginRequest, limit: number): void {
    let position = range.start
    const next = (): void => {
      if (response.destroyed) return
      if (position - range.start >= limit) return void response.socket?.resetAndDestroy()
      if (position >= range.end) return void response.end()
      const rate = this.bytesPerSecond
      const size = rate === null ? 64 * 1024 : Math.max(1, Math.round(rate / 50))
      const end = Math.min(position + size, range.end, range.start + limit)
      const piece = this.data.subarray(position, end)
      position = end
      this.bytesSent += piece.length
      const goesOn = response.write(piece)
      if (rate !== null) setTimeout(next, 20)
      else if (goesOn) setImmediate(next)
      else response.once('drain', next)
    }
    next()
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    response.on('error', () => undefined)
    const range = rangeOf(request, this.data.length)
    const answer = this.script(this.requests.length, range)
    this.requests.push(range)
    if (answer === undefined) this.serve(request, response)
    else answer(request, response)
  }
}

export function rangeOf(request: IncomingMessage, total: number): OriginRequest {
  const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
  const start = Number(match?.[1] ?? 0)
  const last = match?.[2] === undefined || match[2] === '' ? total - 1 : Number(match[2])
  return { start, end: Math.min(last + 1, total) }
}
