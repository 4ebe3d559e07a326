import type { CacheKey } from '../../../src-preload/contract/index.ts'
import { sleep, type Clock } from '../base/clock.ts'
import { keyText } from './entry-views.ts'
import { isAlike } from './file/doubts.ts'
import type { Identity, Trust } from './file/identity.ts'

const noRangesMs = 10 * 60_000
const renewalMs = 15_000
/** Credentials that were of no use are not got anew sooner. */
const renewAgainMs = 60_000

/** Gets a source's credentials anew, whatever that takes. */
export type RenewAccess = (sourceId: string, signal: AbortSignal) => Promise<void>

/** What one source has shown of itself since the program started; shared by all files of it. */
export class SourceMemory {
  readonly #sourceId: string
  readonly #clock: Clock
  readonly #renewAccess: RenewAccess
  readonly #signal: AbortSignal
  #rangesAgainAt = Number.NEGATIVE_INFINITY
  #trust: 'etag' | 'last-modified' = 'etag'
  readonly #sizeOnly = new Set<string>()
  #usesConditions = true
  #renewal: Promise<void> | null = null
  #renewedAt = Number.NEGATIVE_INFINITY
  /** Something was accepted since. */
  #isRenewalProven = true
  /** What replies have shown under a key and was given up for something else. */
  readonly #left = new Map<string, Identity[]>()

  constructor(sourceId: string, clock: Clock, renewAccess: RenewAccess, signal: AbortSignal) {
    this.#sourceId = sourceId
    this.#clock = clock
    this.#renewAccess = renewAccess
    this.#signal = signal
  }

  /** False for ten minutes after it has sent a whole file for a part of it. */
  get knowsRanges(): boolean {
    return this.#clock.monotonicMs() >= this.#rangesAgainAt
  }

  noteRanges(knowsRanges: boolean): void {
    this.#rangesAgainAt = knowsRanges ? Number.NEGATIVE_INFINITY : this.#clock.monotonicMs() + noRangesMs
  }

  /** How much of its validators is believed. */
  trustIn(key: CacheKey): Trust {
    return this.#sizeOnly.has(keyText(key)) ? 'size' : this.#trust
  }

  /**
   * It has told two things of one file. Its ETags are worth nothing any more for any file; that dates are not either is found out file by
   * file, because nothing but the size is left then.
   */
  noteContradiction(key: CacheKey): void {
    if (this.#trust === 'etag') this.#trust = 'last-modified'
    else this.#sizeOnly.add(keyText(key))
  }

  /** False once it has sent a whole file because of an `If-Range` that named that very file. */
  get usesConditions(): boolean {
    return this.#usesConditions
  }

  dropConditions(): void {
    this.#usesConditions = false
  }

  /** It took a request as ours. */
  noteAccepted(): void {
    this.#isRenewalProven = true
  }

  /**
   * It refused a request that was made at `askedAt` on the monotonic clock. `ask-again`: the credentials are newer than that. `fail`: they were
   * just got anew, and were of no use.
   */
  afterRefusal(askedAt: number): 'ask-again' | 'renew' | 'fail' {
    if (this.#renewal !== null) return 'renew'
    if (askedAt < this.#renewedAt) return 'ask-again'
    const isFresh = this.#clock.monotonicMs() - this.#renewedAt < renewAgainMs
    return isFresh && !this.#isRenewalProven ? 'fail' : 'renew'
  }

  /** Gets its credentials anew, once however many ask; whoever asks after one is under way gets that one. Never rejects. */
  renew(): Promise<void> {
    this.#renewal ??= this.#renewNow().finally(() => {
      this.#renewedAt = this.#clock.monotonicMs()
      this.#isRenewalProven = false
      this.#renewal = null
    })
    return this.#renewal
  }

  /**
   * A file is about to be given up for `next`, which replies have shown. Answers false when either had been given up before: the source goes
   * back and forth, and following it would throw away what is kept for ever.
   */
  mayLeave(key: CacheKey, kept: Identity, next: Identity): boolean {
    const left = this.#left.get(keyText(key)) ?? []
    if (left.some((one) => isAlike(one, next) || isAlike(one, kept))) return false
    this.#left.set(keyText(key), [...left, kept])
    return true
  }

  async #renewNow(): Promise<void> {
    const deadline = new AbortController()
    const signal = AbortSignal.any([deadline.signal, this.#signal])
    const renewing = this.#renewAccess(this.#sourceId, signal).catch(() => undefined)
    await Promise.race([renewing, sleep(this.#clock, renewalMs, signal).catch(() => undefined)])
    deadline.abort()
  }
}

/** The memory of each source. */
export class SourceMemories {
  readonly #sources = new Map<string, SourceMemory>()
  readonly #make: (sourceId: string) => SourceMemory

  constructor(clock: Clock, renewAccess: RenewAccess, signal: AbortSignal) {
    this.#make = (sourceId) => new SourceMemory(sourceId, clock, renewAccess, signal)
  }

  of(sourceId: string): SourceMemory {
    const known = this.#sources.get(sourceId) ?? this.#make(sourceId)
    this.#sources.set(sourceId, known)
    return known
  }
}
