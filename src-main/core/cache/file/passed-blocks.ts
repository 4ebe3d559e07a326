import type { Span } from '../ranges.ts'
import type { Block } from './memory-blocks.ts'
import type { RoomHolder } from './room-holder.ts'
import type { WriteBehind } from './write-behind.ts'

export interface PassedBlocksParts {
  readonly memory: WriteBehind
  readonly room: RoomHolder
  /** Anything new is kept. */
  readonly isKeeping: () => boolean
  /** On the disk all the same. */
  readonly isWritten: (start: number, end: number) => boolean
}

/** What passed through without being kept and is still in memory is kept after all, once that is possible: nothing would ever fetch it anew. */
export class PassedBlocks {
  readonly #parts: PassedBlocksParts

  constructor(parts: PassedBlocksParts) {
    this.#parts = parts
  }

  /** One that is read again. */
  keep(block: Block): void {
    const { memory, room, isKeeping } = this.#parts
    if (!isKeeping() || !memory.canTake) return
    const asked = room.prepare(block.data.length)
    const again = (): void => this.keep(block)
    if (asked !== null) return void asked.then(again, () => undefined)
    const isPassing = block.state === 'passing' && memory.find(block.start) === block
    if (isPassing && room.take(block.data.length)) memory.keep(block)
  }

  /**
   * All that lies within a span that is wanted whole. `refused`: some of it cannot be kept now. A promise: ask again then. `queued`: it is on its
   * way to the disk, if there was any.
   */
  keepWithin({ start, end }: Span): 'queued' | 'refused' | Promise<void> {
    const { memory, room, isKeeping, isWritten } = this.#parts
    const passed = memory
      .passingWithin(start, end)
      .filter((block) => !isWritten(block.start, block.start + block.data.length))
    if (passed.length === 0) return 'queued'
    if (!isKeeping()) return 'refused'
    const asked = room.prepare(passed.reduce((sum, { data }) => sum + data.length, 0))
    if (asked !== null) return asked
    for (const block of passed)
      // The first write that ends has the rest looked at again.
      if (memory.canTake && room.take(block.data.length)) memory.keep(block)
    return memory.isQueuedWithin(0, Number.POSITIVE_INFINITY) ? 'queued' : 'refused'
  }
}
