import { NetworkGarbage } from './network-garbage.ts'
import type { ErrorCode, OddReply } from '../../../src-preload/contract/index.ts'
import type { Counted, ServedMeter, Timed } from './entry-resource.ts'
import { TimeHistogram } from './time-histogram.ts'

/** What is counted since start. Media bytes: Every byte handed to a player is counted once by where it came from, and once in all. */
export class ServedCounts implements ServedMeter {
  bytesServed = 0
  bytesFromMemory = 0
  bytesFromDisk = 0
  bytesPassedThrough = 0
  bytesFetched = 0
  readonly #garbage = new NetworkGarbage()
  /** The most that one file held in memory at once. */
  mostBytesInMemory = 0
  readonly counters: Record<Counted, number> = { usefulBytes: 0, joined: 0, jumps: 0, damaged: 0 }
  readonly times: Readonly<Record<Timed, TimeHistogram>> = {
    firstByteHit: new TimeHistogram(),
    firstByteMiss: new TimeHistogram(),
    segmentHit: new TimeHistogram(),
    segmentMiss: new TimeHistogram(),
    stall: new TimeHistogram(),
    sync: new TimeHistogram(),
  }
  readonly failures = new Map<ErrorCode, number>()
  readonly oddReplies: Record<OddReply, number> = {
    overlong: 0,
    short: 0,
    partial: 0,
    whole: 0,
    sizeless: 0,
    beyond: 0,
    malformed: 0,
    changed: 0,
    busy: 0,
    refused: 0,
    'over-limit': 0,
    missing: 0,
  }

  served(from: 'memory' | 'disk' | 'passed-through', bytes: number): void {
    this.bytesServed += bytes
    if (from === 'memory') this.bytesFromMemory += bytes
    else if (from === 'disk') this.bytesFromDisk += bytes
    else this.bytesPassedThrough += bytes
  }

  fetched(bytes: number): void {
    this.bytesFetched += bytes
    this.#garbage.add(bytes)
  }

  oddReply(kind: OddReply): void {
    this.oddReplies[kind] += 1
  }

  failed(code: ErrorCode): void {
    this.failures.set(code, (this.failures.get(code) ?? 0) + 1)
  }

  count(what: Counted, by = 1): void {
    this.counters[what] += by
  }

  took(what: Timed, ms: number): void {
    this.times[what].add(ms)
  }

  inMemory(bytes: number): void {
    if (bytes > this.mostBytesInMemory) this.mostBytesInMemory = bytes
  }
}
