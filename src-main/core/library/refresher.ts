import type { Clock } from '../base/clock.ts'
import { unlessAborted } from '../base/control.ts'

interface Job {
  readonly done: Promise<void>
}

/** How old an answer may be before it is asked for again, ms. */
const restMs = 10_000
/** Long listings rest longer, so that reading them again takes at most a twentieth of the time. */
const restPerTook = 20

/**
 * Runs each refresh once at a time, whoever asks for it, and knows when the last attempt was. A refresh belongs to nobody: a caller
 * that goes away leaves it running for the others.
 */
export class Refresher {
  readonly #clock: Clock
  readonly #ending = new AbortController()
  readonly #running = new Map<string, Job>()
  readonly #last = new Map<string, { readonly atMs: number; readonly tookMs: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Joins the running refresh of `key` or starts one. Rejects with its error, or with the signal's reason when that aborts first. */
  run(key: string, refresh: (signal: AbortSignal) => Promise<void>, signal?: AbortSignal): Promise<void> {
    const job = this.#running.get(key) ?? this.#start(key, refresh)
    return signal ? unlessAborted(job.done, signal) : job.done
  }

  /** Starts a refresh that nobody waits for, unless the last attempt was a moment ago. */
  runWhenDue(key: string, refresh: (signal: AbortSignal) => Promise<void>): void {
    if (this.#running.has(key) || !this.isDue(key)) return
    this.#start(key, refresh)
  }

  isDue(key: string): boolean {
    const last = this.#last.get(key)
    if (!last) return true
    return this.#clock.monotonicMs() - last.atMs >= Math.max(restMs, last.tookMs * restPerTook)
  }

  /** Makes everything of one source due again: it came back, or something was changed there. */
  forget(prefix: string): void {
    for (const key of this.#last.keys()) if (key.startsWith(prefix)) this.#last.delete(key)
  }

  /** Ends what runs; resolves when nothing writes any more. */
  async close(): Promise<void> {
    this.#ending.abort()
    await Promise.allSettled([...this.#running.values()].map((job) => job.done))
  }

  #start(key: string, refresh: (signal: AbortSignal) => Promise<void>): Job {
    const startedAtMs = this.#clock.monotonicMs()
    const done = (async () => {
      this.#ending.signal.throwIfAborted()
      await refresh(this.#ending.signal)
    })().finally(() => {
      const atMs = this.#clock.monotonicMs()
      this.#last.set(key, { atMs, tookMs: atMs - startedAtMs })
      this.#running.delete(key)
    })
    // Nobody may be waiting any more when it fails.
    done.catch(() => undefined)
    const job = { done }
    this.#running.set(key, job)
    return job
  }
}
