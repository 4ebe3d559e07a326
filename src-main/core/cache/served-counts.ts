import type { ServedMeter } from './entry-resource.ts'
import { NetworkGarbage } from './network-garbage.ts'

/** Media bytes since start. Every byte handed to a player is counted once by where it came from, and once in all. */
export class ServedCounts implements ServedMeter {
  bytesServed = 0
  bytesFromMemory = 0
  bytesFromDisk = 0
  bytesPassedThrough = 0
  bytesFetched = 0
  readonly #garbage = new NetworkGarbage()

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
}
