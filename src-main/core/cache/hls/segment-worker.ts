import type { WaitingReason } from '../../../../src-preload/contract/index.ts'
import { SpoolError } from '../../spool-error.ts'
import type { EntryContext, FillResult } from '../entry-resource.ts'
import { priority, type Priority } from '../schedule/priority.ts'
import type { HlsPlan } from '../upstream.ts'
import type { HlsTiming } from './hls-timing.ts'
import { PassedBy } from './passed-by.ts'
import { SegmentFill } from './segment-fill.ts'
import type { KeepResult, SegmentShelf } from './segment-shelf.ts'
import { SegmentSource, type Attempt } from './segment-source.ts'
import { refusalOf, sessionsUntilRefused } from './segment-refusal.ts'
import { pickWant, playlistSeq, SegmentWants, type Want } from './segment-wants.ts'
import type { Strand } from './strand.ts'
import type { TranscodeDesk } from './transcode-desk.ts'
import { TitleEnd } from './title-end.ts'
import { TurnLoop } from './turn-loop.ts'

/** Missing this often in a row, a session is given up. */
const maxMisses = 3

/**
 * Decides what is fetched next, one piece at a time: a session has one encoder, and every request for a segment moves it.
 * What players wait for goes first; a download takes what is left. Nothing runs while there is nothing to fetch.
 */
export class SegmentWorker {
  readonly #context: EntryContext
  readonly #shelf: SegmentShelf
  readonly #timing: HlsTiming
  readonly #source: SegmentSource
  readonly #desk: TranscodeDesk
  readonly #wants: SegmentWants
  readonly #filling: SegmentFill
  readonly #loop: TurnLoop
  readonly #titleEnd: TitleEnd
  readonly #passedBy: PassedBy
  readonly #onIdle: () => void
  readonly #close = new AbortController()
  #grace: Disposable | null = null
  #readers = 0
  #sawOtherPlaylist = false
  /** Where the player that waits for the playlist will begin. */
  readonly beginAt = (startMs: number): void => this.#source.beginAt(startMs)

