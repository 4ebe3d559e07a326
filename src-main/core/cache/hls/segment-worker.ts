import { SpoolError, toSpoolError } from '../../spool-error.ts'
import { deferred, isAbort, type Deferred } from '../../base/control.ts'
import type { WaitingReason } from '../../../../src-preload/contract/index.ts'
import type { EntryContext, FillResult } from '../entry-resource.ts'
import type { HlsPlan, SessionPurpose } from '../upstream.ts'
import { judgeFit } from './alignment.ts'
import { ArrivalRate } from './arrival-rate.ts'
import { fetchSegment, type FetchOutcome } from './fetch-segment.ts'
import { FillCourse } from './fill-course.ts'
import type { HlsTiming } from './hls-timing.ts'
import { initSeq } from './segment-name.ts'
import type { KeepResult, SegmentShelf } from './segment-shelf.ts'
import { pickWant, playlistSeq, SegmentWants, type Want } from './segment-wants.ts'
import { canServe, TranscodeDesk, type Lease } from './transcode-desk.ts'

/** One attempt: a piece, a playlist, or why neither came. */
type Attempt =
  | FetchOutcome
  | { readonly kind: 'playlist' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'other-playlist' }

interface Flight {
  readonly seq: number
  readonly purpose: SessionPurpose
  readonly abort: AbortController
}

interface Fill {
  readonly signal: AbortSignal
  readonly result: Deferred<FillResult>
}

/** Missing this often in a row, a session is given up. */
const maxMisses = 3

/**
 * Gets pieces from the source, one at a time: a session has one encoder, and a request for a segment moves it.
 * What players wait for goes first; a download takes what is left. Nothing here runs while there is nothing to fetch.
 */
export class SegmentWorker {
  readonly wants: SegmentWants
  readonly #context: EntryContext
  readonly #shelf: SegmentShelf
  readonly #timing: HlsTiming
  readonly #desk: TranscodeDesk
  readonly #rate: ArrivalRate
  readonly #course: FillCourse
  readonly #windowSegments: number
  readonly #close = new AbortController()
  #fill: Fill | null = null
  #flight: Flight | null = null
  #running: Promise<void> | null = null
  #wake: (() => void) | null = null
  #grace: Disposable | null = null
  #readers = 0
  #hasHandedOutPlaylist = false
  #hasReplaced = false
  #sawOtherPlaylist = false
  readonly #onIdle: () => void

  /** `onIdle`: work ended. */
  constructor(
    context: EntryContext,
    plan: HlsPlan,
    shelf: SegmentShelf,
    timing: HlsTiming,
    onIdle: () => void,
  ) {
    this.#context = context
    this.#shelf = shelf
    this.#timing = timing
    this.#onIdle = onIdle
    this.#desk = new TranscodeDesk(context, plan, shelf, timing)
    this.#rate = new ArrivalRate(context.clock)
    this.#course = new FillCourse(timing)
    this.#windowSegments = Math.max(2, Math.round(20_000 / plan.segmentMs))
    this.wants = new SegmentWants(
      context.clock,
      timing.holdMs,
      () => context.background.foregroundWait(),
      (seq) => this.#onOrphaned(seq),
    )
  }

  get isBusy(): boolean {
    return this.#running !== null || this.#fill !== null || !this.#desk.isIdle || this.#shelf.isWriting
  }

  get bytesPerSecond(): number | null {
    return this.#rate.bytesPerSecond()
  }

