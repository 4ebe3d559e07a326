import type { Clock } from '../base/clock.ts'

/** Four events a second. */
const spacingMs = 250

/**
 * Lets at most one event per key through in `spacingMs`: the first at once, then the latest of those that came meanwhile.
 * The last event of a burst is always delivered.
 */
export class Coalescer<T> implements Disposable {
  readonly #clock: Clock
  readonly #deliver: (value: T) => void
  /** Keys that delivered lately; `latest` waits for the spacing to pass. */
  readonly #slots = new Map<string, { timer: Disposable; latest: { value: T } | null }>()

  constructor(clock: Clock, deliver: (value: T) => void) {
    this.#clock = clock
    this.#deliver = deliver
  }

  push(key: string, value: T): void {
    const slot = this.#slots.get(key)
    if (slot) slot.latest = { value }
    else {
      this.#slots.set(key, { timer: this.#schedule(key), latest: null })
      this.#deliver(value)
    }
  }

  [Symbol.dispose](): void {
    for (const slot of this.#slots.values()) slot.timer[Symbol.dispose]()
    this.#slots.clear()
  }

  #schedule(key: string): Disposable {
    return this.#clock.after(spacingMs, () => {
      const slot = this.#slots.get(key)
      if (!slot) return
      if (slot.latest === null) {
        this.#slots.delete(key)
        return
      }
      const { value } = slot.latest
      slot.latest = null
      slot.timer = this.#schedule(key)
      this.#deliver(value)
    })
  }
}
