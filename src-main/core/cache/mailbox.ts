import { SpoolError } from '../spool-error.ts'

const mostWaiting = 1024

/**
 * One queue, one turn at a time. A turn is synchronous: it decides and writes rows, and never awaits. What takes time is started by a turn and
 * reports back as another message (`after`). Commands from outside are answered exactly once and bounded; reports are neither refused nor lost.
 */
export class Mailbox {
  readonly #queue: (() => void)[] = []
  readonly #onError: (name: string, error: unknown) => void
  #waiting = 0
  #isDraining = false
  #isClosed = false

  /** @param onError a report's turn threw: a bug */
  constructor(onError: (name: string, error: unknown) => void) {
    this.#onError = onError
  }

  /** Commands and reports that wait for their turn. */
  get length(): number {
    return this.#queue.length
  }

  /** From now on commands are refused; reports still have their turns. */
  close(): void {
    this.#isClosed = true
  }

  /** A command. `turn` may answer with a promise made by `after`. Rejects with `cancelled` as soon as the signal aborts. */
  ask<T>(turn: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#isClosed || signal?.aborted) return Promise.reject(new SpoolError('cancelled'))
    if (this.#waiting >= mostWaiting)
      return Promise.reject(new SpoolError('internal', { detail: 'too many requests at once' }))
    this.#waiting += 1
    return new Promise<T>((resolve, reject) => {
      const onAbort = (): void => reject(new SpoolError('cancelled'))
      const done = (): void => signal?.removeEventListener('abort', onAbort)
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#push(() => {
        this.#waiting -= 1
        if (signal?.aborted) return
        try {
          const answer = turn()
          if (answer instanceof Promise) answer.then(resolve, reject).finally(done)
          else {
            resolve(answer)
            done()
          }
        } catch (error) {
          reject(error)
          done()
        }
      })
    })
  }

  /** A report from inside the actor. */
  post(name: string, turn: () => void): void {
    this.#push(() => {
      try {
        turn()
      } catch (error) {
        this.#onError(name, error)
      }
    })
  }

  /** When the effect is over, `next` runs as a turn of its own; its value is the result. */
  async after<T, R>(effect: Promise<T>, next: (value: T) => R | Promise<R>): Promise<R> {
    const value = await effect
    return new Promise<R>((resolve, reject) => {
      this.#push(() => {
        try {
          resolve(next(value))
        } catch (error) {
          reject(error)
        }
      })
    })
  }

  #push(turn: () => void): void {
    this.#queue.push(turn)
    if (this.#isDraining) return
    this.#isDraining = true
    queueMicrotask(() => this.#drain())
  }

  #drain(): void {
    for (let turn = this.#queue.shift(); turn !== undefined; turn = this.#queue.shift()) turn()
    this.#isDraining = false
  }
}
