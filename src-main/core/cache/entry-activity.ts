import type { EntryTrouble, ErrorCode, OddReply } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import type { EntryRow } from './index/entries.ts'
import type { DownloadGate } from './downloads/background-gate.ts'
import type { BackgroundGate, Counted, ServedMeter, Timed } from './entry-resource.ts'
import { RateMeter } from './rate-meter.ts'
import { priority, type Priority } from './schedule/priority.ts'

/** Who waits again so soon after a wait has only taken what came meanwhile. */
const sameWaitMs = 100

/** What one open entry is doing, whichever its kind: it stands between the entry and what all entries share, and sees what passes. */
export class EntryActivity implements BackgroundGate {
  readonly rate: RateMeter
  readonly #clock: Clock
  readonly #shared: ServedMeter
  readonly #gate: DownloadGate
  readonly #sourceId: string
  /** The same for every quality. */
  readonly #title: string
  readonly #isRung: boolean
  readonly #waits = new Map<object, number>()
  #hungrySince = 0
  #lastWaitAt = Number.NEGATIVE_INFINITY
  #lastError: EntryTrouble | null = null

  constructor(
    clock: Clock,
    shared: ServedMeter,
    gate: DownloadGate,
    { sourceId, mediaId, kind }: Pick<EntryRow, 'sourceId' | 'mediaId' | 'kind'>,
  ) {
    this.#clock = clock
    this.#shared = shared
    this.#gate = gate
    this.#sourceId = sourceId
    this.#title = `${sourceId} ${mediaId}`
    this.#isRung = kind === 'hls'
    this.rate = new RateMeter(clock)
  }

  /** The last failure since the entry was opened. */
  get lastError(): EntryTrouble | null {
    return this.#lastError
  }

  /** How long the player that waits longest has had no byte at all; 0 when nobody waits. */
  get silentMs(): number {
    const now = this.#clock.monotonicMs()
    return Math.max(0, ...[...this.#waits.values()].map((since) => now - since))
  }

  /** How long players have taken whatever came as soon as it came; 0 when none does. */
  get hungryMs(): number {
    const now = this.#clock.monotonicMs()
    const isHungry = this.#waits.size > 0 || now - this.#lastWaitAt <= sameWaitMs
    return isHungry ? now - this.#hungrySince : 0
  }

  get isStalled(): boolean {
    return this.#gate.isStalled(this.#sourceId)
  }

  get isRungAwaited(): boolean {
    return this.#gate.isRungAwaited(this.#title)
  }

  get isHeld(): boolean {
    return this.#gate.isHeld
  }

  served(from: 'memory' | 'disk' | 'passed-through', bytes: number): void {
    this.#gate.served()
    this.#shared.served(from, bytes)
  }

  fetched(bytes: number): void {
    this.rate.add(bytes)
    this.#shared.fetched(bytes)
  }

  oddReply(kind: OddReply): void {
    this.#shared.oddReply(kind)
  }

  failed(code: ErrorCode): void {
    this.#shared.failed(code)
    this.#lastError = { code, at: this.#clock.now() }
  }

  count(what: Counted, by?: number): void {
    this.#shared.count(what, by)
  }

  took(what: Timed, ms: number): void {
    this.#shared.took(what, ms)
  }

  inMemory(bytes: number): void {
    this.#shared.inMemory(bytes)
  }

  tryPass(bytes: number, of: Priority = priority.download): boolean {
    return this.#gate.tryPass({ sourceId: this.#sourceId, priority: of, bytes })
  }

  pass(bytes: number, signal: AbortSignal, of: Priority = priority.download): Promise<void> {
    return this.#gate.pass({ sourceId: this.#sourceId, priority: of, bytes }, signal)
  }

  foregroundFetch(): Disposable {
    return this.#gate.foregroundFetch(this.#sourceId)
  }

  foregroundWait(): Disposable {
    const held = this.#gate.foregroundWait(this.#sourceId)
    const rung = this.#isRung ? this.#gate.rungWait(this.#title) : null
    const wait = {}
    const now = this.#clock.monotonicMs()
    if (this.hungryMs === 0) this.#hungrySince = now
    this.#waits.set(wait, now)
    return {
      [Symbol.dispose]: () => {
        if (!this.#waits.delete(wait)) return
        this.#lastWaitAt = this.#clock.monotonicMs()
        this.#shared.took('stall', this.#lastWaitAt - now)
        held[Symbol.dispose]()
        rung?.[Symbol.dispose]()
      },
    }
  }
}
