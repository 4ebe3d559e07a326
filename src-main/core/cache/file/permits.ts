import type { EntryContext } from '../entry-resource.ts'
import { priority } from '../schedule/priority.ts'
import type { FetchOutcomes } from './fetch-outcomes.ts'
import { unwatched, type FetchReach, type Urgency } from './fetch-reach.ts'
import type { FetchWishes } from './fetch-wishes.ts'
import type { FileBytes } from './file-bytes.ts'
import type { FileTransfer, Permit } from './file-transfer.ts'
import type { FillListener } from './fill-listener.ts'
import { isNearlyDone } from './read-ahead.ts'
import type { ReaderSet } from './reader-set.ts'

const noRoomParkMs = 60_000

interface PermitParts {
  readonly context: EntryContext
  readonly bytes: FileBytes
  readonly readers: ReaderSet
  readonly reach: FetchReach
  readonly wishes: FetchWishes
  readonly outcomes: FetchOutcomes
}

/** Whether what is under way for one file may read on. */
export class Permits {
  readonly #parts: PermitParts

  constructor(parts: PermitParts) {
    this.#parts = parts
  }

  of(transfer: FileTransfer): Permit {
    const { bytes, wishes, outcomes } = this.#parts
    // What is watched is kept, so a busy disk sets the pace; one that hangs does not stop a waiting player: bytes pass through.
    if (!bytes.hasQueueSpace)
      return bytes.isDiskStalled && transfer.priority === priority.stalled ? 'go' : 'hold'
    const urgency = wishes.urgencyOf(transfer)
    if (urgency !== null) return this.#mustYield(transfer, urgency) ? 'hold' : 'go'
    const { fill } = outcomes
    if (fill === null) return isNearlyDone(transfer, transfer.bytesPerSecond) ? 'go' : 'hold'
    if (!bytes.isKeeping) {
      fill.parked('disk-full', noRoomParkMs)
      return 'hold'
    }
    return 'gate'
  }

  /**
   * All that a download wants has come, and not all of it was kept: it is written after all, or waits until it can be. A promise: look again
   * then.
   */
  keepPassed(fill: FillListener): Promise<void> | null {
    const { bytes } = this.#parts
    const kept = bytes.keepPassed(fill.span ?? { start: 0, end: Number.POSITIVE_INFINITY })
    const park = (): void => fill.parked('disk-full', noRoomParkMs)
    if (kept === 'refused') park()
    return typeof kept === 'string' ? null : kept.catch(park)
  }

  urgencyOf(transfer: FileTransfer): Urgency {
    const { wishes, outcomes } = this.#parts
    return wishes.urgencyOf(transfer) ?? unwatched(outcomes.fill?.priority ?? priority.upkeep)
  }

  /** Who plays it is leaving it for a rung, and the link does not even carry the file: what the link gives is the rung's. */
  get mustGiveWay(): boolean {
    const { context, readers, reach } = this.#parts
    if (!context.background.isRungAwaited || readers.size === 0) return false
    const { kbps } = context.link
    return kbps !== null && reach.neededKbps !== null && kbps < reach.neededKbps
  }

  /** What is needed later leaves the link to what is needed now; the request itself may be made meanwhile. */
  #mustYield(transfer: FileTransfer, urgency: Urgency): boolean {
    if (urgency.priority === priority.stalled) transfer.noteAwaited()
    // One that was waited for a moment ago is the one that is waited for: it need not stop in between.
    return !transfer.wasAwaited && transfer.hasReply && this.#parts.context.background.isStalled
  }
}
