import { Agent, request } from 'undici'
import { SpoolError } from '../../../spool-error.ts'
import type { HlsPlan, HlsSession, MediaUpstream, SessionPurpose, UpstreamReply } from '../../upstream.ts'

/** What of an origin a client needs. */
interface OriginAddress {
  readonly base: string
  onEnded: (id: string) => void
}

/** The upstream port over a `TranscodeOrigin`: real requests over real sockets. */
export class OriginUpstream implements MediaUpstream {
  readonly #origin: OriginAddress
  readonly #agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 })
  readonly #ends = new Map<string, AbortController>()
  reachable = true

  constructor(origin: OriginAddress) {
    this.#origin = origin
    origin.onEnded = (id) => this.#ends.get(id)?.abort()
  }

  plan = (): Promise<never> => Promise.reject(new SpoolError('internal'))
  fetchBytes = (): Promise<never> => Promise.reject(new SpoolError('internal'))
  confirm = (): Promise<never> => Promise.reject(new SpoolError('internal'))
  renewAccess = (): Promise<never> => Promise.reject(new SpoolError('internal'))
  isReachable = (): boolean => this.reachable
  onReachabilityChange = (): Disposable => ({ [Symbol.dispose]: () => undefined })

  async openSession(
    _key: unknown,
    _plan: HlsPlan,
    startMs: number,
    purpose: SessionPurpose,
    signal: AbortSignal,
  ): Promise<HlsSession | 'busy'> {
    const started = await this.#get(`/start?offset=${startMs / 1000}&purpose=${purpose}`, signal)
    const id = await text(started)
    if (started.status === 409) return 'busy'
    const playlist = await text(await this.#get(`/session/${id}/index.m3u8`, signal))
    const end = new AbortController()
    this.#ends.set(id, end)
    return {
      sessionId: id,
      playlist,
      ended: end.signal,
      fetchSegment: (uri, at) => this.#get(`/session/${id}/${uri}`, at),
      stop: async () => {
        end.abort()
        await this.#get(`/stop/${id}`, AbortSignal.timeout(1000)).then(text, () => undefined)
      },
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy()
  }

  async #get(path: string, signal: AbortSignal): Promise<UpstreamReply> {
    try {
      const url = this.#origin.base + path
      const { statusCode, headers, body } = await request(url, { dispatcher: this.#agent, signal })
      body.on('error', () => undefined)
      return {
        status: statusCode,
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
        body,
        discard: () => void body.destroy(),
      }
    } catch (cause) {
      signal.throwIfAborted()
      throw new SpoolError('source-unreachable', { cause })
    }
  }
}

async function text(reply: UpstreamReply): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of reply.body) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}
