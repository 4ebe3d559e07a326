import { NetworkGarbage } from './network-garbage.ts'
import type { OddReply, ServedMeter } from './entry-resource.ts'

/** Media bytes since start. Every byte handed to a player is counted once by where it came from, and once in all. */
export class ServedCounts implements ServedMeter {
  bytesServed = 0
  bytesFromMemory = 0
  bytesFromDisk = 0
  bytesPassedThrough = 0
  bytesFetched = 0
  readonly #garbage = new NetworkGarbage()
  readonly oddReplies: Record<OddReply, number> = { overlong: 0, short: 0, whole: 0 }

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
}
