/** Where nobody was named to hear of a listener's mistake, it is a lost rejection: the shells write those down. */
const lose = (mistake: unknown): void => void Promise.reject(mistake)

/** One kind of event. A listener that throws stops neither the others nor the sender. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>()
  readonly #onError: (error: unknown) => void

  constructor(onError: (error: unknown) => void = lose) {
    this.#onError = onError
  }

  get listenerCount(): number {
    return this.#listeners.size
  }

  /** Listens until the result is disposed. */
  on(listener: (value: T) => void): Disposable {
    // A wrapper of its own, so that one function registered twice is two listeners.
    const entry = (value: T): void => listener(value)
    this.#listeners.add(entry)
    return { [Symbol.dispose]: () => void this.#listeners.delete(entry) }
  }

  emit(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value)
      } catch (error) {
        this.#onError(error)
      }
    }
  }
}
