import type { CacheKey } from '../../../../../src-preload/contract/index.ts'
import type { Clock } from '../../../base/clock.ts'
import { SpoolError } from '../../../spool-error.ts'
import type { ByteSpan, HlsPlan, UpstreamReply } from '../../upstream.ts'
import type { FileOrder, OrderState, ServerFiles } from '../server-files.ts'

/** A file that was ordered. */
export interface MadeFile {
  readonly mediaId: string
  readonly itemId: string
  state: OrderState['state']
  /** How often it was made: another encode each time. */
  run: number
}

export type FilesCall = 'order' | 'look' | 'restart' | 'fetch' | 'remove' | 'list'

export interface FilesRequest {
  readonly call: FilesCall
  readonly atMs: number
}

const pieceBytes = 5_000
/** Whoever asks so often at one moment would do so for ever: it gets no answer any more, so that a test ends and can say so. */
const mostAtOnce = 200

/** A server in memory that makes files of rungs, each when it is told to. It writes down what it is asked, also while it does not answer. */
export class MemoryServerFiles implements ServerFiles {
  readonly requests: FilesRequest[] = []
  /** On the server now. */
  readonly made: MadeFile[] = []
  readonly data: Buffer
  /** What an order is when it is taken. */
  begins: OrderState['state'] = 'making'
  retryAfterMs = 5_000
  isOn = true
  hasQueue = true
  /** Before each reply. */
  step: (call: FilesCall) => Promise<void> = () => Promise.resolve()
  /** Statuses that the next requests for bytes are answered with. */
  readonly refusals: number[] = []
  openReplies = 0
  mostOpenReplies = 0
  readonly #clock: Clock
  #orders = 0

  constructor(clock: Clock, data: Buffer) {
    this.#clock = clock
    this.data = data
  }

  count(call: FilesCall): number {
    return this.requests.filter((request) => request.call === call).length
  }

  /** What becomes of every file that is being made. */
  turnOut(state: OrderState['state']): void {
    for (const file of this.made) if (file.state === 'making') file.state = state
  }

  async order({ mediaId }: CacheKey, _plan: HlsPlan, signal: AbortSignal): Promise<FileOrder | 'no-queue'> {
    await this.#ask('order', signal)
    if (!this.hasQueue) return 'no-queue'
    const known = this.made.find((file) => file.mediaId === mediaId)
    if (known !== undefined) return { queueId: 'queue', itemId: known.itemId }
    const itemId = String((this.#orders += 1))
    this.made.push({ mediaId, itemId, state: this.begins, run: 1 })
    return { queueId: 'queue', itemId }
  }

  async look(_key: CacheKey, order: FileOrder, signal: AbortSignal): Promise<OrderState> {
    await this.#ask('look', signal)
    const file = this.#find(order)
    if (file === undefined || file.state === 'gone') return { state: 'gone' }
    if (file.state === 'making') return { state: 'making', share: 0.5, retryAfterMs: this.retryAfterMs }
    if (file.state === 'failed') return { state: 'failed', detail: 'told to' }
    const encode = `${file.itemId} ${file.run}`
    return { state: 'ready', mime: 'video/mp4', sizeBytes: this.data.length, encode }
  }

  async restart(_sourceId: string, order: FileOrder, signal: AbortSignal): Promise<void> {
    await this.#ask('restart', signal)
    const file = this.#find(order)
    if (file === undefined) throw new SpoolError('unknown-media')
    file.state = 'making'
    file.run += 1
  }

  async fetch(
    _sourceId: string,
    order: FileOrder,
    span: ByteSpan,
    signal: AbortSignal,
  ): Promise<UpstreamReply> {
    await this.#ask('fetch', signal)
    const total = this.data.length
    const status = this.refusals.shift() ?? (this.#find(order)?.state === 'ready' ? 206 : 404)
    const discard = (): void => undefined
    if (status !== 206) return { status, headers: {}, body: this.#body(0, 0, signal), discard }
    const end = Math.min(span.end ?? total, total)
    const headers = {
      'content-type': 'video/mp4',
      'content-range': `bytes ${span.start}-${end - 1}/${total}`,
    }
    return { status, headers, body: this.#body(span.start, end, signal), discard }
  }

  async remove(_sourceId: string, order: FileOrder, signal: AbortSignal): Promise<void> {
    await this.#ask('remove', signal)
    const at = this.made.findIndex(({ itemId }) => itemId === order.itemId)
    if (at >= 0) this.made.splice(at, 1)
  }

  async list(_sourceId: string, signal: AbortSignal): Promise<readonly FileOrder[] | 'no-queue'> {
    await this.#ask('list', signal)
    if (!this.hasQueue) return 'no-queue'
    return this.made.map(({ itemId }) => ({ queueId: 'queue', itemId }))
  }

  #find(order: FileOrder): MadeFile | undefined {
    return this.made.find(({ itemId }) => itemId === order.itemId)
  }

  async #ask(call: FilesCall, signal: AbortSignal): Promise<void> {
    this.requests.push({ call, atMs: this.#clock.monotonicMs() })
    if (this.requests.at(-mostAtOnce)?.atMs === this.#clock.monotonicMs())
      await new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
      )
    await this.step(call)
    signal.throwIfAborted()
    if (!this.isOn) throw new SpoolError('source-unreachable')
  }

  async *#body(start: number, end: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    this.openReplies += 1
    this.mostOpenReplies = Math.max(this.mostOpenReplies, this.openReplies)
    try {
      for (let at = start; at < end; at += pieceBytes) {
        await this.step('fetch')
        signal.throwIfAborted()
        if (!this.isOn) throw Object.assign(new Error('reset'), { code: 'ECONNRESET' })
        yield this.data.subarray(at, Math.min(at + pieceBytes, end))
      }
    } finally {
      this.openReplies -= 1
    }
  }
}
