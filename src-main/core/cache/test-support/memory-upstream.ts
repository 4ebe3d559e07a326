import type { CacheKey } from '../../../../src-preload/contract/index.ts'
import { Emitter } from '../../base/emitter.ts'
import type { MemoryTranscodes } from './memory-transcodes.ts'
import { SpoolError } from '../../spool-error.ts'
import type {
  ByteRequest,
  ByteSpan,
  FilePlan,
  HlsSession,
  MediaPlan,
  MediaUpstream,
  UpstreamReply,
} from '../upstream.ts'

/** How one reply is spoilt; each is used once. */
export type Spoil =
  | 'short'
  | 'whole'
  | 'wrong-start'
  | 'no-range'
  | 'long'
  | 'reset'
  | 'refuse'
  | 'busy'
  | 'silent'
  | 'gone'
  | 'html'

interface Title {
  data: Buffer
  version: number
}

/** Bytes for one reply, and where they lay: what was asked of the source is judged by this. */
export interface Fetched {
  readonly mediaId: string
  readonly start: number
  end: number
  isOpen: boolean
}

const pieceBytes = 5_000

/** A source in memory whose every step waits for `step`, and whose replies are spoilt on request. */
export class MemoryUpstream implements MediaUpstream {
  readonly titles = new Map<string, Title>()
  readonly fetched: Fetched[] = []
  readonly spoils: Spoil[] = []
  /** For qualities other than Original; null: there are none. */
  transcodes: MemoryTranscodes | null = null
  readonly #reachability = new Emitter<{ sourceId: string; isReachable: boolean }>()
  /** Of every title. */
  durationMs = 600_000
  #isReachable = true
  step: (call: string) => Promise<void> = () => Promise.resolve()

  /** Other bytes under the same title. */
  put(mediaId: string, data: Buffer): void {
    this.titles.set(mediaId, { data, version: (this.titles.get(mediaId)?.version ?? 0) + 1 })
  }

  get openReplies(): number {
    return this.fetched.filter(({ isOpen }) => isOpen).length
  }

  /** Live replies that bring the same bytes, beyond the piece in which one meets the other. */
  doubleFetches(): string[] {
    const open = this.fetched.filter(({ isOpen }) => isOpen)
    const pairs = open.flatMap((one, at) => open.slice(at + 1).map((other) => [one, other] as const))
    return pairs
      .filter(
        ([one, other]) =>
          one.mediaId === other.mediaId &&
          Math.min(one.end, other.end) - Math.max(one.start, other.start) > pieceBytes,
      )
      .map(([one, other]) => `fetched twice: ${one.start}-${one.end} and ${other.start}-${other.end}`)
  }

  setReachable(isReachable: boolean): void {
    this.#isReachable = isReachable
    this.#reachability.emit({ sourceId: 'server', isReachable })
  }

  async plan(key: CacheKey, signal: AbortSignal): Promise<MediaPlan> {
    await this.step('plan')
    signal.throwIfAborted()
    const title = this.titles.get(key.mediaId)
    if (title === undefined) throw new SpoolError('unknown-media')
    if (key.quality !== 'original' && this.transcodes !== null)
      return this.transcodes.plan(key, title.version)
    return {
      kind: 'file',
      title: `Film ${key.mediaId}`,
      sourceName: 'Test',
      // So slow that a jump of some seconds is little of so small a film.
      durationMs: this.durationMs,
      partKey: `/library/parts/${key.mediaId}/${title.version}/file.mkv`,
      mime: 'video/x-matroska',
      bitrateKbps: 8_000,
      sizeBytes: title.data.length,
    }
  }

