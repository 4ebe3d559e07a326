import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CacheFixture } from './cache-fixture.ts'
import type { ManualClock } from './manual-clock.ts'
import { rangeOf, type OriginRequest, type ScriptedOrigin } from './scripted-origin.ts'

interface Reply {
  readonly range: OriginRequest
  readonly response: ServerResponse
  at: number
  /** What its client has read of it. */
  read: number
}

/** What a link carries in one step, and how long that takes by the cache's clock. */
export interface LinkStep {
  readonly bytes: number
  readonly ms: number
}

/** What a client's system takes of a connection that is not read. On the loopback it would be megabytes, most of it on the sender's side of the link. */
const windowBytes = 256 * 1024

/**
 * One link for all replies of a fixture's origin, over real sockets: in every step each reply that its client takes gets an equal part of
 * what the link carries, as connections do. The steps are the cache's time too, so a slow machine makes everything slow and nothing late.
 */
export class SharedLink {
  readonly #origin: ScriptedOrigin
  readonly #clock: ManualClock
  readonly #step: LinkStep
  readonly #replies = new Map<string, Reply>()
  /** Bytes sent, by the path that was asked for. */
  readonly sent = new Map<string, number>()
  #count = 0

  constructor({ origin, upstream }: CacheFixture, clock: ManualClock, step: LinkStep) {
    this.#origin = origin
    this.#clock = clock
    this.#step = step
    origin.script = () => (request, response) => this.#answer(request, response)
    const fetchBytes = upstream.fetchBytes.bind(upstream)
    upstream.fetchBytes = async (...asked) => {
      const reply = await fetchBytes(...asked)
      return { ...reply, body: this.#counted(reply.body, reply.headers['x-reply'] ?? '') }
    }
  }

  /** One step, and as much real time for what it brought to arrive. */
  async pass(): Promise<void> {
    let budget = this.#step.bytes
    for (let open = this.#open(); open.length > 0 && budget > 0; open = this.#open()) {
      const share = Math.ceil(budget / open.length)
      for (const reply of open) budget -= this.#send(reply, Math.min(share, budget))
    }
    this.#clock.advance(this.#step.ms)
    await new Promise((resolve) => setTimeout(resolve, this.#step.ms))
  }

  #open(): [string, Reply][] {
    return [...this.#replies].filter(([, { at, range, read }]) => at - range.start - read < windowBytes)
  }

  #send([id, reply]: [string, Reply], bytes: number): number {
    const { response, range, at } = reply
    const piece = this.#origin.data.subarray(at, Math.min(at + bytes, range.end))
    reply.at += piece.length
    const path = response.req.url ?? ''
    this.sent.set(path, (this.sent.get(path) ?? 0) + piece.length)
    response.write(piece)
    if (reply.at >= range.end) {
      response.end()
      this.#replies.delete(id)
    }
    return piece.length
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const range = rangeOf(request, this.#origin.data.length)
    const id = String((this.#count += 1))
    this.#replies.set(id, { range, response, at: range.start, read: 0 })
    response.writeHead(206, { ...this.#origin.partHeaders(range), 'x-reply': id }).flushHeaders()
    response.once('close', () => this.#replies.delete(id))
  }

  async *#counted(body: AsyncIterable<Uint8Array>, id: string): AsyncGenerator<Uint8Array> {
    for await (const piece of body) {
      const reply = this.#replies.get(id)
      if (reply !== undefined) reply.read += piece.length
      yield piece
    }
  }
}
