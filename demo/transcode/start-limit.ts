import type { Oddities } from './oddities.ts'

const WITHIN_MS = 10_000

/** Real servers answer 400 for a minute or so after transcodes were started in a hurry. */
export class StartLimit {
  #starts: number[] = []
  #refusedUntilMs = 0

  /** Notes a start that is asked for at `nowMs`; whether it is refused. */
  isRefused(limit: Oddities['startLimit'], nowMs: number): boolean {
    if (limit === null) return false
    if (nowMs < this.#refusedUntilMs) return true
    this.#starts = [...this.#starts.filter((at) => at > nowMs - WITHIN_MS), nowMs]
    if (this.#starts.length <= limit.starts) return false
    this.#starts = []
    this.#refusedUntilMs = nowMs + limit.refusedS * 1000
    return true
  }
}