  async fetchBytes(
    key: CacheKey,
    _plan: FilePlan,
    span: ByteRequest,
    signal: AbortSignal,
  ): Promise<UpstreamReply> {
    await this.step('request')
    signal.throwIfAborted()
    if (!this.#isReachable) throw new SpoolError('source-unreachable')
    // A rung that is held as a file: the source keeps none.
    if (key.quality !== 'original' && this.transcodes !== null) throw new SpoolError('unknown-media')
    if (/[^\x20-\x7e]/.test(span.ifRange ?? '')) throw new TypeError('no such header can be sent')
    const title = this.titles.get(key.mediaId)
    if (title === undefined) throw new SpoolError('unknown-media')
    const spoil = this.spoils.shift() ?? null
    const record: Fetched = { mediaId: key.mediaId, start: span.start, end: span.start, isOpen: true }
    this.fetched.push(record)
    const close = (): void => void (record.isOpen = false)
    signal.addEventListener('abort', close, { once: true })
    const head = replyHead(spoil, span, title.data.length)
    return {
      status: head.status,
      headers: head.headers,
      body: this.#body(title.data, span, spoil, record, signal),
      discard: close,
    }
  }

  async confirm(key: CacheKey, signal: AbortSignal): Promise<MediaPlan | null> {
    if (!this.titles.has(key.mediaId)) return null
    if (!this.#isReachable) throw new SpoolError('source-unreachable')
    return await this.plan(key, signal)
  }

  async renewAccess(): Promise<void> {
    await this.step('renew')
  }

  async openSession(
    key: CacheKey,
    _plan: unknown,
    _startMs: number,
    _purpose: unknown,
    signal: AbortSignal,
  ): Promise<HlsSession | 'busy'> {
    if (!this.#isReachable) throw new SpoolError('source-unreachable')
    if (this.transcodes === null) throw new SpoolError('unplayable')
    return await this.transcodes.open(key, signal)
  }

  isReachable(): boolean {
    return this.#isReachable
  }

  onReachabilityChange(listener: (sourceId: string, isReachable: boolean) => void): Disposable {
    return this.#reachability.on(({ sourceId, isReachable }) => listener(sourceId, isReachable))
  }

  async *#body(
    data: Buffer,
    span: ByteSpan,
    spoil: Spoil | null,
    record: Fetched,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    try {
      const end = Math.min(span.end ?? data.length, data.length)
      const from = spoil === 'whole' ? 0 : span.start
      const cut = span.start + Math.floor((end - span.start) / 3)
      for (let at = from; at < end;) {
        await this.step('body')
        signal.throwIfAborted()
        if ((spoil === 'reset' || spoil === 'short' || spoil === 'silent') && at >= cut) {
          if (spoil === 'short') return
          if (spoil === 'reset') throw Object.assign(new Error('reset'), { code: 'ECONNRESET' })
          await new Promise((_, reject) =>
            signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
          )
        }
        const to = Math.min(at + pieceBytes, end)
        record.end = Math.max(record.end, to)
        yield data.subarray(at, to)
        at = to
      }
      if (spoil === 'long') yield Buffer.alloc(pieceBytes, 0x5a)
    } finally {
      record.isOpen = false
    }
  }
}

function replyHead(
  spoil: Spoil | null,
  span: ByteSpan,
  total: number,
): { status: number; headers: Record<string, string> } {
  const end = Math.min(span.end ?? total, total)
  const type = { 'content-type': 'video/x-matroska' }
  switch (spoil) {
    case 'refuse':
      return { status: 401, headers: {} }
    case 'gone':
      return { status: 404, headers: {} }
    case 'busy':
      return { status: 503, headers: { 'retry-after': '2' } }
    case 'html':
      return { status: 200, headers: { 'content-type': 'text/html' } }
    case 'whole':
      return { status: 200, headers: { ...type, 'content-length': String(total) } }
    case 'no-range':
      return { status: 206, headers: type }
    case 'wrong-start':
      return {
        status: 206,
        headers: { ...type, 'content-range': `bytes ${span.start + 1}-${end - 1}/${total}` },
      }
    case 'short':
    case 'long':
    case 'reset':
    case 'silent':
    case null:
      if (span.start >= total) return { status: 416, headers: { 'content-range': `bytes */${total}` } }
      return {
        status: 206,
        headers: { ...type, 'content-range': `bytes ${span.start}-${end - 1}/${total}` },
      }
  }
}
