/** Requests and bytes of one kind of address. */
interface Tally {
  requests: number
  bytes: number
}

/** Counts what the server was asked and what it sent, `/demo/*` excepted. */
export class Counters {
  #total: Tally = { requests: 0, bytes: 0 }
  #refused = 0
  readonly #byPath = new Map<string, Tally>()

  request(path: string): void {
    this.#total.requests += 1
    this.#tallyOf(path).requests += 1
  }

  sent(path: string, bytes: number): void {
    this.#total.bytes += bytes
    this.#tallyOf(path).bytes += bytes
  }

  /** A request that was not served: the server plays dead, or was told to refuse it. */
  refusal(): void {
    this.#refused += 1
  }

  reset(): void {
    this.#total = { requests: 0, bytes: 0 }
    this.#refused = 0
    this.#byPath.clear()
  }

  snapshot() {
    return { ...this.#total, refused: this.#refused, byPath: Object.fromEntries(this.#byPath) }
  }

  #tallyOf(path: string): Tally {
    const name = groupPath(path)
    const tally = this.#byPath.get(name) ?? { requests: 0, bytes: 0 }
    this.#byPath.set(name, tally)
    return tally
  }
}

/** A path with the names of sessions taken out, so that all sessions count together. */
export function groupPath(path: string): string {
  return path
    .replace(/(\/transcode\/universal\/session\/)[^/]+/, '$1{session}')
    .replace(/^(\/transcode\/sessions\/)[^/]+/, '$1{session}')
}
