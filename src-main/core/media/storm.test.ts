import { createServer, get as request, Agent, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { CacheFixture, mebibyte, testData, until } from '../cache/test-support/cache-fixture.ts'
import { answerFile } from './answer-file.ts'
import { sendBody } from './send-body.ts'

const size = 48 * mebibyte + 321
const data = testData(size)

/** The same place for the same number, all over the file. */
const place = (number: number): number => (Math.imul(number + 1, 2_654_435_761) >>> 0) % size

/** A cache behind real sockets on both sides, and counts of what is open on each. */
class Front implements AsyncDisposable {
  readonly fixture: CacheFixture
  readonly agent = new Agent({ keepAlive: false, maxSockets: 64 })
  answering = 0
  fetching = 0
  readonly #server = createServer((incoming, outgoing) => void this.#answer(incoming, outgoing))

  private constructor(fixture: CacheFixture) {
    this.fixture = fixture
    fixture.origin.script = () => (incoming, outgoing) => {
      this.fetching += 1
      outgoing.once('close', () => (this.fetching -= 1))
      fixture.origin.serve(incoming, outgoing)
    }
  }

  static async start(): Promise<Front> {
    const front = new Front(await CacheFixture.create(data))
    await new Promise<void>((listening) => front.#server.listen(0, '127.0.0.1', listening))
    return front
  }

  /** Begins to read from `start`; what comes is counted and compared. Call the answer to hang up. */
  open(start: number, onBytes: (bytes: number) => void): () => void {
    const { port } = this.#server.address() as AddressInfo
    const asked = request(
      { host: '127.0.0.1', port, path: '/', agent: this.agent, headers: { range: `bytes=${start}-` } },
      (reply) => {
        let at = start
        reply.on('error', () => undefined)
        reply.on('data', (piece: Buffer) => {
          if (!data.subarray(at, at + piece.length).equals(piece)) throw new Error(`wrong bytes at ${at}`)
          at += piece.length
          onBytes(at - start)
        })
      },
    )
    asked.on('error', () => undefined)
    return () => void asked.destroy()
  }

  /** Nothing is open on any side. */
  async expectQuiet(): Promise<void> {
    const { cache, origin } = this.fixture
    await until(() => {
      const { handles, readers, transfers } = cache.counters()
      return handles + readers + transfers + this.answering + this.fetching === 0
    })
    expect(Object.keys(this.agent.sockets)).toEqual([])
    // The connections to the source that are kept to be used again.
    expect(origin.openSockets).toBeLessThanOrEqual(8)
    await cache.close(2_000)
    expect(cache.counters()).toEqual({
      resources: 0,
      handles: 0,
      readers: 0,
      transfers: 0,
      files: 0,
      reservedBytes: 0,
      mailbox: 0,
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.agent.destroy()
    this.#server.closeAllConnections()
    await new Promise((closed) => this.#server.close(closed))
    await this.fixture[Symbol.asyncDispose]()
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    this.answering += 1
    const gone = new AbortController()
    outgoing.once('close', () => {
      this.answering -= 1
      gone.abort()
    })
    const file = await this.fixture.openFile()
    let isHandedOver = false
    try {
      const header = (name: string): string | null =>
        name === 'range' ? (incoming.headers.range ?? null) : null
      const asked = { method: 'GET', headers: { get: header }, signal: gone.signal }
      const reply = await answerFile(file, asked, () => {
        isHandedOver = true
        return () => file[Symbol.dispose]()
      })
      outgoing.writeHead(reply.status, reply.headers)
      if (reply.body === null) outgoing.end()
      else await sendBody(reply.body, outgoing)
    } catch {
      outgoing.destroy()
    } finally {
      if (!isHandedOver) file[Symbol.dispose]()
    }
  }
}

it('stays calm through two hundred seeks in two seconds', { timeout: 40_000 }, async () => {
  await using front = await Front.start()
  const { origin } = front.fixture
  // Nobody has what makes a jump more than passing through before the next: that takes 60 ms.
  origin.bytesPerSecond = 2 * mebibyte
  let hangUp = (): void => undefined
  const began = performance.now()
  for (let number = 0; number < 200; number += 1) {
    hangUp()
    hangUp = front.open(place(number), () => undefined)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  hangUp()
  const lastedMs = performance.now() - began
  const requests = origin.requests.length
  // The last one gets its bytes.
  let came = 0
  const last = front.open(place(1_000), (bytes) => (came = bytes))
  await until(() => came >= 256 * 1024, 10_000)
  last()
  // The first two, and of the others not two within the 50 ms for which each is held up.
  expect(requests).toBeLessThanOrEqual(2 + Math.ceil(lastedMs / 50))
  // Each request may cost what was on its way; not a window.
  expect(origin.bytesSent).toBeLessThan((requests + 4) * 384 * 1024)
  await front.expectQuiet()
})

it('has nothing open after a thousand readers that went away', { timeout: 40_000 }, async () => {
  await using front = await Front.start()
  const work = async (lane: number): Promise<void> => {
    for (let number = 0; number < 50; number += 1) {
      const whole = lane * 50 + number
      // Before the head, at the first byte, or somewhat later.
      const wanted = [0, 1, 100_000][whole % 3] ?? 0
      await new Promise<void>((gone) => {
        const hangUp = front.open(place(whole), (bytes) => {
          if (bytes < wanted) return
          hangUp()
          gone()
        })
        if (wanted > 0) return
        setImmediate(() => {
          hangUp()
          gone()
        })
      })
    }
  }
  await Promise.all(Array.from({ length: 20 }, (_, lane) => work(lane)))
  expect(front.fixture.origin.requests.length).toBeLessThanOrEqual(1_000)
  await front.expectQuiet()
})
