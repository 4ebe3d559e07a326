import type { Span } from '../ranges.ts'

/** Bytes of one file in memory, as they came. */
export interface Block {
  readonly start: number
  readonly data: Uint8Array
  /** `queued`: will be written. `written`: on disk too. `passing`: not kept, gone when dropped. */
  state: 'queued' | 'written' | 'passing'
}

const endOf = (block: Block): number => block.start + block.data.length

/**
 * What arrived lately: bytes on their way to the disk, and as many more as the limit allows, so that readers close behind a transfer
 * never wait for a disk. Blocks never overlap.
 */
export class MemoryBlocks {
  /** By start. */
  readonly #sorted: Block[] = []
  /** In order of arrival. */
  readonly #queue: Block[] = []
  /** Written or passing, in the order in which they may be dropped. */
  readonly #retained: Block[] = []
  #queuedBytes = 0
  #retainedBytes = 0

  get queuedBytes(): number {
    return this.#queuedBytes
  }

  get retainedBytes(): number {
    return this.#retainedBytes
  }

  add(block: Block): void {
    this.#sorted.splice(this.#indexAfter(block.start), 0, block)
    if (block.state === 'queued') {
      this.#queue.push(block)
      this.#queuedBytes += block.data.length
    } else this.#retain(block)
  }

  /** The block that holds `position`. */
  find(position: number): Block | null {
    const block = this.#sorted[this.#indexAfter(position) - 1]
    return block !== undefined && position < endOf(block) ? block : null
  }

  /** Whether a queued block overlaps `[start, end)`. */
  isQueuedWithin(start: number, end: number): boolean {
    return this.#queue.some((block) => block.start < end && endOf(block) > start)
  }

  /** Passing blocks that overlap `[start, end)`, by start. */
  passingWithin(start: number, end: number): Block[] {
    return this.#sorted.filter(
      (block) => block.state === 'passing' && block.start < end && endOf(block) > start,
    )
  }

  /** The oldest queued blocks that lie one after another, up to about `limit` bytes; they stay queued until `settle`. */
  nextRun(limit: number): Block[] {
    const run: Block[] = []
    let bytes = 0
    for (const block of this.#queue) {
      const last = run.at(-1)
      if (last !== undefined && (endOf(last) !== block.start || bytes + block.data.length > limit)) break
      run.push(block)
      bytes += block.data.length
    }
    return run
  }

  /** Takes a run off the queue: it is on disk now, or it will not be kept. */
  settle(run: readonly Block[], state: 'written' | 'passing'): void {
    this.#queue.splice(0, run.length)
    for (const block of run) {
      this.#queuedBytes -= block.data.length
      block.state = state
      this.#retain(block)
    }
  }

  /** Puts a passing block into the queue; anything else, or what is not here any more, is left alone. */
  requeue(block: Block): void {
    const at = block.state === 'passing' ? this.#retained.indexOf(block) : -1
    if (at === -1) return
    this.#retained.splice(at, 1)
    this.#retainedBytes -= block.data.length
    block.state = 'queued'
    this.#queue.push(block)
    this.#queuedBytes += block.data.length
  }

  /** Drops the oldest retained blocks beyond `limit` bytes; answers the spans that are gone for good with them. */
  trim(limit: number): Span[] {
    const gone: Span[] = []
    let count = 0
    for (const block of this.#retained) {
      if (this.#retainedBytes <= limit) break
      count += 1
      this.#retainedBytes -= block.data.length
      this.#sorted.splice(this.#indexAfter(block.start) - 1, 1)
      if (block.state === 'passing') gone.push({ start: block.start, end: endOf(block) })
    }
    if (count > 0) this.#retained.splice(0, count)
    return gone
  }

  /** Drops written blocks that overlap `[start, end)`: the disk turned out not to have those bytes. */
  dropWritten(start: number, end: number): void {
    const isDropped = (block: Block): boolean =>
      block.state === 'written' && block.start < end && endOf(block) > start
    for (let at = this.#retained.length - 1; at >= 0; at -= 1) {
      const block = this.#retained[at]
      if (block === undefined || !isDropped(block)) continue
      this.#retained.splice(at, 1)
      this.#retainedBytes -= block.data.length
      this.#sorted.splice(this.#indexAfter(block.start) - 1, 1)
    }
  }

  #retain(block: Block): void {
    this.#retained.push(block)
    this.#retainedBytes += block.data.length
  }

  /** How many blocks start at or before `position`. */
  #indexAfter(position: number): number {
    let low = 0
    let high = this.#sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sorted[middle]?.start ?? position) > position) high = middle
      else low = middle + 1
    }
    return low
  }
}
