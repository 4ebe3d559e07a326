import { assert } from '../../base/control.ts'
import { SpoolError } from '../../spool-error.ts'
import type { EntryContext } from '../entry-resource.ts'
import type { ByteReader } from '../handle.ts'
import type { FileBytes, TakenBytes } from './file-bytes.ts'
import type { FileFetcher } from './file-fetcher.ts'

/** What the fetcher knows of a reader. */
export interface Cursor {
  readonly position: number
  readonly end: number
  /** Since when it waits, on the monotonic clock; null while it does not. */
  readonly waitingSince: number | null
  /** Bytes at its position are here, or gone: it looks again. */
  wake(): void
  fail(error: SpoolError): void
}

/** Reads one span in order. Its state is its own: transfers come and go without knowing it. */
export class FileReader implements ByteReader, Cursor {
  readonly end: number
  readonly #context: EntryContext
  readonly #bytes: FileBytes
  readonly #fetcher: FileFetcher
  readonly #signal: AbortSignal
  readonly #onAbort = (): void => this.cancel()
  #position: number
  #waiter: PromiseWithResolvers<void> | null = null
  #waitingSince: number | null = null
  #error: SpoolError | null = null
  #isEnded = false

  constructor(
    context: EntryContext,
    bytes: FileBytes,
    fetcher: FileFetcher,
    start: number,
    end: number,
    signal: AbortSignal,
  ) {
    this.#context = context
    this.#bytes = bytes
    this.#fetcher = fetcher
    this.#signal = signal
    this.#position = start
    this.end = end
    fetcher.add(this)
    if (signal.aborted) this.cancel()
    else signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  get position(): number {
    return this.#position
  }

  get waitingSince(): number | null {
    return this.#waitingSince
  }

  async read(): Promise<Uint8Array | null> {
    for (;;) {
      this.#throwIfFailed()
      if (this.#position >= this.end) {
        this.#finish()
        return null
      }
      const taken = this.#bytes.fromMemory(this.#position, this.end) ?? (await this.#fromDisk())
      this.#throwIfFailed()
      if (taken !== null) return this.#deliver(taken)
      if (!this.#bytes.isHere(this.#position)) await this.#wait()
    }
  }

  cancel(): void {
    this.fail(new SpoolError('cancelled'))
  }

  wake(): void {
    this.#waiter?.resolve()
  }

  fail(error: SpoolError): void {
    if (this.#isEnded) return
    this.#error = error
    this.#finish()
    this.#waiter?.resolve()
  }

  #throwIfFailed(): void {
    if (this.#error !== null) throw this.#error
  }

  async #fromDisk(): Promise<TakenBytes | null> {
    if (!this.#bytes.written.has(this.#position)) return null
    return this.#bytes.fromDisk(this.#position, this.end)
  }

  /** Registers first and only then looks for somebody who brings the bytes: no wake-up can fall in between. */
  async #wait(): Promise<void> {
    const waiter = Promise.withResolvers<void>()
    assert(!this.#bytes.arrived.has(this.#position), 'arrived bytes are in memory or on the disk')
    this.#waiter = waiter
    this.#waitingSince = this.#context.clock.monotonicMs()
    using _wait = this.#context.background.foregroundWait()
    this.#fetcher.look()
    await waiter.promise
    this.#waiter = null
    this.#waitingSince = null
  }

  #deliver({ data, from }: TakenBytes): Uint8Array {
    this.#position += data.length
    this.#context.meter.served(from, data.length)
    this.#fetcher.onProgress()
    this.#context.onUse()
    return data
  }

  #finish(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.#fetcher.remove(this)
  }
}
