import { sleep } from '../../base/clock.ts'
import type { EntryContext, Reservation } from '../entry-resource.ts'

const askBytes = 16 * 1024 * 1024
const leastAskBytes = 2 * 1024 * 1024
const lowBytes = 1024 * 1024
const refusedMs = 5_000
/** Room is made by deleting, which a disk may take its time for: who has nothing to show waits for it no longer than this. */
const impatientMs = 1_000

/**
 * One file's room under the cache limit: asked for ahead of the bytes, given back as they become rows.
 * When there is none, bytes are passed through and not kept.
 */
export class RoomHolder implements Disposable {
  readonly #context: EntryContext
  readonly #held: Reservation[] = []
  /** Held bytes that nothing has claimed yet. */
  #free = 0
  #asking: Promise<void> | null = null
  #askingSince = 0
  #refusedUntil = 0
  /** What came last did not fit into what is held. */
  #isShort = false
  #isDisposed = false

  constructor(context: EntryContext) {
    this.#context = context
  }

  /** False after a refusal, until it is time to ask again. */
  get isGranted(): boolean {
    return (this.#free > 0 && !this.#isShort) || this.#context.clock.monotonicMs() >= this.#refusedUntil
  }

  /**
   * Null when there is enough for the next bytes, or it is no use asking or waiting now; else await it before reading on, and look again.
   * `isImpatient`: somebody has nothing to show, and rather sees what is not kept than nothing.
   */
  prepare(missingBytes: number, isImpatient = false): Promise<void> | null {
    const { clock } = this.#context
    const nowMs = clock.monotonicMs()
    if (this.#isDisposed || this.#free >= Math.min(lowBytes, missingBytes)) return null
    if (nowMs < this.#refusedUntil) return null
    if (this.#asking === null) {
      this.#askingSince = nowMs
      this.#asking = this.#ask(missingBytes).finally(() => {
        this.#asking = null
      })
    }
    if (!isImpatient) return this.#asking
    const leftMs = this.#askingSince + impatientMs - nowMs
    return leftMs > 0 ? Promise.race([this.#asking, sleep(clock, leftMs)]) : null
  }

  /** Claims room for bytes that are about to be written. */
  take(bytes: number): boolean {
    this.#isShort = this.#free < bytes
    if (this.#isShort) return false
    this.#free -= bytes
    return true
  }

  /** Claimed bytes are in rows now, or will never be. */
  settle(bytes: number): void {
    let rest = bytes
    while (rest > 0) {
      const first = this.#held[0]
      if (first === undefined) return
      const part = Math.min(rest, first.bytes)
      first.use(part)
      rest -= part
      if (first.bytes > 0) return
      this.#held.shift()
    }
  }

  /** Gives back what nothing has claimed. */
  releaseFree(): void {
    const bytes = this.#free
    this.#free = 0
    this.settle(bytes)
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true
    this.#free = 0
    for (const reservation of this.#held.splice(0)) reservation[Symbol.dispose]()
  }

  async #ask(missingBytes: number): Promise<void> {
    for (const bytes of [askBytes, leastAskBytes]) {
      const wanted = Math.min(bytes, missingBytes)
      if (wanted <= 0) return
      const reservation = await this.#context.reserve(wanted)
      if (reservation !== null) {
        if (this.#isDisposed) return reservation[Symbol.dispose]()
        this.#held.push(reservation)
        this.#free += wanted
        this.#isShort = false
        return
      }
    }
    this.#refusedUntil = this.#context.clock.monotonicMs() + refusedMs
  }
}
