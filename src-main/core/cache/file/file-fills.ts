import { unlessAborted } from '../../base/control.ts'
import { SpoolError } from '../../spool-error.ts'
import type { FillResult } from '../entry-resource.ts'
import { priority, type Priority } from '../schedule/priority.ts'
import type { Span } from '../ranges.ts'
import type { FileBytes } from './file-bytes.ts'
import type { FileFetcher } from './file-fetcher.ts'
import type { FillListener } from './fill-listener.ts'

/** Everything of a file, or all of a span, being fetched. */
interface Filling {
  readonly span: Span | null
  readonly result: PromiseWithResolvers<FillResult>
}

export interface FileFillsParts {
  readonly bytes: FileBytes
  readonly fetcher: FileFetcher
  /** The last one ended. */
  readonly onEnd: () => void
}

/** Downloads and repairs of one file, one after another. */
export class FileFills {
  readonly #parts: FileFillsParts
  /** Asked for and not ended, whether or not they fetch yet: a disk may take long to tell what is there. */
  #pending = 0
  #filling: Filling | null = null
  #isOver = false

  constructor(parts: FileFillsParts) {
    this.#parts = parts
  }

  /** Something is to be fetched, now or when it is known what. */
  get isBusy(): boolean {
    return this.#pending > 0
  }

  /** As `EntryResource.fill`. */
  fill(of: Priority, signal: AbortSignal): Promise<FillResult> {
    return this.#counted(() => this.#fillAll(of, signal))
  }

  /** As `EntryResource.repair`. */
  repair(index: number, signal: AbortSignal): Promise<boolean> {
    return this.#counted(() => this.#repair(index, signal))
  }

  /** Bytes were written, lost or dropped. */
  onAvailable(): void {
    if (this.#filling !== null && this.#isThere(this.#filling.span)) this.#filling.result.resolve('complete')
  }

  /** Ends them with `cancelled`; from now on none begins. */
  stop(): void {
    this.#isOver = true
    this.#filling?.result.reject(new SpoolError('cancelled'))
  }

  async #counted<T>(work: () => Promise<T>): Promise<T> {
    this.#pending += 1
    try {
      return await work()
    } finally {
      this.#pending -= 1
      if (this.#pending === 0) this.#parts.onEnd()
    }
  }

  async #fillAll(of: Priority, signal: AbortSignal): Promise<FillResult> {
    signal.throwIfAborted()
    const { bytes } = this.#parts
    await unlessAborted(bytes.prepare(), signal)
    // A piece that is being mended is part of it.
    while (this.#filling !== null) await this.#filled(this.#filling, signal)
    if (bytes.isComplete) return 'complete'
    return await this.#fill(null, of, signal)
  }

  async #repair(index: number, signal: AbortSignal): Promise<boolean> {
    const { bytes } = this.#parts
    const span = bytes.chunkSpan(index)
    if (span === null) return false
    try {
      // What is being downloaded brings this piece too.
      if (this.#filling !== null) await this.#filled(this.#filling, signal)
      else await this.#fill(span, priority.upkeep, signal)
      await bytes.flush()
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof SpoolError) return false
      throw error
    }
    signal.throwIfAborted()
    return bytes.durable.covers(span.start, span.end)
  }

  async #fill(span: Span | null, of: Priority, signal: AbortSignal): Promise<FillResult> {
    // Closed or removed while it waited: nothing would ever come.
    if (this.#isOver) throw new SpoolError('cancelled')
    signal.throwIfAborted()
    const { fetcher } = this.#parts
    const filling: Filling = { span, result: Promise.withResolvers() }
    const { result } = filling
    this.#filling = filling
    const onAbort = (): void => result.reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    const listener: FillListener = {
      priority: of,
      span,
      parked: (parked, retryAfterMs) => result.resolve({ parked, retryAfterMs }),
      failed: (error) => result.reject(error),
    }
    try {
      fetcher.setFill(listener)
      this.onAvailable()
      return await result.promise
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#filling = null
      fetcher.setFill(null)
    }
  }

  #isThere(span: Span | null): boolean {
    const { bytes } = this.#parts
    return span === null ? bytes.isComplete : bytes.written.covers(span.start, span.end)
  }

  /** Until it ended, in whatever way. Rejects with the signal's reason. */
  async #filled({ result }: Filling, signal: AbortSignal): Promise<void> {
    const end = (): void => undefined
    await unlessAborted(result.promise.then(end, end), signal)
  }
}
