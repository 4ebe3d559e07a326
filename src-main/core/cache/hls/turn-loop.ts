import type { Clock } from '../../base/clock.ts'

/** Runs turns one after the other while there is something to do, and rests otherwise. */
export class TurnLoop {
  readonly #clock: Clock
  readonly #turn: () => Promise<'again' | 'rest'>
  readonly #onRest: () => void
  readonly #onBroken: (error: unknown) => void
  #running: Promise<void> | null = null
  #wake: (() => void) | null = null
  #isAsked = false
  #isStopped = false

  /** `onRest`: the last turn had nothing to do. `onBroken`: a turn threw, a bug; the loop rests then. */
  constructor(
    clock: Clock,
    turn: () => Promise<'again' | 'rest'>,
    onRest: () => void,
    onBroken: (error: unknown) => void,
  ) {
    this.#clock = clock
    this.#turn = turn
    this.#onRest = onRest
    this.#onBroken = onBroken
  }

  get isRunning(): boolean {
    return this.#running !== null
  }

  /** There may be something to do. */
  kick(): void {
    if (this.#isStopped) return
    this.#isAsked = true
    this.#wake?.()
    this.#running ??= this.#run()
  }

  /** For turns: waits, until the next kick at the longest. */
  pause(delayMs: number): Promise<void> {
    if (this.#isStopped) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = this.#clock.after(Math.max(1, delayMs), () => this.#wake?.())
      this.#wake = () => {
        this.#wake = null
        timer[Symbol.dispose]()
        resolve()
      }
    })
  }

  /** No turn begins any more; resolves when the present one has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#wake?.()
    await this.#running
  }

  async #run(): Promise<void> {
    // What kicks may be in the middle of a change; a turn sees it whole.
    await Promise.resolve()
    while (!this.#isStopped && this.#isAsked) {
      this.#isAsked = false
      try {
        while (!this.#isStopped && (await this.#turn()) === 'again');
      } catch (error) {
        this.#onBroken(error)
      }
    }
    this.#running = null
    this.#onRest()
  }
}
