import type { Clock } from '../../base/clock.ts'
import { defined } from '../../base/control.ts'
import type { Span } from '../ranges.ts'
import type { FileStorage } from './file-storage.ts'
import { MemoryBlocks, type Block } from './memory-blocks.ts'

const writeRunBytes = 1 * 1024 * 1024
/** Bytes that may wait for the disk before transfers hold still. */
const queueLimitBytes = 4 * 1024 * 1024
/** Several transfers may each bring a piece after the queue was seen to have space. */
const queueSlackBytes = 2 * 1024 * 1024
/** Bytes kept in memory behind the transfers. */
const retainLimitBytes = 2 * 1024 * 1024
/** A disk that takes nothing for so long no longer holds up a waiting player. */
const stalledDiskMs = 1_000
/** Of one run, while its files keep vanishing. */
const maxAttempts = 2

export interface WriteBehindOwner {
  /** Runs before the first write. */
  prepare(): Promise<void>
  readonly mayWrite: boolean
  onWritten(start: number, end: number): void
  /** These will not be written; they are in memory for a while yet. */
  onGivenUp(start: number, end: number): void
  /** `span`: what was to be written. `again`: its file was gone, and a new one takes its place. */
  onWriteError(error: unknown, span: Span): Promise<'again' | 'given up'>
  /** These were never written, and are not in memory any more. */
  onDropped(span: Span): void
}

/** Bytes in memory on their way to the disk, written one run at a time in the order they came. */
export class WriteBehind {
  readonly #blocks = new MemoryBlocks()
  readonly #storage: FileStorage
  readonly #clock: Clock
  readonly #owner: WriteBehindOwner
  #writing: Promise<void> | null = null
  #lastWriteAt = 0

  constructor(storage: FileStorage, clock: Clock, owner: WriteBehindOwner) {
    this.#storage = storage
    this.#clock = clock
    this.#owner = owner
  }

  /** All that is in memory. */
  get bytes(): number {
    return this.#blocks.queuedBytes + this.#blocks.retainedBytes
  }

  /** Whether transfers may read on. */
  get hasSpace(): boolean {
    return this.#blocks.queuedBytes < queueLimitBytes
  }

  /** Whether bytes that are here already can still be queued. */
  get canTake(): boolean {
    return this.#blocks.queuedBytes < queueLimitBytes + queueSlackBytes
  }

  get isStalled(): boolean {
    return !this.hasSpace && this.#clock.monotonicMs() - this.#lastWriteAt > stalledDiskMs
  }

  find(position: number): Block | null {
    return this.#blocks.find(position)
  }

  add(start: number, data: Uint8Array, isKept: boolean): void {
    this.#blocks.add({ start, data, state: isKept ? 'queued' : 'passing' })
    this.#trim()
    this.#startWriting()
  }

  /** Bytes in memory that were not to be written are written after all. */
  keep(block: Block): void {
    this.#blocks.requeue(block)
    this.#startWriting()
  }

  #startWriting(): void {
    if (this.#writing !== null || this.#blocks.queuedBytes === 0) return
    this.#lastWriteAt = this.#clock.monotonicMs()
    this.#writing = this.#writeQueue()
  }

  /** What is not to be written, between. */
  passingWithin(start: number, end: number): Block[] {
    return this.#blocks.passingWithin(start, end)
  }

  /** Whether something between is still to be written. */
  isQueuedWithin(start: number, end: number): boolean {
    return this.#blocks.isQueuedWithin(start, end)
  }

  /** Forgets what was written there: the disk does not have it after all. */
  forgetWritten(start: number, end: number): void {
    this.#blocks.dropWritten(start, end)
  }

  /** Until nothing is queued. */
  async settled(): Promise<void> {
    while (this.#writing !== null) await this.#writing
  }

  async #writeQueue(): Promise<void> {
    try {
      await this.#owner.prepare()
      while (this.#blocks.queuedBytes > 0) await this.#writeRun()
    } finally {
      // In the same step as the last look at the queue: what came between the two would never be written.
      this.#writing = null
    }
  }

  async #writeRun(): Promise<void> {
    const run = this.#blocks.nextRun(writeRunBytes)
    const start = defined(run[0], 'queued block').start
    const end = start + run.reduce((sum, { data }) => sum + data.length, 0)
    const isWritten = this.#owner.mayWrite && (await this.#tryWrite({ start, end }, run))
    this.#lastWriteAt = this.#clock.monotonicMs()
    this.#blocks.settle(run, isWritten ? 'written' : 'passing')
    // Before the owner is told: it looks at what is missing then.
    this.#trim()
    if (isWritten) this.#owner.onWritten(start, end)
    else this.#owner.onGivenUp(start, end)
  }

  async #tryWrite(span: Span, run: readonly Block[]): Promise<boolean> {
    const pieces = run.map(({ data }) => data)
    for (let attempt = 1; ; attempt += 1)
      try {
        await this.#storage.write(span.start, pieces)
        return true
      } catch (error) {
        const next = await this.#owner.onWriteError(error, span)
        if (next === 'given up' || attempt === maxAttempts || !this.#owner.mayWrite) return false
      }
  }

  #trim(): void {
    for (const span of this.#blocks.trim(retainLimitBytes)) this.#owner.onDropped(span)
  }
}
