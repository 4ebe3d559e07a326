import type { Clock } from '../base/clock.ts'
import { deferred, unlessAborted, type Deferred } from '../base/control.ts'
import { Emitter } from '../base/emitter.ts'
import { SpoolError } from '../spool-error.ts'
import {
  admission,
  initialConnection,
  stepConnection,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
} from './connection-state.ts'

export interface ConnectionMonitorOptions {
  readonly clock: Clock
  /** Resolves when the right server answered. Anything else rejects. */
  readonly probe: (signal: AbortSignal) => Promise<void>
  /** When the server last sent a byte, on the monotonic clock: a probe that waits behind media is no sign of death. */
  readonly lastHeardAt: () => number
  /** Ends the requests that are under way. */
  readonly cutRequests: () => void
  readonly intervalMs?: number
  readonly timeoutMs?: number
  readonly wakeMs?: number
}

/** One request per source and interval, whether on or off. */
const probeIntervalMs = 10_000
/** A server that accepts and does not answer counts as off after this. */
const probeTimeoutMs = 4_000
/** A network needs some seconds after a sleep. */
const wakeMs = 15_000
const wakeRetryMs = 1_000

/** Knows whether one source answers, and is the gate before its network. */
export class ConnectionMonitor {
  readonly #options: ConnectionMonitorOptions
  readonly #changes = new Emitter<boolean>()
  #state: ConnectionState = initialConnection
  #timer: Disposable | null = null
  #probe: AbortController | null = null
  #settled: Deferred<void> | null = null
  /** Until then a failed probe is followed by another before it is believed. */
  #patientUntil = Number.NEGATIVE_INFINITY

  constructor(options: ConnectionMonitorOptions) {
    this.#options = options
  }

  /** Not yet known counts as reachable: the first probe is on its way. */
  get isReachable(): boolean {
    return this.#state.reach !== 'off'
  }

  /** False until the first probe is back. */
  get isKnown(): boolean {
    return this.#state.reach !== 'unknown'
  }

  start(): void {
    this.#handle('due')
  }

  /** Sends a probe, unless one is on its way, and resolves when it is known what came of it. Rejects with the signal's reason. */
  async probeNow(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.#handle('due')
    if (this.#state.isProbing) await this.#whenSettled(signal)
  }

  /** The computer has slept: requests wait until it is known whether the server answers, and the network is given time to come back. */
  wake(): void {
    this.#patientUntil = this.#options.clock.monotonicMs() + (this.#options.wakeMs ?? wakeMs)
    this.#handle(this.isReachable ? 'network-failed' : 'due')
  }

  reportNetworkFailure(): void {
    this.#handle('network-failed')
  }

  /** Passes when the network may be used; waits for a probe that is deciding. Throws `source-unreachable`. */
  async admit(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (admission(this.#state) === 'wait') await this.#whenSettled(signal)
    if (admission(this.#state) === 'stop') throw new SpoolError('source-unreachable')
  }

  onChange(listener: (isReachable: boolean) => void): Disposable {
    return this.#changes.on(listener)
  }

  close(): void {
    this.#handle('closed')
  }

  #handle(event: ConnectionEvent): void {
    const { state, effects } = stepConnection(this.#state, event)
    this.#state = state
    for (const effect of effects) this.#run(effect)
  }

  #run(effect: ConnectionEffect): void {
    switch (effect) {
      case 'probe':
        this.#stopTimer()
        void this.#runProbe()
        break
      case 'wait-interval':
        this.#stopTimer()
        this.#timer = this.#options.clock.after(this.#options.intervalMs ?? probeIntervalMs, () =>
          this.#handle('due'),
        )
        break
      case 'announce':
        this.#changes.emit(this.isReachable)
        break
      case 'settle':
        this.#settled?.resolve()
        this.#settled = null
        break
      case 'cut-requests':
        this.#options.cutRequests()
        break
      case 'cancel':
        this.#stopTimer()
        this.#probe?.abort()
        break
    }
  }

  async #runProbe(): Promise<void> {
    const controller = new AbortController()
    this.#probe = controller
    const startedAt = this.#options.clock.monotonicMs()
    let timedOut = false
    using _deadline = this.#options.clock.after(this.#options.timeoutMs ?? probeTimeoutMs, () => {
      timedOut = true
      controller.abort(new SpoolError('source-unreachable', { detail: 'no answer to a probe' }))
    })
    try {
      await this.#options.probe(controller.signal)
      this.#handle('probe-succeeded')
    } catch {
      if (this.#options.clock.monotonicMs() < this.#patientUntil && !this.#state.isClosed) {
        this.#timer = this.#options.clock.after(wakeRetryMs, () => void this.#runProbe())
        return
      }
      const isTalking = timedOut && this.#state.reach === 'on' && this.#options.lastHeardAt() > startedAt
      this.#handle(isTalking ? 'probe-succeeded' : 'probe-failed')
    }
  }

  #stopTimer(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = null
  }

  #whenSettled(signal?: AbortSignal): Promise<void> {
    this.#settled ??= deferred<void>()
    const { promise } = this.#settled
    return signal ? unlessAborted(promise, signal) : promise
  }
}
