import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { CacheDiagnostics } from '../../../src-preload/contract/index.ts'
import type { FileCacheParts } from './file-cache-parts.ts'

/** Looks at how long the process is busy at a time, from its making until it is disposed. */
export class LoopDelay implements Disposable {
  readonly #histogram = monitorEventLoopDelay({ resolution: 20 })

  constructor() {
    this.#histogram.enable()
  }

  /** In ms; 0 before anything was seen. */
  quantile(percent: number): number {
    const ns = this.#histogram.percentile(percent)
    return Number.isFinite(ns) ? Math.max(0, Math.round(ns / 1e5) / 10) : 0
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
