import type { Clock } from '../../base/clock.ts'
import { Emitter } from '../../base/emitter.ts'
import type { BackgroundGate } from '../entry-resource.ts'

const noticeMs = 300
/** After a player got its bytes, downloads hold still a little longer: it will want more at once. */
const calmMs = 1_000
/** Unused allowance that may be spent at once. */
const burstMs = 250

/** A token bucket that runs into debt, closed while a player waits. */
export class DownloadGate implements BackgroundGate {
  readonly #clock: Clock
  readonly #changed = new Emitter<void>()
  #kbps: number | null
  #waiting = 0
  #waitTimer: Disposable | null = null
  #isHeld = false
  /** Monotonic ms when everything taken so far is paid for. */
  #paidAt = 0

  constructor(clock: Clock, kbps: number | null) {
    this.#clock = clock
    this.#kbps = kbps
  }

  /** Downloads hold still for somebody who waits. */
  get isHeld(): boolean {
    return this.#isHeld
  }

  setRate(kbps: number | null): void {
    this.#kbps = kbps
    this.#paidAt = 0
    this.#changed.emit()
  }

  tryPass(bytes: number): boolean {
    if (this.#isHeld || this.#debtMs() > 0) return false
    this.#take(bytes)
    return true
  }

  async pass(bytes: number, signal: AbortSignal): Promise<void> {
    while (!this.tryPass(bytes)) await this.#change(this.#isHeld ? null : this.#debtMs(), signal)
  }

  foregroundWait(): Disposable {
    this.#waiting += 1
    if (this.#waiting === 1 && !this.#isHeld) this.#setTimer(noticeMs, true)
    let isWaiting = true
    return {
      [Symbol.dispose]: () => {
        if (!isWaiting) return
        isWaiting = false
        this.#waiting -= 1
        if (this.#waiting > 0) return
        if (this.#isHeld) this.#setTimer(calmMs, false)
        else this.#clearTimer()
      },
    }
  }

  #setTimer(delayMs: number, isHeld: boolean): void {
    this.#clearTimer()
    this.#waitTimer = this.#clock.after(delayMs, () => {
      this.#waitTimer = null
      if (isHeld !== this.#waiting > 0) return
      this.#isHeld = isHeld
      this.#changed.emit()
    })
  }

  #clearTimer(): void {
    this.#waitTimer?.[Symbol.dispose]()
    this.#waitTimer = null
  }

  #debtMs(): number {
    return this.#kbps === null ? 0 : this.#paidAt - this.#clock.monotonicMs()
  }

  #take(bytes: number): void {
    if (this.#kbps === null) return
    const from = Math.max(this.#paidAt, this.#clock.monotonicMs() - burstMs)
    this.#paidAt = from + (bytes * 8) / this.#kbps
  }

  /** Until something changed or `delayMs` have passed. */
  #change(delayMs: number | null, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error)
      const finish = (settle: () => void): void => {
        timer?.[Symbol.dispose]()
        subscription[Symbol.dispose]()
        signal.removeEventListener('abort', onAbort)
        settle()
      }
      const onAbort = (): void => finish(() => reject(signal.reason as Error))
      const subscription = this.#changed.on(() => finish(resolve))
      const timer = delayMs === null ? null : this.#clock.after(Math.max(1, delayMs), () => finish(resolve))
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }
}
