import type { Clock } from '../../base/clock.ts'
import { Emitter } from '../../base/emitter.ts'
import { afterWait, allowedKbps, freeRate, type LinkUse } from '../schedule/background-rate.ts'
import { compareTurns, type Priority, type Turn } from '../schedule/priority.ts'
import { TokenBucket } from '../schedule/token-bucket.ts'

/** A player that waits longer than this has been slowed down. */
const noticeMs = 300
/** Who took what came waits again at once: between two such waits downloads need not run. */
const restMs = 100
/** From one of a rung's segments to the next no longer passes. */
const rungRestMs = 500
/** What passed longer ago has long arrived. */
const blameMs = 2_000
/** Who was given nothing for so long is not watching any more, or has enough. */
const watchedMs = 30_000

/** Bytes for a download from one source. */
export interface Toll {
  readonly sourceId: string
  readonly priority: Priority
  readonly bytes: number
}

interface Waiting extends Turn {
  readonly sourceId: string
}

/**
 * Where every byte passes that nobody is waiting for. Closed while a player has nothing, and, for its source, while something is fetched
 * that a player will need; else as fast as the person's ceiling and `background-rate` allow. The most urgent passes first.
 */
export class DownloadGate {
  readonly #clock: Clock
  readonly #changed = new Emitter<void>()
  readonly #bucket = new TokenBucket()
  readonly #capacityKbps: () => number | null
  readonly #waiting = new Set<Waiting>()
  /** Requests that bring what players will need, by source. */
  readonly #fetches = new Map<string, number>()
  /** Players that have nothing, by source, and when one last got something. */
  readonly #stalled = new Map<string, { readonly count: number; readonly endedAt: number }>()
  /** Titles of which a rung's segments are waited for, and when one was last. */
  readonly #rungs = new Map<string, { readonly count: number; readonly endedAt: number }>()
  #ceilingKbps: number | null
  #rate = freeRate
  #players = 0
  #isResting = false
  #timer: Disposable | null = null
  #servedAt = Number.NEGATIVE_INFINITY
  #passedAt = Number.NEGATIVE_INFINITY
  #seq = 0

  /**
   * @param ceilingKbps what the person allows; null: everything
   * @param capacityKbps what the link gives; null while not known
   */
  constructor(clock: Clock, ceilingKbps: number | null, capacityKbps: () => number | null = () => null) {
    this.#clock = clock
    this.#ceilingKbps = ceilingKbps
    this.#capacityKbps = capacityKbps
  }

  /** Downloads hold still for somebody who waits, or has just waited. */
  get isHeld(): boolean {
    return this.#players > 0 || this.#isResting || this.#now < this.#rate.heldUntilMs
  }

  /** What downloads may use together now; null: as much as there is. */
  get kbps(): number | null {
    return this.#kbpsAt(this.#now)
  }

