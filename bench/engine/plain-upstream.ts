import { basename } from 'node:path/posix'
import { Agent } from 'undici'
import type { CacheKey } from '../../src-preload/contract/index.ts'
import type {
  ByteRequest,
  FilePlan,
  HlsSession,
  MediaPlan,
  MediaUpstream,
  UpstreamReply,
} from '../../src-main/core/cache/upstream.ts'
import { rangeHeader } from '../../src-main/core/cache/upstream.ts'
import { SpoolError } from '../../src-main/core/spool-error.ts'

const mimes: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  m4v: 'video/x-m4v',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
  webm: 'video/webm',
  ts: 'video/mp2t',
  mp3: 'audio/mpeg',
}

/** Any HTTP server as a source: the media id is a path with its query below one address. Nothing is asked before bytes are. */
export class PlainUpstream implements MediaUpstream {
  readonly #origin: string
  readonly #agent = new Agent({ connect: { timeout: 5_000 }, headersTimeout: 15_000, bodyTimeout: 20_000 })

  /** @param origin without a slash at its end */
  constructor(origin: string) {
    this.#origin = origin
  }

  plan(key: CacheKey): Promise<MediaPlan> {
    const { pathname } = new URL(key.mediaId, 'http://origin')
    return Promise.resolve({
      kind: 'file',
      title: basename(pathname) || 'index',
      sourceName: new URL(this.#origin).host,
      durationMs: 0,
      partKey: key.mediaId,
      mime: mimes[pathname.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream',
      bitrateKbps: null,
      sizeBytes: null,
    })
  }

  async fetchBytes(
    key: CacheKey,
    _plan: FilePlan,
    asked: ByteRequest,
    signal: AbortSignal,
  ): Promise<UpstreamReply> {
    const url = new URL(this.#origin + key.mediaId)
    const reply = await this.#agent
      .request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'GET',
        headers: {
          range: rangeHeader(asked),
          'accept-encoding': 'identity',
          ...(asked.ifRange ? { 'if-range': asked.ifRange } : {}),
        },
        signal,
      })
      .catch((cause: unknown) => {
        signal.throwIfAborted()
        throw new SpoolError('source-unreachable', { cause })
      })
    // A broken body is found by whoever reads it.
    reply.body.on('error', () => undefined)
    return {
      status: reply.statusCode,
      headers: Object.fromEntries(
        Object.entries(reply.headers).map(([name, value]) => [name, String(value)]),
      ),
      body: reply.body as AsyncIterable<Uint8Array>,
      discard: () => void reply.body.destroy(),
    }
  }

  /** There is no list of what the server has: its reply about the file is all there is. */
  confirm(): Promise<MediaPlan | null> {
    return Promise.resolve(null)
  }

  renewAccess(): Promise<void> {
    return Promise.reject(new SpoolError('source-refused'))
  }

  openSession(): Promise<HlsSession | 'busy'> {
    return Promise.reject(new SpoolError('unplayable'))
  }

  isReachable(): boolean {
    return true
  }

  onReachabilityChange(): Disposable {
    return { [Symbol.dispose]: () => undefined }
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }
}
