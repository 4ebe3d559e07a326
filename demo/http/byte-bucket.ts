/**
 * One token bucket for all connections: who wants to send waits here for a share. The rate can change at any time, also
 * for those already waiting; `freeze` stops everyone.
 */
export class ByteBucket {
  #bytesPerSecond: number | null = null
  #isFrozen = false
  #tokens = 0
  #filledAt = performance.now()
  readonly #waiting: { bytes: number; resolve: (goes: boolean) => void; signal: AbortSignal }[] = []
  #timer: NodeJS.Timeout | null = null

  /** Megabits a second; null for no limit. */
  setRate(mbps: number | null): void {
    this.#fill()
    this.#bytesPerSecond = mbps === null ? null : (mbps * 1_000_000) / 8
    this.#tokens = Math.min(this.#tokens, 0)
    this.#serve()
  }

  freeze(isFrozen: boolean): void {
    this.#isFrozen = isFrozen
    this.#serve()
  }

  /** How much to send at once: small enough that connections take turns, and that a slow rate is smooth. */
  get chunkBytes(): number {
    return this.#bytesPerSecond === null
      ? 65_536
      : Math.max(1024, Math.min(65_536, this.#bytesPerSecond / 50))
  }

  /** Resolves when this many bytes may go, first come first served; false when `signal` aborts before. */
  async take(bytes: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false
    if (!this.#isFrozen && this.#bytesPerSecond === null) return true
    const { promise, resolve } = Promise.withResolvers<boolean>()
    this.#waiting.push({ bytes, resolve, signal })
    signal.addEventListener('abort', () => this.#serve(), { once: true })
    this.#serve()
    return promise
  }

  #fill(): void {
    const now = performance.now()
    const burst = (this.#bytesPerSecond ?? 0) / 20
    this.#tokens = Math.min(
      burst,
      this.#tokens + ((now - this.#filledAt) / 1000) * (this.#bytesPerSecond ?? 0),
    )
    this.#filledAt = now
  }

  /** Lets go who may; spending below zero is allowed, so that a large piece cannot starve behind a small burst. */
  #serve(): void {
    this.#fill()
    for (const gone of this.#waiting.filter(({ signal }) => signal.aborted)) {
      this.#waiting.splice(this.#waiting.indexOf(gone), 1)
      gone.resolve(false)
    }
    if (this.#isFrozen) return
    while (this.#waiting.length > 0 && (this.#bytesPerSecond === null || this.#tokens > 0)) {
      const next = this.#waiting.shift()!
      this.#tokens -= next.bytes
      next.resolve(true)
    }
    this.#schedule()
  }

  #schedule(): void {
    if (this.#timer || this.#waiting.length === 0 || this.#bytesPerSecond === null) return
    const waitMs = Math.max(1, Math.min(100, (-this.#tokens / this.#bytesPerSecond) * 1000 + 1))
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#serve()
    }, waitMs).unref()
  }
}