  /** `onIdle`: work ended while there were no readers. */
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
    this.#titleEnd = new TitleEnd(context, shelf)
    this.#source = new SegmentSource(context, plan, shelf, timing, {
      onSegment: (seq, bytes) => this.#onSegment(seq, bytes),
      onKept: (result) => this.#onKept(result),
    })
    this.#desk = this.#source.desk
    this.#passedBy = new PassedBy(this.#source, timing.replyMs)
    this.#loop = new TurnLoop(
      context.clock,
      () => this.#turn(),
      () => this.#onWorkEnded(),
      (error) => this.#onBroken(error),
    )
    this.#filling = new SegmentFill({
      context,
      shelf,
      timing,
      source: this.#source,
      loop: this.#loop,
      isReachable: () => this.#isReachable(),
      isWatched: () => this.#readers > 0 && this.#desk.lease?.purpose === 'play',
      isWaitedFor: () => this.#wants.size > 0,
      endsBefore: (strand, seq, attempt) => this.#endsBefore(strand, seq, attempt),
      onOtherPlaylist: () => this.#onOtherPlaylist(),
    })
    const onWait = (): Disposable => context.background.foregroundWait()
    this.#wants = new SegmentWants(context.clock, timing, onWait, (seq) => this.#onOrphaned(seq))
  }

  get isBusy(): boolean {
    return this.#loop.isRunning || this.#filling.isActive || !this.#desk.isIdle || this.#shelf.isWriting
  }

  /** Where the live session's segments go. */
  get strand(): Strand | null {
    return this.#desk.lease?.fit.strand ?? null
  }

  /** Why whoever waits is waiting. */
  get waitingReason(): WaitingReason | null {
    const { upstream, key } = this.#context
    if (this.#wants.size === 0 && !this.#filling.isActive) return null
    if (!upstream.isReachable(key.sourceId)) return 'source-unreachable'
    const { lease } = this.#desk
    if (this.#wants.list().some(({ lastRefusal }) => lastRefusal !== null)) return 'retrying'
    if (lease === null || lease.delivered === 0) return 'transcoder-starting'
    if (lease.misses > 0) return 'retrying'
    return this.#wants.size > 0 ? 'source-slow' : null
  }

  /** Waits for a piece that the shelf does not have, or for the playlist. */
  async get(seq: number, signal: AbortSignal): Promise<Uint8Array> {
    this.#close.signal.throwIfAborted()
    if (!this.#isReachable()) throw unreachable()
    const bytes = this.#wants.wait(seq, signal)
    const { flight } = this.#source
    const isUnwanted = flight?.purpose === 'fill' || (flight !== null && !this.#wants.has(flight.seq))
    if (flight !== null && flight.seq !== seq && isUnwanted) flight.abort.abort()
    this.#loop.kick()
    return bytes
  }

  /** A player has the playlist: it must hold until the last reader is gone. */
  handedOutPlaylist(): void {
    this.#source.hasHandedOutPlaylist = true
  }

  /** Fetches what is missing, politely. One at a time. */
  fill(signal: AbortSignal, of: Priority = priority.download): Promise<FillResult> {
    if (this.#close.signal.aborted) return Promise.reject(this.#close.signal.reason as Error)
    return this.#filling.begin(signal, of)
  }

  /** How many handles are open: with none, the session goes after a grace. */
  setReaders(count: number): void {
    this.#readers = count
    this.#grace?.[Symbol.dispose]()
    this.#grace = null
    if (count > 0) return
    this.#source.hasHandedOutPlaylist = false
    this.#grace = this.#context.clock.after(this.#timing.graceMs, () => {
      this.#grace = null
      this.#onWorkEnded()
    })
  }

  onReachabilityChange(isReachable: boolean): void {
    if (!isReachable) this.#wants.failAll(unreachable())
    this.#loop.kick()
  }

  /** Ends everything. Resolves when no session is left and nothing is fetched. */
  async close(reason: SpoolError): Promise<void> {
    this.#close.abort(reason)
    this.#grace?.[Symbol.dispose]()
    this.#source.flight?.abort.abort()
    this.#wants.failAll(reason)
    this.#filling.fail(reason)
    await this.#loop.stop()
    await this.#desk.stop()
  }

  async #turn(): Promise<'again' | 'rest'> {
    const nowMs = this.#context.clock.monotonicMs()
    const wants = this.#wants.list()
    const want = pickWant(wants, nowMs, (seq) => this.#source.isNear(seq))
    if (want !== null) await this.#serve(want)
    else if (wants.length > 0) await this.#loop.pause(nextAt(wants) - nowMs)
    else if (this.#filling.isActive) await this.#filling.turn(nowMs)
    else return 'rest'
    return 'again'
  }

  /** A bug of ours must not leave anybody waiting. */
  #onBroken(cause: unknown): void {
    this.#context.logger.error('hls-worker-broke', { error: String(cause) })
    const error = new SpoolError('internal', { cause })
    this.#wants.failAll(error)
    this.#filling.fail(error)
  }

  /** One attempt at what a player waits for. */
  async #serve(want: Want): Promise<void> {
    const outcome = await this.#source.attempt(want.seq, 'play', this.#timing.replyMs)
    if (outcome === null || outcome.kind === 'segment') return
    if (outcome.kind === 'playlist') return this.#wants.resolve(playlistSeq, new Uint8Array())
    const nowMs = this.#context.clock.monotonicMs()
    want.notBeforeMs = nowMs + (outcome.kind === 'ended' ? this.#timing.endedMs : this.#timing.retryMs)
    if (outcome.kind === 'other-playlist') return this.#onOtherPlaylist()
    const refusal = refusalOf(outcome)
    want.lastRefusal = refusal?.error ?? null
    want.refusals = refusal?.belief === 'perhaps' ? want.refusals + 1 : 0
    if (refusal !== null && (refusal.belief === 'final' || want.refusals >= sessionsUntilRefused))
      return this.#refuse(refusal.error)
    if (outcome.kind === 'failed' && !this.#mayPass(outcome.error)) return this.#wants.failAll(outcome.error)
    const { lease } = this.#desk
    if (lease === null) return
    if (outcome.kind === 'ended') return this.#desk.drop('failed')
    lease.misses += 1
    // Blank means that the encoder stands elsewhere; a fresh one that says "not yet" is starting.
    const isElsewhere = outcome.kind === 'not-ready' && outcome.isBlank
    const isDoubted = isElsewhere ? lease.startSegment === want.seq : lease.misses % maxMisses === 0
    const isStarting = lease.delivered === 0 && nowMs - lease.openedAtMs < this.#desk.startPatienceMs
    if (this.#endsBefore(lease.fit.strand ?? this.#shelf.ledger.serving, want.seq, outcome)) return
    if (isDoubted && (await this.#passedBy.isGone(want.seq, lease)))
      return this.#wants.fail(want.seq, partMissing())
    if (isElsewhere || (lease.misses >= maxMisses && !isStarting)) this.#desk.drop('failed')
  }

  /** The server will not give any more of this now. */
  #refuse(error: SpoolError): void {
    this.#context.meter.failed(error.code)
    this.#desk.drop('failed')
    this.#wants.failAll(error)
  }

  /** Whether a piece that did not come is beyond the title's real end; then nobody waits for it any more. */
  #endsBefore(strand: Strand | null, seq: number, attempt: Attempt): boolean {
    if (strand === null || !this.#titleEnd.isBefore(seq, strand, attempt, this.#desk.lease)) return false
    const error = new SpoolError('unknown-media', { detail: 'the title ends before' })
    for (let beyond = seq; beyond < strand.grid.durationsUs.length; beyond += 1)
      this.#wants.fail(beyond, error)
    return true
  }

  /** Whether an error may go away while a player waits. */
  #mayPass(error: SpoolError): boolean {
    return (error.code === 'source-unreachable' || error.code === 'source-busy') && this.#isReachable()
  }

  /** Two sessions in a row with another playlist than the one kept: the title is another one now. */
  #onOtherPlaylist(): void {
    if (!this.#sawOtherPlaylist) {
      this.#sawOtherPlaylist = true
      return
    }
    // What is kept stays; who begins again gets the server's new playlist.
    this.#desk.serveOther()
    const detail = 'the server lists other segments now; start the title again'
    this.#wants.failAll(new SpoolError('bad-playlist', { detail }))
    this.#filling.park('retrying', this.#timing.fillPauseMs)
  }

  #onSegment(seq: number, bytes: Uint8Array): void {
    this.#sawOtherPlaylist = false
    this.#wants.resolve(seq, bytes)
  }

  #onKept(result: KeepResult): void {
    if (result === 'no-room') this.#filling.park('disk-full', this.#timing.fillPauseMaxMs)
    if (this.#filling.isActive) this.#loop.kick()
    else this.#onWorkEnded()
  }

  #onOrphaned(seq: number): void {
    const { flight } = this.#source
    // A piece under way is worth having while nothing else needs the encoder.
    const isWorthHaving = this.#wants.size === 0 && this.#readers > 0
    if (flight?.seq === seq && flight.purpose === 'play' && !isWorthHaving) flight.abort.abort()
    this.#loop.kick()
  }

  /** Nobody needs the session any more when all is here, or when nobody reads and the grace is over. */
  #onWorkEnded(): void {
    const hasLeft = this.#readers === 0 && this.#grace === null
    if (!this.#filling.isActive && (hasLeft || this.#shelf.ledger.isComplete)) this.#desk.drop('idle')
    if (hasLeft && !this.isBusy) this.#onIdle()
  }

  #isReachable(): boolean {
    return this.#context.upstream.isReachable(this.#context.key.sourceId)
  }
}

const partMissing = (): SpoolError => new SpoolError('part-missing')
const nextAt = (wants: readonly Want[]): number => Math.min(...wants.map(({ notBeforeMs }) => notBeforeMs))

const unreachable = (): SpoolError => new SpoolError('source-unreachable', { retryAfterSeconds: 2 })
