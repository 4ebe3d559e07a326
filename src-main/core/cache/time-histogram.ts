import type { TimeSpread } from '../../../src-preload/contract/index.ts'

/** Up to 1/4 ms, and then each twice as long as the one before, to two minutes and more. */
const buckets = 20
const leastMs = 0.25

/** How long something took, how often: cheap to add to, and answered within a factor of two. */
export class TimeHistogram {
  readonly #counts = new Uint32Array(buckets)
  #count = 0
  #sumMs = 0
  #maxMs = 0

  add(ms: number): void {
    const bucket = ms <= leastMs ? 0 : Math.min(buckets - 1, Math.ceil(Math.log2(ms / leastMs)))
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#count += 1
    this.#sumMs += ms
    this.#maxMs = Math.max(this.#maxMs, ms)
  }

  get spread(): TimeSpread {
    return {
      count: this.#count,
      sumMs: Math.round(this.#sumMs),
      medianMs: this.#quantile(0.5),
      p99Ms: this.#quantile(0.99),
      maxMs: Math.round(this.#maxMs * 100) / 100,
    }
  }

  /** The upper bound of the bucket in which that share is reached. */
  #quantile(share: number): number {
    if (this.#count === 0) return 0
    let seen = 0
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count
      if (seen >= this.#count * share) return Math.min(this.#maxMs, leastMs * 2 ** bucket)
    }
    return this.#maxMs
  }
}
