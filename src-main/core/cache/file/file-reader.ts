import { assert } from '../../base/control.ts'
import { SpoolError } from '../../spool-error.ts'
import type { EntryContext } from '../entry-resource.ts'
import type { ByteReader } from '../handle.ts'
import type { FileBytes, TakenBytes } from './file-bytes.ts'
import type { FileFetcher } from './file-fetcher.ts'

/** What the fetcher knows of a reader. */
export interface Cursor {
  /** Where it began. */
  readonly start: number
  readonly position: number
  readonly end: number
  /** Since when it waits, on the monotonic clock; null while it does not. */
  readonly waitingSince: number | null
  /** When it was given its first bytes, on the same clock. */
  readonly firstReadAt: number | null
  /** Bytes at its position are here, or gone: it looks again. */
  wake(): void
  fail(error: SpoolError): void
}

/** Reads one span in order. Its state is its own: transfers come and go without knowing it. */
export class FileReader implements ByteReader, Cursor {
  readonly start: number
  readonly end: number
  readonly #context: EntryContext
  readonly #bytes: FileBytes
  readonly #fetcher: FileFetcher
  readonly #signal: AbortSignal
  readonly #onAbort = (): void => this.cancel()
  #position: number
  #waiter: PromiseWithResolvers<void> | null = null
  #waitingSince: number | null = null
  #firstReadAt: number | null = null
  #hasWaited = false
  readonly #beganAt: number
  #error: SpoolError | null = null
  #isEnded = false
  /** What follows on the disk is read while the last piece is on its way to the player. */
  #ahead: Promise<TakenBytes | null> | null = null

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
    this.start = start
    this.#position = start
    this.end = end
    this.#beganAt = context.clock.monotonicMs()
    if (start > 0) context.meter.count('jumps')
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

  get firstReadAt(): number | null {
    return this.#firstReadAt
  }

  /** Resolves when the byte at the position can be read, without reading it. Rejects as `read` does. */
  async ready(): Promise<void> {
    while (!this.#bytes.isHere(this.#position)) {
      this.#throwIfFailed()
      await this.#wait()
    }
    this.#throwIfFailed()
  }

  async read(): Promise<Uint8Array | null> {
    for (;;) {
      this.#throwIfFailed()
      if (this.#position >= this.end) {
        this.#finish()
        return null
      }
      const taken = this.#takeMemory() ?? (await (this.#takeAhead() ?? this.#fromDisk()))
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

  release(piece: Uint8Array): void {
    this.#bytes.release(piece)
  }

  #takeMemory(): TakenBytes | null {
    return this.#ahead === null ? this.#bytes.fromMemory(this.#position, this.end) : null
  }

  #takeAhead(): Promise<TakenBytes | null> | null {
    const ahead = this.#ahead
    this.#ahead = null
    return ahead
  }

  #fromDisk(): Promise<TakenBytes | null> | null {
    return this.#bytes.written.has(this.#position) ? this.#bytes.fromDisk(this.#position, this.end) : null
  }

  #readAhead(): void {
    if (this.#isEnded || this.#position >= this.end || this.#bytes.isInMemory(this.#position)) return
    this.#ahead = this.#fromDisk()
    // Whoever takes it sees the failure; when nobody does, there is nobody to tell.
    this.#ahead?.catch(() => undefined)
  }

  #dropAhead(): void {
    const release = (taken: TakenBytes | null): void => {
      if (taken !== null) this.#bytes.release(taken.data)
    }
    this.#takeAhead()?.then(release, () => undefined)
  }

  /** Registers first and only then looks for somebody who brings the bytes: no wake-up can fall in between. */
  async #wait(): Promise<void> {
    const waiter = Promise.withResolvers<void>()
    assert(!this.#bytes.arrived.has(this.#position), 'arrived bytes are in memory or on the disk')
    this.#waiter = waiter
    this.#waitingSince = this.#context.clock.monotonicMs()
    this.#hasWaited = true
    if (this.#fetcher.isComing(this.#position)) this.#context.meter.count('joined')
    using _wait = this.#context.background.foregroundWait()
    this.#fetcher.look()
    await waiter.promise
    this.#waiter = null
    this.#waitingSince = null
  }

  #deliver({ data, from }: TakenBytes): Uint8Array {
    this.#position += data.length
    if (this.#firstReadAt === null) this.#noteFirst()
    this.#context.meter.served(from, data.length)
    this.#fetcher.onProgress(this, data.length)
    this.#context.onUse()
    if (from === 'disk') this.#readAhead()
    return data
  }

  #noteFirst(): void {
    const now = this.#context.clock.monotonicMs()
    this.#firstReadAt = now
    this.#context.meter.took(this.#hasWaited ? 'firstByteMiss' : 'firstByteHit', now - this.#beganAt)
  }

  #finish(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.#dropAhead()
    this.#fetcher.remove(this)
  }
}
