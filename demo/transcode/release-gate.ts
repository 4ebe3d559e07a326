/**
 * Lets finished segments out at a chosen speed, for tests that need a slow encoder: whatever the real one has written,
 * a segment counts as finished only when it would have been at that speed.
 */
export class ReleaseGate {
  readonly #firstSegment: number
  readonly #segmentSeconds: number
  #allowanceS = 0
  #isLimited: boolean
  #nextSegment: number

  constructor(firstSegment: number, segmentSeconds: number, isLimited: boolean) {
    this.#firstSegment = firstSegment
    this.#segmentSeconds = segmentSeconds
    this.#nextSegment = firstSegment
    this.#isLimited = isLimited
  }

  /** Time passed while the encoder was wanted; `speed` is a multiple of real time, null for no limit. */
  advance(elapsedS: number, speed: number | null): void {
    this.#isLimited = speed !== null
    const writtenS = (this.#nextSegment - this.#firstSegment) * this.#segmentSeconds
    // Speed that the real encoder could not keep up with is not saved up for later.
    if (speed !== null)
      this.#allowanceS = Math.min(this.#allowanceS + elapsedS * speed, writtenS + this.#segmentSeconds)
    else this.#allowanceS = writtenS
  }

  /** Notes how far the real encoder is. */
  written(nextSegment: number): void {
    this.#nextSegment = nextSegment
  }

  /** The next segment as seen from outside. */
  released(nextSegment: number): number {
    if (!this.#isLimited) return nextSegment
    const allowed = this.#firstSegment + Math.floor(this.#allowanceS / this.#segmentSeconds + 1e-6)
    return Math.min(nextSegment, allowed)
  }

  /** Whether the real encoder is so far ahead of its chosen speed that it should rest. */
  get isHolding(): boolean {
    return this.#isLimited && this.#nextSegment - this.released(this.#nextSegment) > 2
  }
}
