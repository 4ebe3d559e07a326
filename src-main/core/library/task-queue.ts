interface Task<T> {
  readonly result: PromiseWithResolvers<T>
  readonly ending: AbortController
  readonly work: (signal: AbortSignal) => Promise<T>
  /** Callers still waiting. At none the task is given up. */
  waiting: number
}

/** Runs at most a few tasks at once, each key once; a task all of whose callers left is given up or never begun. */
export class TaskQueue<T> {
  readonly #mostAtOnce: number
  readonly #tasks = new Map<string, Task<T>>()
  readonly #queue: { readonly key: string; readonly task: Task<T> }[] = []
  #running = 0

  constructor(mostAtOnce: number) {
    this.#mostAtOnce = mostAtOnce
  }

  /** Joins the task of `key` or queues it. Rejects with its error, or with the signal's reason when that aborts first. */
  run(key: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error)
    const task = this.#tasks.get(key) ?? this.#add(key, work)
    task.waiting += 1
    return new Promise<T>((resolve, reject) => {
      const onAbort = (): void => {
        this.#leave(key, task)
        reject(signal?.reason as Error)
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      void task.result.promise
        .then(resolve, reject)
        .finally(() => signal?.removeEventListener('abort', onAbort))
    })
  }

  #add(key: string, work: (signal: AbortSignal) => Promise<T>): Task<T> {
    const task: Task<T> = {
      result: Promise.withResolvers<T>(),
      ending: new AbortController(),
      work,
      waiting: 0,
    }
    task.result.promise.catch(() => undefined)
    this.#tasks.set(key, task)
    this.#queue.push({ key, task })
    queueMicrotask(() => this.#startNext())
    return task
  }

  #leave(key: string, task: Task<T>): void {
    task.waiting -= 1
    if (task.waiting > 0 || this.#tasks.get(key) !== task) return
    // Who asks again begins anew.
    this.#tasks.delete(key)
    task.ending.abort()
  }

  #startNext(): void {
    while (this.#running < this.#mostAtOnce) {
      const next = this.#queue.shift()
      if (next === undefined) return
      // Given up before it began.
      if (this.#tasks.get(next.key) === next.task) void this.#perform(next.key, next.task)
    }
  }

  async #perform(key: string, task: Task<T>): Promise<void> {
    this.#running += 1
    try {
      task.result.resolve(await task.work(task.ending.signal))
    } catch (error) {
      task.result.reject(error)
    } finally {
      this.#running -= 1
      if (this.#tasks.get(key) === task) this.#tasks.delete(key)
      this.#startNext()
    }
  }
}