  /** Why whoever waits is waiting. */
  get waitingReason(): WaitingReason | null {
    const { upstream, key } = this.#context
    const wants = this.wants.list()
    if (wants.length === 0 && this.#fill === null) return null
    if (!upstream.isReachable(key.sourceId)) return 'source-unreachable'
    const lease = this.#desk.lease
    if (lease === null || lease.delivered === 0) return 'transcoder-starting'
    if (lease.misses > 0) return 'retrying'
    return wants.length > 0 ? 'source-slow' : null
  }

  /** Waits for a piece that the shelf does not have, or for the playlist. */
  async get(seq: number, signal: AbortSignal): Promise<Uint8Array> {
    const { upstream, key } = this.#context
    this.#close.signal.throwIfAborted()
    if (!upstream.isReachable(key.sourceId)) throw unreachable()
    const bytes = this.wants.wait(seq, signal)
    const flight = this.#flight
    const isInTheWay =
      flight !== null && flight.seq !== seq && (flight.purpose === 'fill' || !this.wants.has(flight.seq))
    if (isInTheWay) flight.abort.abort()
    this.#kick()
    return bytes
  }

  /** The playlist's grid was given to a player: from now on it must hold. */
  handedOutPlaylist(): void {
    this.#hasHandedOutPlaylist = true
  }

  /** Fetches what is missing, politely. One at a time. */
  fill(signal: AbortSignal): Promise<FillResult> {
    signal.throwIfAborted()
    if (this.#shelf.ledger.isComplete) return Promise.resolve('complete')
    const fill: Fill = { signal, result: deferred() }
    this.#fill = fill
    const onAbort = (): void => {
      if (this.#fill !== fill) return
      if (this.#flight?.purpose === 'fill') this.#flight.abort.abort()
      fill.result.reject(signal.reason)
      this.#endFill()
    }
    signal.addEventListener('abort', onAbort, { once: true })
    void fill.result.promise
      .finally(() => signal.removeEventListener('abort', onAbort))
      .catch(() => undefined)
    this.#kick()
    return fill.result.promise
  }

  /** How many handles are open: with none, the session goes after a grace. */
  setReaders(count: number): void {
    this.#readers = count
    this.#grace?.[Symbol.dispose]()
    this.#grace = null
    if (count > 0) return
    this.#grace = this.#context.clock.after(this.#timing.graceMs, () => {
      this.#grace = null
      this.#letGo()
    })
  }

  onReachabilityChange(isReachable: boolean): void {
    if (!isReachable) this.wants.failAll(unreachable())
    this.#kick()
  }

  /** Ends everything. Resolves when no session is left and nothing is fetched. */
  async close(reason: SpoolError): Promise<void> {
    this.#close.abort(reason)
    this.#grace?.[Symbol.dispose]()
    this.#flight?.abort.abort()
    this.wants.failAll(reason)
    this.#fill?.result.reject(reason)
    this.#fill = null
    this.#wake?.()
    await this.#running
    await this.#desk.stop()
  }

  #kick(): void {
    if (this.#close.signal.aborted) return
    this.#wake?.()
    this.#running ??= this.#run().finally(() => {
      this.#running = null
      // Something may have come while the last turn ended.
      if (this.wants.size > 0 || this.#fill !== null) this.#kick()
      else this.#onWorkEnded()
    })
  }

  async #run(): Promise<void> {
    while (!this.#close.signal.aborted) {
      const nowMs = this.#context.clock.monotonicMs()
      const lease = this.#desk.lease
      const isNear = (seq: number): boolean => canServe(lease, seq, 'play', this.#windowSegments)
      const want = pickWant(this.wants.list(), nowMs, isNear)
      if (want !== null) await this.#serve(want)
      else if (this.wants.size > 0) await this.#untilKicked(nextAt(this.wants.list()) - nowMs)
      else if (this.#fill === null) return
      else if (this.#course.notBeforeMs > nowMs) await this.#untilKicked(this.#course.notBeforeMs - nowMs)
      else await this.#fillOnce(this.#fill)
    }
  }

  #untilKicked(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#context.clock.after(Math.max(1, delayMs), () => this.#wake?.())
      this.#wake = () => {
        this.#wake = null
        timer[Symbol.dispose]()
        resolve()
      }
    })
  }

  /** One attempt at what a player waits for. */
  async #serve(want: Want): Promise<void> {
    const outcome = await this.#attempt(want.seq, 'play', this.#timing.replyMs)
    if (outcome === null || outcome.kind === 'segment') return
    if (outcome.kind === 'playlist') return this.wants.resolve(playlistSeq, new Uint8Array())
    want.failures += 1
    want.notBeforeMs = this.#context.clock.monotonicMs() + this.#timing.retryMs
    if (outcome.kind === 'failed') return this.#onFailed(outcome.error)
    if (outcome.kind === 'other-playlist') return this.#onOtherPlaylist()
    const lease = this.#desk.lease
    if (lease === null) return
    lease.misses += 1
    const isLost = outcome.kind === 'not-ready' && outcome.isBlank
    if (isLost || lease.misses >= maxMisses) this.#desk.drop('failed')
  }

  #onFailed(error: SpoolError): void {
    const { upstream, key } = this.#context
    if (error.code !== 'source-unreachable') this.wants.failAll(error)
    else if (!upstream.isReachable(key.sourceId)) this.wants.failAll(unreachable())
    else if (this.#desk.lease !== null && (this.#desk.lease.misses += 1) >= maxMisses)
      this.#desk.drop('failed')
  }

  /** Two sessions with another playlist than the one kept: the title is another one now. */
  #onOtherPlaylist(): void {
    if (!this.#sawOtherPlaylist) {
      this.#sawOtherPlaylist = true
      return
    }
    const error = new SpoolError('bad-playlist', {
      detail: 'it is not the one that was kept; start the title again',
    })
    this.wants.failAll(error)
    this.#fill?.result.resolve({ parked: 'retrying', retryAfterMs: this.#timing.fillPauseMs })
    this.#endFill()
    this.#context.onReplaced('the server lists other segments now', null)
  }

  /** One attempt at the next missing piece. */
  async #fillOnce(fill: Fill): Promise<void> {
    const { upstream, key, clock, background } = this.#context
    const isLive = this.#readers > 0 && this.#desk.lease?.purpose === 'play'
    if (isLive) return this.#park(fill, 'server-paces', this.#timing.fillBusyMs)
    if (!upstream.isReachable(key.sourceId))
      return this.#park(fill, 'source-unreachable', this.#timing.fillBusyMs)
    const { grid } = this.#shelf.ledger
    const seq = grid === null ? playlistSeq : this.#shelf.firstMissing()
    if (seq === null) return this.#awaitWrites(fill)
    try {
      await background.pass(this.#bytesPerSegment(), fill.signal)
    } catch {
      return
    }
    if (this.#fill !== fill || this.wants.size > 0) return
    const patienceMs = this.#course.begin(seq, this.#desk.lease, clock.monotonicMs())
    const outcome = await this.#attempt(seq, 'fill', Math.max(1, patienceMs))
    if (outcome === null || this.#fill !== fill) return
    this.#afterFillAttempt(fill, outcome)
  }

  #afterFillAttempt(fill: Fill, outcome: Attempt): void {
    const step = this.#course.after(outcome, this.#desk.lease, this.#context.clock.monotonicMs())
    switch (step.do) {
      case 'go-on':
        return
      case 'other-playlist':
        return this.#onOtherPlaylist()
      case 'hop':
        return this.#desk.drop('superseded')
      case 'park':
        this.#desk.drop('failed')
        return this.#park(fill, step.reason, step.retryAfterMs)
      case 'fail':
        fill.result.reject(step.error)
        return this.#endFill()
    }
  }

  /** Everything is fetched; rows follow. */
  async #awaitWrites(fill: Fill): Promise<void> {
    await this.#shelf.settle()
    if (this.#fill !== fill || this.#shelf.firstMissing() !== null) return
    fill.result.resolve('complete')
    this.#endFill()
  }

  #park(fill: Fill, parked: WaitingReason, retryAfterMs: number): void {
    fill.result.resolve({ parked, retryAfterMs })
    this.#endFill()
  }

  #endFill(): void {
    this.#fill = null
    if (this.#desk.lease?.purpose === 'fill') this.#desk.drop('idle')
    this.#kick()
  }

  /** Null when it was broken off because something else is wanted more. */
  async #attempt(seq: number, purpose: SessionPurpose, replyMs: number): Promise<Attempt | null> {
    const flight: Flight = { seq, purpose, abort: new AbortController() }
    this.#flight = flight
    try {
      const lease = await this.#leaseFor(seq, purpose, flight.abort.signal)
      if (lease === 'busy' || lease === 'other-playlist') return { kind: lease }
      if (seq === playlistSeq) return { kind: 'playlist' }
      const grid = this.#shelf.ledger.grid
      const needsInit = grid?.container === 'fmp4' && lease.init === null && seq !== initSeq
      if (needsInit) {
        const init = await this.#fetch(lease, initSeq, replyMs, flight.abort.signal)
        if (init.kind !== 'segment') return init
      }
      return await this.#fetch(lease, seq, replyMs, flight.abort.signal)
    } catch (error) {
      if (flight.abort.signal.aborted) return null
      if (!(error instanceof SpoolError) && !isAbort(error))
        this.#context.logger.error('hls-attempt-failed', { error: String(error) })
      return { kind: 'failed', error: toSpoolError(error) }
    } finally {
      this.#flight = null
    }
  }

  async #leaseFor(
    seq: number,
    purpose: SessionPurpose,
    signal: AbortSignal,
  ): Promise<Lease | 'busy' | 'other-playlist'> {
    const lease = this.#desk.lease
    const window = this.#windowSegments
    if (lease !== null && (seq === playlistSeq || canServe(lease, seq, purpose, window))) return lease
    return this.#desk.open(Math.max(0, seq), purpose, !this.#hasHandedOutPlaylist, signal)
  }

  async #fetch(lease: Lease, seq: number, replyMs: number, signal: AbortSignal): Promise<FetchOutcome> {
    const { clock, meter } = this.#context
    const { grid } = this.#shelf.ledger
    const uri = lease.uriOf(seq)
    if (grid === null || uri === null)
      return { kind: 'failed', error: new SpoolError('bad-playlist', { detail: 'it has no such segment' }) }
    const { session, init } = lease
    const request = { session, uri, container: grid.container, seq, init, replyMs }
    const onBytes = (count: number): void => {
      meter.fetched(count)
      this.#rate.add(count)
    }
    const outcome = await fetchSegment(request, clock, this.#timing, onBytes, signal)
    if (outcome.kind === 'segment') this.#onSegment(lease, seq, outcome)
    return outcome
  }

  #onSegment(lease: Lease, seq: number, segment: FetchOutcome & { kind: 'segment' }): void {
    this.#desk.delivered(lease, seq)
    this.#sawOtherPlaylist = false
    if (seq === initSeq) lease.init = segment.bytes
    const keeping = this.#keep(lease, seq, segment)
    this.wants.resolve(seq, segment.bytes)
    void keeping.then((result) => this.#afterKeeping(lease, result))
  }

  async #keep(
    lease: Lease,
    seq: number,
    { bytes, facts }: FetchOutcome & { kind: 'segment' },
  ): Promise<KeepResult> {
    const { ledger } = this.#shelf
    if (lease.isPassing || ledger.isRetired) return 'not-kept'
    const verdict = judgeFit({
      isAligned: this.#shelf.fits(lease.epoch, seq, facts, lease.init),
      purpose: lease.purpose,
      coverage: ledger.coverage,
      hasReplaced: this.#hasReplaced,
    })
    if (verdict === 'pass') {
      lease.isPassing = true
      return 'not-kept'
    }
    if (verdict === 'replace') {
      this.#hasReplaced = true
      this.#shelf.restart(lease.epoch, 'segments of a new session do not fit those kept')
    }
    return this.#shelf.keep(lease.epoch, seq, bytes, facts)
  }

  #afterKeeping(lease: Lease, result: KeepResult): void {
    const fill = this.#fill
    if (fill !== null && result === 'no-room') this.#park(fill, 'disk-full', this.#timing.fillPauseMaxMs)
    else if (fill !== null && lease.isPassing && lease.purpose === 'fill') {
      const detail = 'segments of this server’s sessions do not fit each other'
      fill.result.reject(new SpoolError('bad-reply', { detail }))
      this.#endFill()
    }
    this.#onWorkEnded()
  }

  #bytesPerSegment(): number {
    const { bytesTotal } = this.#shelf.ledger.status()
    return Math.round((bytesTotal ?? 0) / (this.#shelf.ledger.grid?.durationsUs.length ?? 100))
  }

  #onOrphaned(seq: number): void {
    const isUnwanted = this.#flight?.seq === seq && this.#flight.purpose === 'play'
    // A piece under way is worth having, unless something else needs the encoder.
    if (isUnwanted && (this.wants.size > 0 || this.#readers === 0)) this.#flight?.abort.abort()
    this.#kick()
  }

  #onWorkEnded(): void {
    if (this.#shelf.ledger.isComplete) this.#desk.drop('idle')
    if (this.#readers === 0 && this.#grace === null) this.#letGo()
  }

  /** Nobody reads any more: the session goes, unless a download has it. */
  #letGo(): void {
    if (this.#fill === null) this.#desk.drop('idle')
    if (!this.isBusy) this.#onIdle()
  }
}

const nextAt = (wants: readonly Want[]): number => Math.min(...wants.map(({ notBeforeMs }) => notBeforeMs))

const unreachable = (): SpoolError => new SpoolError('source-unreachable', { retryAfterSeconds: 2 })
