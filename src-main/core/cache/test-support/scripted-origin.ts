import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
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
  lastModified: string | null = null
  /** Of each request, in the same order as `requests`. */
  readonly headers: IncomingHttpHeaders[] = []
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
    const total = this.data.length
    const range = rangeOf(request, total)
    if (!this.isCondition(request)) return this.serveWhole(response)
    if (range.start >= total)
      return void response.writeHead(416, { 'content-range': `bytes */${total}` }).end()
    response.writeHead(206, this.partHeaders(range))
    this.send(response, range, limit)
  }

  /** As if the server did not know ranges. */
  serveWhole(response: ServerResponse): void {
    const total = this.data.length
    response.writeHead(200, {
      'content-type': 'video/x-matroska',
      'content-length': total,
      ...this.validators,
    })
    this.send(response, { start: 0, end: total }, Number.POSITIVE_INFINITY)
  }

  /** Of a right reply to a range. */
  partHeaders(range: OriginRequest): Record<string, string | number> {
    return {
      'content-type': 'video/x-matroska',
      'content-length': range.end - range.start,
      'content-range': `bytes ${range.start}-${range.end - 1}/${this.data.length}`,
      ...this.validators,
    }
  }

  get validators(): Record<string, string> {
    return {
      ...(this.etag === null ? {} : { etag: this.etag }),
      ...(this.lastModified === null ? {} : { 'last-modified': this.lastModified }),
    }
  }

  /** Whether `If-Range` allows a part to be sent. */
  isCondition({ headers }: IncomingMessage): boolean {
    const condition = headers['if-range']
    return condition === undefined || condition === this.etag || condition === this.lastModified
  }

  /** Sends bytes at the set rate; after `limit` of them the connection is reset. A file that is replaced meanwhile is not seen by it. */
  send(response: ServerResponse, range: OriginRequest, limit: number): void {
    const { data } = this
    let position = range.start
    const next = (): void => {
      if (response.destroyed) return
      if (position - range.start >= limit) return void response.socket?.resetAndDestroy()
      if (position >= range.end) return void response.end()
      const rate = this.bytesPerSecond
      const size = rate === null ? 64 * 1024 : Math.max(1, Math.round(rate / 50))
      const end = Math.min(position + size, range.end, range.start + limit)
      const piece = data.subarray(position, end)
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
    this.headers.push(request.headers)
    if (answer === undefined) this.serve(request, response)
    else answer(request, response)
  }
}

export function rangeOf(request: IncomingMessage, total: number): OriginRequest {
  const suffix = /^bytes=-(\d+)$/.exec(request.headers.range ?? '')
  if (suffix) return { start: Math.max(0, total - Number(suffix[1])), end: total }
  const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
  const start = Number(match?.[1] ?? 0)
  const last = match?.[2] === undefined || match[2] === '' ? total - 1 : Number(match[2])
  return { start, end: Math.min(last + 1, total) }
}
