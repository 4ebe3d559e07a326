import { sleep, type Clock } from '../../base/clock.ts'

/** What a source is to be asked now. */
export interface Round {
  /** Null: nothing before `inMs`. Rejects only when it is a bug. */
  readonly work: (() => Promise<void>) | null
  readonly inMs: number
}

export interface SourceTasksOptions {
  readonly clock: Clock
  /** Runs something as a turn of the actor. */
  readonly inTurn: <T>(work: () => T) => Promise<T>
  /** Inside a turn. Null: nothing is waited for, or nobody answers; whoever changes that tends the source again. */
  readonly next: (sourceId: string) => Round | null
  /** A bug: it is tried again after a pause. */
  readonly onError: (error: unknown) => void
}

interface Task {
  readonly bell: Bell
  readonly ended: Promise<void>
}

const brokenPauseMs = 5_000

/** At most one task a source, which does one thing at a time. */
export class SourceTasks {
  readonly #options: SourceTasksOptions
  readonly #tasks = new Map<string, Task>()
  readonly #end = new AbortController()

  constructor(options: SourceTasksOptions) {
    this.#options = options
  }

  /** Aborts when nothing is asked any more. */
  get signal(): AbortSignal {
    return this.#end.signal
  }

  /** Inside a turn. There may be something new to do for this source. */
  tend(sourceId: string): void {
    if (this.signal.aborted) return
    const known = this.#tasks.get(sourceId)
    if (known !== undefined) return known.bell.ring()
    const bell = new Bell()
    this.#tasks.set(sourceId, { bell, ended: this.#run(sourceId, bell) })
  }

  async stop(): Promise<void> {
    this.#end.abort()
    await Promise.all([...this.#tasks.values()].map(({ ended }) => ended))
  }

  async #run(sourceId: string, bell: Bell): Promise<void> {
    while (!this.signal.aborted) {
      const rung = bell.next
      let pauseMs = 0
      try {
        const round = await this.#options.inTurn(() => this.#next(sourceId))
        if (round === null) return
        if (round.work === null) pauseMs = round.inMs
        else await round.work()
      } catch (error) {
        if (this.signal.aborted) return
        this.#options.onError(error)
        pauseMs = brokenPauseMs
      }
      if (pauseMs > 0) await this.#rest(pauseMs, rung)
    }
  }

  /** The task ends in the turn that finds nothing to do, so that whatever comes later begins another. */
  #next(sourceId: string): Round | null {
    const round = this.signal.aborted ? null : this.#options.next(sourceId)
    if (round === null) this.#tasks.delete(sourceId)
    return round
  }

  async #rest(pauseMs: number, rung: Promise<void>): Promise<void> {
    const over = new AbortController()
    const pause = sleep(this.#options.clock, pauseMs, AbortSignal.any([this.signal, over.signal]))
    await Promise.race([pause, rung]).catch(() => undefined)
    over.abort()
  }
}

/** Whoever waits for the next ring hears one; a ring that is over wakes nobody. */
class Bell {
  #next = Promise.withResolvers<void>()

  get next(): Promise<void> {
    return this.#next.promise
  }

  ring(): void {
    this.#next.resolve()
    this.#next = Promise.withResolvers()
  }
}
