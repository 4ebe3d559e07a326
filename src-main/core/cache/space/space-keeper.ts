import type { Clock } from '../../base/clock.ts'
import type { Reservation } from '../entry-resource.ts'
import type { CacheLimits } from '../handle.ts'
import { isDiskFault, isDiskFull } from '../store/disk-errors.ts'
import { spaceLimit, type DiskProbe } from './space-limit.ts'

const probeMs = 10_000
/** Others write meanwhile too: after so much of our own the disk is asked again, however soon. */
const probeBytes = 256 * 1024 * 1024
/** Two of the largest read-ahead windows. */
const emergencyBytes = 128 * 1024 * 1024
const breakerMs = 60_000
const mostPasses = 3

export interface SpaceKeeperOptions {
  readonly clock: Clock
  /** Of the disk with the cache folder; null when it does not tell. Asked every ten seconds, and after every 256 MiB, while anything is kept. */
  readonly freeBytes: () => Promise<number | null>
  readonly limits: CacheLimits
  /** By rows, folders not deleted yet included. */
  readonly usedBytes: () => number
  /** Removes what may go, at least so many bytes if possible. Resolves when their files are gone, with the bytes that came free. */
  readonly evict: (neededBytes: number) => Promise<number>
}

/** Knows how much may be kept, and makes room. */
export class SpaceKeeper {
  readonly #options: SpaceKeeperOptions
  #limits: CacheLimits
  #reserved = 0
  #keepable = 0
  #keepableAt = Number.NEGATIVE_INFINITY
  #probe: DiskProbe | null = null
  /** Room that was given since the disk was asked. */
  #givenBytes = 0
  #probedAt = Number.NEGATIVE_INFINITY
  #breakerUntil = 0
  #faultUntil = 0
  #refusedAt = Number.NEGATIVE_INFINITY
  #evicting: Promise<void> | null = null
  #reserving: Promise<unknown> = Promise.resolve()

  constructor(options: SpaceKeeperOptions) {
    this.#options = options
    this.#limits = options.limits
  }

  get limitBytes(): number {
    return spaceLimit(this.#limits, this.#probe)
  }

  get freeBytes(): number | null {
    return this.#probe?.freeBytes ?? null
  }

  /** What may still be kept before something has to go; looked at now and then. */
  get keepableBytes(): number {
    const now = this.#options.clock.monotonicMs()
    if (now - this.#keepableAt >= probeMs) {
      this.#keepableAt = now
      this.#keepable = Math.max(0, this.limitBytes - this.#options.usedBytes())
    }
    return this.#keepable
  }

  get reservedBytes(): number {
    return this.#reserved
  }

  /** Nothing is kept at the moment: the disk is full, or the limit reached and nothing may go. */
  get isFull(): boolean {
    const now = this.#options.clock.monotonicMs()
    return now < this.#breakerUntil || now - this.#refusedAt < breakerMs
  }

  /** The disk is there and failed a moment ago: what wrote to it keeps nothing for a while. */
  get isFailing(): boolean {
    return this.#options.clock.monotonicMs() < this.#faultUntil
  }

  async setLimits(limits: CacheLimits): Promise<void> {
    this.#limits = limits
    this.#lookAgain()
    await this.trimTo(null)
  }

  /** The user removed something: what was refused for want of room may have it now. */
  async onRemoved(freedBytes: number): Promise<void> {
    if (freedBytes > 0) this.#lookAgain()
    await this.probe(true)
  }

  /** Asks the disk how much is free, unless it just did. */
  async probe(isForced = false): Promise<void> {
    const now = this.#options.clock.monotonicMs()
    if (!isForced && now - this.#probedAt < probeMs && this.#givenBytes < probeBytes) return
    this.#probedAt = now
    this.#givenBytes = 0
    const freeBytes = await this.#options.freeBytes()
    this.#probe = freeBytes === null ? null : { freeBytes, usedBytes: this.#options.usedBytes() }
  }

  /** Null when there is no room and none can be made. One after another: what was evicted for one must not go to the next. */
  reserve(bytes: number): Promise<Reservation | null> {
    const reserving = this.#reserving.then(() => this.#reserve(bytes))
    this.#reserving = reserving.catch(() => undefined)
    return reserving
  }

  async #reserve(bytes: number): Promise<Reservation | null> {
    if (this.#options.clock.monotonicMs() < this.#breakerUntil) return null
    await this.probe()
    // Once more when something could not be deleted: others go in its place.
    for (let pass = 0; pass < mostPasses && this.#overBy(bytes) > 0; pass += 1)
      if ((await this.#evict(() => this.#overBy(bytes))) === 0) break
    if (this.#overBy(bytes) > 0) {
      this.#refusedAt = this.#options.clock.monotonicMs()
      return null
    }
    this.#refusedAt = Number.NEGATIVE_INFINITY
    return this.#hold(bytes)
  }

  /** Evicts down to `targetBytes`, or to the limit. Answers the bytes that came free on the disk. */
  async trimTo(targetBytes: number | null): Promise<number> {
    await this.probe(true)
    return this.#evict(() => {
      const target = Math.min(targetBytes ?? this.limitBytes, this.limitBytes)
      return this.#options.usedBytes() - target
    })
  }

  /** A write failed. A full disk begins one emergency pass; for a while nothing is kept. */
  onDiskError(error: unknown): void {
    const now = this.#options.clock.monotonicMs()
    if (isDiskFault(error)) this.#faultUntil = now + breakerMs
    if (!isDiskFull(error)) return
    if (now < this.#breakerUntil) return
    this.#breakerUntil = now + breakerMs
    void this.#evict(() => emergencyBytes)
  }

  #lookAgain(): void {
    this.#breakerUntil = 0
    this.#refusedAt = Number.NEGATIVE_INFINITY
  }

  #overBy(bytes: number): number {
    return this.#options.usedBytes() + this.#reserved + bytes - this.limitBytes
  }

  /** One pass at a time, each after looking again: two at once would remove twice what is needed. */
  async #evict(overBy: () => number): Promise<number> {
    while (this.#evicting !== null) await this.#evicting
    const bytes = overBy()
    if (bytes <= 0) return 0
    const evicting = this.#options.evict(bytes)
    this.#evicting = evicting.then(
      () => undefined,
      () => undefined,
    )
    try {
      return await evicting
    } finally {
      this.#evicting = null
      await this.probe(true)
    }
  }

  #hold(bytes: number): Reservation {
    let held = bytes
    this.#reserved += bytes
    this.#givenBytes += bytes
    const use = (used: number): void => {
      const part = Math.min(used, held)
      held -= part
      this.#reserved -= part
    }
    return {
      get bytes() {
        return held
      },
      use,
      [Symbol.dispose]: () => use(held),
    }
  }
}