  #kbpsAt(nowMs: number): number | null {
    const allowed = allowedKbps(this.#rate, this.#useAt(nowMs))
    if (allowed === null || this.#ceilingKbps === null) return allowed ?? this.#ceilingKbps
    return Math.min(allowed, this.#ceilingKbps)
  }

  /** Bytes that wait to pass. */
  get waiting(): number {
    return this.#waiting.size
  }

  setRate(kbps: number | null): void {
    this.#ceilingKbps = kbps
    this.#bucket.reset()
    this.#changed.emit()
  }

  /** A player was given something: for a while somebody is watching. */
  served(): void {
    this.#servedAt = this.#now
  }

  tryPass(toll: Toll): boolean {
    const turn = { ...toll, neededAtMs: Number.POSITIVE_INFINITY, seq: Number.POSITIVE_INFINITY }
    return this.#pass(toll, turn) === 'passed'
  }

  async pass(toll: Toll, signal: AbortSignal): Promise<void> {
    const turn = { ...toll, neededAtMs: Number.POSITIVE_INFINITY, seq: (this.#seq += 1) }
    this.#waiting.add(turn)
    try {
      for (;;) {
        const outcome = this.#pass(toll, turn)
        if (outcome === 'passed') return
        await this.#change(outcome.againInMs, signal)
      }
    } finally {
      this.#waiting.delete(turn)
      this.#changed.emit()
    }
  }

  /** A player has nothing; dispose when it has. */
  foregroundWait(sourceId: string): Disposable {
    this.#players += 1
    this.#stalled.set(sourceId, { count: (this.#stalled.get(sourceId)?.count ?? 0) + 1, endedAt: 0 })
    if (this.#players === 1) this.#setTimer(noticeMs, () => this.#onNoticed())
    return once(() => {
      this.#players -= 1
      this.#stalled.set(sourceId, {
        count: (this.#stalled.get(sourceId)?.count ?? 1) - 1,
        endedAt: this.#now,
      })
      if (this.#players > 0) return
      this.#isResting = true
      this.#setTimer(restMs, () => {
        this.#isResting = false
        this.#changed.emit()
      })
    })
  }

  /** A player of this source has nothing, or had until a moment ago: what others need later can wait. */
  isStalled(sourceId: string): boolean {
    const stalled = this.#stalled.get(sourceId)
    return stalled !== undefined && (stalled.count > 0 || this.#now - stalled.endedAt < restMs)
  }

  /** A player waits for segments of a rung; dispose when it does not any more. `title` names what is played, in whichever quality. */
  rungWait(title: string): Disposable {
    this.#rungs.set(title, { count: (this.#rungs.get(title)?.count ?? 0) + 1, endedAt: 0 })
    return once(() => {
      this.#rungs.set(title, { count: (this.#rungs.get(title)?.count ?? 1) - 1, endedAt: this.#now })
    })
  }

  /** A player waits for a rung of this title, or has until a moment ago. */
  isRungAwaited(title: string): boolean {
    const rung = this.#rungs.get(title)
    if (rung === undefined) return false
    if (rung.count > 0 || this.#now - rung.endedAt < rungRestMs) return true
    this.#rungs.delete(title)
    return false
  }

  /** Something is being fetched from a source that a player will need; dispose when it is not any more. */
  foregroundFetch(sourceId: string): Disposable {
    const before = this.#fetches.get(sourceId) ?? 0
    this.#fetches.set(sourceId, before + 1)
    // Who stood behind a download of this source does not any more.
    if (before === 0) this.#changed.emit()
    return once(() => {
      const left = (this.#fetches.get(sourceId) ?? 1) - 1
      if (left > 0) this.#fetches.set(sourceId, left)
      else this.#fetches.delete(sourceId)
      if (left === 0) this.#changed.emit()
    })
  }

  get #now(): number {
    return this.#clock.monotonicMs()
  }

  #useAt(nowMs: number): LinkUse {
    const isWatched = this.#players > 0 || nowMs - this.#servedAt < watchedMs
    return { nowMs, isWatched, capacityKbps: this.#capacityKbps() }
  }

  #isShut(sourceId: string): boolean {
    return this.#players > 0 || this.#isResting || this.#fetches.has(sourceId)
  }

  /**
   * Passes, or says when to look again if nothing changes before. Both by the same moment: a debt that is paid between two looks at the clock
   * would be waited for without end.
   */
  #pass({ sourceId, bytes }: Toll, turn: Turn): 'passed' | { readonly againInMs: number | null } {
    const nowMs = this.#now
    if (this.#isShut(sourceId)) return { againInMs: null }
    for (const other of this.#waiting)
      if (compareTurns(other, turn) < 0 && !this.#isShut(other.sourceId)) return { againInMs: null }
    const kbps = this.#kbpsAt(nowMs)
    if (kbps === 0) return { againInMs: Math.max(1, this.#rate.heldUntilMs - nowMs) }
    if (kbps !== null) {
      const debtMs = this.#bucket.debtMs(nowMs)
      if (debtMs > 0) return { againInMs: debtMs }
      this.#bucket.take(bytes, kbps, nowMs)
    }
    this.#passedAt = nowMs
    return 'passed'
  }

  #onNoticed(): void {
    // A wait that no download had a part in says nothing of them.
    const isBlamed = this.#now - this.#passedAt < blameMs || this.#now < this.#rate.heldUntilMs
    if (isBlamed) this.#rate = afterWait(this.#rate, this.#useAt(this.#now))
    this.#setTimer(noticeMs, () => this.#onNoticed())
  }

  #setTimer(delayMs: number, then: () => void): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = this.#clock.after(delayMs, () => {
      this.#timer = null
      then()
    })
  }

  /** Until something changed or `delayMs` have passed. */
  #change(delayMs: number | null, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error)
      const finish = (settle: () => void): void => {
        timer?.[Symbol.dispose]()
        subscription[Symbol.dispose]()
        signal.removeEventListener('abort', onAbort)
        settle()
      }
      const onAbort = (): void => finish(() => reject(signal.reason as Error))
      const subscription = this.#changed.on(() => finish(resolve))
      const timer = delayMs === null ? null : this.#clock.after(Math.max(1, delayMs), () => finish(resolve))
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }
}

function once(run: () => void): Disposable {
  let isDone = false
  return {
    [Symbol.dispose]: () => {
      if (isDone) return
      isDone = true
      run()
    },
  }
}
