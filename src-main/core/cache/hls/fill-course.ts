import type { WaitingReason } from '../../../../src-preload/contract/index.ts'
import { SpoolError } from '../../spool-error.ts'
import type { HlsTiming } from './hls-timing.ts'

/** What a download does after an attempt. */
export type FillStep =
  | { readonly do: 'go-on' }
  /** Let go of the session and begin another at the first missing segment. */
  | { readonly do: 'hop' }
  | { readonly do: 'park'; readonly reason: WaitingReason; readonly retryAfterMs: number }
  | { readonly do: 'other-playlist' }
  | { readonly do: 'fail'; readonly error: SpoolError }

/** What an attempt came to, as far as a download cares. */
export type FillOutcome =
  | {
      readonly kind:
        'segment' | 'playlist' | 'busy' | 'other-playlist' | 'stalled' | 'ended' | 'not-ready' | 'bad'
    }
  | { readonly kind: 'failed'; readonly error: SpoolError }

/** What of a session a download looks at. */
interface FillSession {
  readonly delivered: number
}

/** Errors that time may heal; after anything else a download ends. */
const passing: Partial<Record<SpoolError['code'], WaitingReason>> = {
  'source-unreachable': 'source-unreachable',
  'source-busy': 'retrying',
  cancelled: 'retrying',
  internal: 'retrying',
}

/** Of 20 s: nearly three minutes. */
const maxDoublings = 3

/** Sessions in a row that brought things that are no segments, before a download gives up. */
const maxBadSessions = 6

/**
 * The course of a download through sessions. A server's encoder stops about a minute ahead of a player, and a download has none:
 * so it takes what a session gives, and begins the next one where that stopped. Sessions that bring nothing make it pause longer.
 */
export class FillCourse {
  readonly #timing: HlsTiming
  /** By the monotonic clock. */
  notBeforeMs = Number.NEGATIVE_INFINITY
  #seq: number | null = null
  #lease: FillSession | null = null
  #sinceMs = 0
  #fruitless = 0
  #bad = 0

  constructor(timing: HlsTiming) {
    this.#timing = timing
  }

  /** An attempt begins: how long to wait for the reply. */
  begin(seq: number, lease: FillSession | null, nowMs: number): number {
    if (this.#seq !== seq || this.#lease !== lease) this.#sinceMs = nowMs
    this.#seq = seq
    this.#lease = lease
    return this.#sinceMs + this.#patienceMs(lease) - nowMs
  }

  after(outcome: FillOutcome, lease: FillSession | null, nowMs: number): FillStep {
    switch (outcome.kind) {
      case 'segment':
        this.#fruitless = 0
        this.#bad = 0
        return { do: 'go-on' }
      case 'playlist':
        return { do: 'go-on' }
      case 'busy':
        return { do: 'park', reason: 'server-paces', retryAfterMs: this.#timing.fillBusyMs }
      case 'other-playlist':
        return { do: 'other-playlist' }
      case 'failed':
        return this.#afterError(outcome.error)
      case 'bad':
        this.#bad += 1
        if (this.#bad >= maxBadSessions) return { do: 'fail', error: new SpoolError('bad-reply') }
        return this.#leave(lease, 'retrying')
      case 'not-ready':
        // A session that has brought nothing yet is still starting.
        if (lease?.delivered === 0 && nowMs - this.#sinceMs < this.#patienceMs(lease)) {
          this.notBeforeMs = nowMs + this.#timing.retryMs
          return { do: 'go-on' }
        }
        return this.#leave(lease, 'server-paces')
      case 'stalled':
      case 'ended':
        return this.#leave(lease, 'server-paces')
    }
  }

  /** A session that brought something is followed by the next at once, others after a growing pause. */
  #leave(lease: FillSession | null, reason: WaitingReason): FillStep {
    this.#lease = null
    if (lease !== null && lease.delivered > 0) return { do: 'hop' }
    return { do: 'park', reason, retryAfterMs: this.#nextPauseMs() }
  }

  #afterError(error: SpoolError): FillStep {
    const reason = passing[error.code]
    if (reason === undefined) return { do: 'fail', error }
    return { do: 'park', reason, retryAfterMs: this.#nextPauseMs() }
  }

  #nextPauseMs(): number {
    const pauseMs = Math.min(this.#timing.fillPauseMs * 2 ** this.#fruitless, this.#timing.fillPauseMaxMs)
    this.#fruitless += 1
    return pauseMs
  }

  #patienceMs(lease: FillSession | null): number {
    if (lease !== null && lease.delivered > 0) return this.#timing.fillNextMs
    // Servers that are slow to start would else be started again for ever.
    return this.#timing.fillFirstMs * 2 ** Math.min(this.#fruitless, maxDoublings)
  }
}
