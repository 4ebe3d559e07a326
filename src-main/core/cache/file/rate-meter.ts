import type { Clock } from '../../base/clock.ts'

const slotMs = 500
const slots = 10

/** Bytes per second over the last five seconds. */
export class RateMeter {
  readonly #clock: Clock
  readonly #bytes: number[] = Array.from({ length: slots }, () => 0)
  #slot = 0
  #firstSlot: number | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(bytes: number): void {
    this.#advance()
    this.#firstSlot ??= this.#slot
    const at = this.#slot % slots
    this.#bytes[at] = (this.#bytes[at] ?? 0) + bytes
  }

  /** Null when nothing came for five seconds. */
  get bytesPerSecond(): number | null {
    this.#advance()
    const sum = this.#bytes.reduce((total, bytes) => total + bytes, 0)
    if (sum === 0 || this.#firstSlot === null) {
      this.#firstSlot = null
      return null
    }
    const seen = Math.min(slots, this.#slot - this.#firstSlot + 1)
    return Math.round((sum / (seen * slotMs)) * 1000)
  }

  #advance(): void {
    const now = Math.floor(this.#clock.monotonicMs() / slotMs)
    const first = Math.max(this.#slot + 1, now - slots + 1)
    for (let slot = first; slot <= now; slot += 1) this.#bytes[slot % slots] = 0
    if (now > this.#slot) this.#slot = now
  }
}
