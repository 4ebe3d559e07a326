import { setTimeout as delay } from 'node:timers/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** What the origin does with one request for a segment. */
export type Behaviour =
  | 'ok'
  | 'not-ready'
  | 'blank'
  | 'truncated'
  | 'page'
  /** No reply at all. */
  | 'stall'
  /** Half of it, and no more. */
  | 'stall-midway'
  | 'reset'
  | 'session-ended'

interface OriginSession {
  readonly id: string
  readonly start: number
  readonly purpose: string
  isLive: boolean
}

/** A transcoder behind real HTTP. Its segments are made beforehand, its faults are told. */
export class TranscodeOrigin {
  /** Served by index; a function for sessions that differ. */
  segments: (session: OriginSession, seq: number) => Buffer | undefined
  /** Media playlist of a session; the default lists `count` segments of one second. */
  playlist: (session: OriginSession) => string
  /** The encoder stops this far after a session's start. */
  parkAfter = Number.POSITIVE_INFINITY
  /** Before each segment. */
  delayMs = 0
  /** Sessions for downloads are refused. */
  isPlayingElsewhere = false
  readonly sessions: OriginSession[] = []
  readonly requests: { readonly session: string; readonly seq: number }[] = []
  /** Most segment requests that were under way at once. */
  mostAtOnce = 0
  onEnded: (id: string) => void = () => undefined
  readonly #scripts = new Map<number, Behaviour[]>()
  readonly #gates = new Map<number, Promise<void>>()
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer((request, response) => void this.#answer(request, response))
  #underWay = 0

  constructor(segments: readonly Buffer[], init: Buffer | null = null) {
    const extension = init === null ? 'ts' : 'm4s'
    const map = init === null ? [] : ['#EXT-X-MAP:URI="header"']
    this.segments = (_, seq) => (seq === -1 ? (init ?? undefined) : segments[seq])
    this.playlist = () =>
      [
        ...[
          '#EXTM3U',
          '#EXT-X-VERSION:3',
          '#EXT-X-TARGETDURATION:1',
          '#EXT-X-ALLOW-CACHE:NO',
          '#EXT-X-MEDIA-SEQUENCE:0',
        ],
        ...map,
        ...segments.flatMap((_, seq) => [
          '#EXTINF:1.000000,',
          `${String(seq).padStart(5, '0')}.${extension}`,
        ]),
        '#EXT-X-ENDLIST',
        '',
      ].join('\n')
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  get base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get openSockets(): number {
    return this.#sockets.size
  }

  get liveSessions(): number {
    return this.sessions.filter(({ isLive }) => isLive).length
  }

  /** What becomes of the next requests for a segment, one after the other; then all is well again. */
  script(seq: number, ...behaviours: Behaviour[]): void {
    this.#scripts.set(seq, behaviours)
  }

  /** Requests for a segment wait until the result is called. */
  hold(seq: number): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gates.set(seq, promise)
    return () => {
      this.#gates.delete(seq)
      resolve()
    }
  }

  requestsFor(seq: number): number {
    return this.requests.filter((request) => request.seq === seq).length
  }

  endSession(id: string): void {
    const session = this.sessions.find((candidate) => candidate.id === id)
    if (session?.isLive !== true) return
    session.isLive = false
    this.onEnded(id)
  }

  /** As a server that was switched off. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.base)
    const [, verb = '', id = '', name = ''] = url.pathname.split('/')
    if (verb === 'start') return this.#start(url, response)
    if (verb === 'stop') {
      this.endSession(id)
      return void response.end()
    }
    const session = this.sessions.find((candidate) => candidate.id === id)
    if (session === undefined) return void response.writeHead(404).end()
    if (name === 'index.m3u8') return void response.end(this.playlist(session))
    this.#underWay += 1
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#underWay)
    response.on('close', () => (this.#underWay -= 1))
    await this.#segment(session, name === 'header' ? -1 : Number.parseInt(name, 10), response)
  }

  #start(url: URL, response: ServerResponse): void {
    const purpose = url.searchParams.get('purpose') ?? ''
    if (purpose === 'fill' && this.isPlayingElsewhere) return void response.writeHead(409).end()
    for (const { id } of this.sessions) this.endSession(id)
    const id = `session-${this.sessions.length + 1}-secret`
    this.sessions.push({ id, start: Number(url.searchParams.get('offset')), purpose, isLive: true })
    response.end(id)
  }

  async #segment(session: OriginSession, seq: number, response: ServerResponse): Promise<void> {
    this.requests.push({ session: session.id, seq })
    await this.#gates.get(seq)
    if (this.delayMs > 0) await delay(this.delayMs)
    const behaviour = this.#scripts.get(seq)?.shift() ?? 'ok'
    const isParked = seq >= session.start + this.parkAfter
    const bytes = this.segments(session, seq)
    if (behaviour === 'session-ended') this.endSession(session.id)
    if (!session.isLive || behaviour === 'not-ready' || isParked || bytes === undefined)
      return void response.writeHead(404, { 'content-type': 'text/html' }).end('<html>404</html>')
    if (behaviour === 'blank') return void response.end(bytes.subarray(0, 188))
    if (behaviour === 'truncated') return void response.end(bytes.subarray(0, bytes.length - 100))
    if (behaviour === 'page')
      return void response.end('<html><body>Sign in to the hotel network</body></html>')
    if (behaviour === 'stall') return
    if (behaviour === 'reset') return void response.socket?.resetAndDestroy()
    response.writeHead(200, { 'content-type': 'video/mp2t', 'content-length': bytes.length })
    if (behaviour === 'stall-midway') return void response.write(bytes.subarray(0, 1880))
    response.end(bytes)
  }
}
