import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { CacheDiagnostics } from '../../../src-preload/contract/index.ts'
import type { FileCacheParts } from './file-cache-parts.ts'

/** Each look wakes the process, also one that has nothing to do: a computer on battery should not notice. */
const lookMs = 100

/** How late a look came, in ms, when the last one was `intervalNs` ago; 0 before anything was seen. */
export const lateMs = (intervalNs: number): number =>
  Number.isFinite(intervalNs) ? Math.max(0, Math.round(intervalNs / 1e5 - lookMs * 10) / 10) : 0

/** Looks at how long the process is busy at a time, from its making until it is disposed. */
export class LoopDelay implements Disposable {
  /** Of the times between two looks. */
  readonly #histogram = monitorEventLoopDelay({ resolution: lookMs })

  constructor() {
    this.#histogram.enable()
  }

  quantile(percent: number): number {
    return lateMs(this.#histogram.percentile(percent))
  }

  [Symbol.dispose](): void {
    this.#histogram.disable()
  }
}

/** Everything that is counted, for who looks for a fault. Since start, where nothing else is said. */
export function collectDiagnostics(parts: FileCacheParts): CacheDiagnostics {
  const { counts, scheduler, mailbox, index, space, pool, loopDelay } = parts
  const { counters, times } = counts
  return {
    bytesServed: counts.bytesServed,
    bytesFromMemory: counts.bytesFromMemory,
    bytesFromDisk: counts.bytesFromDisk,
    bytesPassedThrough: counts.bytesPassedThrough,
    bytesFetched: counts.bytesFetched,
    bytesUseful: counters.usefulBytes,
    readersJoined: counters.joined,
    jumps: counters.jumps,
    chunksDamaged: counters.damaged,
    failures: Object.fromEntries(counts.failures),
    oddReplies: { ...counts.oddReplies },
    firstByteHit: times.firstByteHit.spread,
    firstByteMiss: times.firstByteMiss.spread,
    segmentHit: times.segmentHit.spread,
    segmentMiss: times.segmentMiss.spread,
    stalls: times.stall.spread,
    syncs: times.sync.spread,
    mostBytesInMemory: counts.mostBytesInMemory,
    requests: scheduler.slots.used,
    requestsWaiting: scheduler.slots.waiting,
    downloadsHeld: scheduler.gate.waiting,
    downloadKbps: scheduler.gate.kbps,
    mailbox: mailbox.length,
    openFiles: pool.size,
    loopDelayMedianMs: loopDelay.quantile(50),
    loopDelayP99Ms: loopDelay.quantile(99),
    bytesEvicted: index.history.evictedByReason(),
    bytesKeepable: space.keepableBytes,
  }
}
