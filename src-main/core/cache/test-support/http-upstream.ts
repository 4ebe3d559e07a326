import { request } from 'undici'
import type { CacheKey } from '../../../../src-preload/contract/index.ts'
import { Emitter } from '../../base/emitter.ts'
import { SpoolError } from '../../spool-error.ts'
import {
  rangeHeader,
  type ByteRequest,
  type FilePlan,
  type HlsSession,
  type MediaPlan,
  type MediaUpstream,
  type UpstreamReply,
} from '../upstream.ts'

/** What of an origin a client needs to know. */
interface OriginAddress {
  readonly url: string
  readonly data: { readonly length: number }
}

/** A MediaUpstream over real HTTP to one scripted origin. */
export class HttpUpstream implements MediaUpstream {
  #origin: OriginAddress
  readonly #reachability = new Emitter<{ sourceId: string; isReachable: boolean }>()
  #isReachable = true
  plans = 0
  confirmations = 0
  renewals = 0
  /** The source does not list the file any more. */
  isGone = false
  /** What a renewal comes back with; the origin sees it as `x-token`. */
  nextToken: () => string | Promise<string> = () => `token-${this.renewals}`
  #token = 'token-0'
  /** Changes what the metadata says. */
  planChange: Partial<FilePlan> = {}
  planError: SpoolError | null = null
  /** Metadata are remembered: plans come also while the source is off. */
  plansOffline = false

  constructor(origin: OriginAddress) {
    this.#origin = origin
  }

  /** The same source at another address, with another token. */
  moveTo(origin: OriginAddress): void {
    this.#origin = origin
    this.#token = 'token-of-another-address'
  }

  setReachable(isReachable: boolean): void {
    this.#isReachable = isReachable
    this.#reachability.emit({ sourceId: 'server', isReachable })
  }

  async plan(key: CacheKey, signal: AbortSignal): Promise<MediaPlan> {
    this.plans += 1
    await Promise.resolve()
    signal.throwIfAborted()
    if (this.planError !== null) throw this.planError
    if (!this.#isReachable && !this.plansOffline) throw new SpoolError('source-unreachable')
    return {
      kind: 'file',
      title: `Film ${key.mediaId}`,
      sourceName: 'Test Server',
      durationMs: 60_000,
      partKey: `/library/parts/${key.mediaId}/1/file.mkv`,
      mime: 'video/x-matroska',
      bitrateKbps: 8_000,
      sizeBytes: this.#origin.data.length,
      ...this.planChange,
    }
  }

  async fetchBytes(
    key: CacheKey,
    _plan: FilePlan,
    asked: ByteRequest,
    signal: AbortSignal,
  ): Promise<UpstreamReply> {
    if (!this.#isReachable) throw new SpoolError('source-unreachable')
    const path = `${this.#origin.url}${encodeURIComponent(key.mediaId)}`
    const headers = {
      range: rangeHeader(asked),
      'accept-encoding': 'identity',
      'x-token': this.#token,
      ...(asked.ifRange ? { 'if-range': asked.ifRange } : {}),
    }
    const reply = await request(path, { headers, signal }).catch((cause: unknown) => {
      signal.throwIfAborted()
      throw new SpoolError('source-unreachable', { cause })
    })
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

  async confirm(key: CacheKey, signal: AbortSignal): Promise<MediaPlan | null> {
    this.confirmations += 1
    return this.isGone ? null : await this.plan(key, signal)
  }

  async renewAccess(): Promise<void> {
    this.renewals += 1
    this.#token = await this.nextToken()
  }

  openSession(): Promise<HlsSession | 'busy'> {
    return Promise.reject(new SpoolError('unplayable'))
  }

  isReachable(): boolean {
    return this.#isReachable
  }

  onReachabilityChange(listener: (sourceId: string, isReachable: boolean) => void): Disposable {
    return this.#reachability.on(({ sourceId, isReachable }) => listener(sourceId, isReachable))
  }
}
