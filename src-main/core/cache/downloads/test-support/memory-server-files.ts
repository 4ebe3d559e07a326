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
  /** What an order is when it is taken. */
  begins: OrderState['state'] = 'making'
  retryAfterMs = 5_000
  isOn = true
  hasQueue = true
  /** Before each reply. */
  step: (call: FilesCall) => Promise<void> = () => Promise.resolve()
  /** Statuses that the next requests for bytes are answered with. */
  readonly refusals: number[] = []
  /** Titles whose files are being read. */
  readonly reading = new Map<AbortSignal, string>()
  readonly #clock: Clock
  readonly #dataOf: (encode: string) => Buffer
  #orders = 0

  /** @param dataOf the bytes of one encode */
  constructor(clock: Clock, dataOf: (encode: string) => Buffer) {
    this.#clock = clock
    this.#dataOf = dataOf
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
    const encode = encodeOf(file)
    return { state: 'ready', mime: 'video/mp4', sizeBytes: this.#dataOf(encode).length, encode }
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
    const file = this.#find(order)
    const data = file?.state === 'ready' ? this.#dataOf(encodeOf(file)) : null
    const status = this.refusals.shift() ?? (data === null ? 404 : 206)
    if (file === undefined || data === null || status !== 206)
      return { status, headers: {}, body: noBytes(), discard: () => undefined }
    const { start } = span
    const end = Math.min(span.end ?? data.length, data.length)
    const headers = {
      'content-type': 'video/mp4',
      'content-range': `bytes ${start}-${end - 1}/${data.length}`,
    }
    const discard = (): void => void this.reading.delete(signal)
    signal.addEventListener('abort', discard, { once: true })
    this.reading.set(signal, file.mediaId)
    return { status, headers, body: this.#body(data.subarray(start, end), signal), discard }
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

  async *#body(data: Buffer, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      for (let at = 0; at < data.length; at += pieceBytes) {
        await this.step('fetch')
        signal.throwIfAborted()
        if (!this.isOn) throw Object.assign(new Error('reset'), { code: 'ECONNRESET' })
        yield data.subarray(at, at + pieceBytes)
      }
    } finally {
      this.reading.delete(signal)
    }
  }
}

const encodeOf = ({ itemId, run }: MadeFile): string => `${itemId}/${run}`

async function* noBytes(): AsyncGenerator<Uint8Array> {}
