import type { ConnectionKind } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import { Emitter } from '../base/emitter.ts'
import { relayLimit, tighter, type SourceLimit } from './source-limit.ts'

/** An owner may raise the limit, others may stop watching: what was refused is tried again after this long. */
const forgetMs = 10 * 60_000

interface Refused {
  readonly maxKbps: number
  readonly at: number
}

/** What each source has refused to send, so that nobody runs into it twice. */
export class SourceLimits {
  readonly #clock: Clock
  readonly #refused = new Map<string, Refused>()
  readonly #changed = new Emitter<string>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The most the source sends now, as far as is known. */
  of(sourceId: string, connection: ConnectionKind): SourceLimit | null {
    const refused = this.#refused.get(sourceId)
    const isFresh = refused !== undefined && this.#clock.monotonicMs() - refused.at < forgetMs
    const own: SourceLimit | null = isFresh ? { maxKbps: refused.maxKbps, cause: 'server' } : null
    return connection === 'relay' ? tighter(relayLimit, own) : own
  }

  /** The source refused this rate. `availableKbps` is what it said that it has, if it said anything. */
  refuse(sourceId: string, bitrateKbps: number, availableKbps: number | null): void {
    const maxKbps = Math.min(bitrateKbps - 1, availableKbps ?? Number.POSITIVE_INFINITY)
    const known = this.of(sourceId, 'lan')
    if (known !== null && known.maxKbps <= maxKbps) return
    this.#refused.set(sourceId, { maxKbps, at: this.#clock.monotonicMs() })
    this.#changed.emit(sourceId)
  }

  /** The source agreed to send this rate: what it refused before counts no longer, where that was less. */
  allow(sourceId: string, bitrateKbps: number): void {
    const refused = this.#refused.get(sourceId)
    if (refused !== undefined && refused.maxKbps < bitrateKbps) this.forget(sourceId)
  }

  /** The way to the source is another one now. */
  forget(sourceId: string): void {
    if (this.#refused.delete(sourceId)) this.#changed.emit(sourceId)
  }

  onChange(listener: (sourceId: string) => void): Disposable {
    return this.#changed.on(listener)
  }
}
