import { isAbort } from '../../base/control.ts'
import { SpoolError, toSpoolError } from '../../spool-error.ts'
import type { EntryContext } from '../entry-resource.ts'
import type { HlsPlan, SessionPurpose } from '../upstream.ts'
import { judgeFit } from './alignment.ts'
import { fetchSegment, type FetchOutcome } from './fetch-segment.ts'
import type { HlsTiming } from './hls-timing.ts'
import { initSeq } from './segment-name.ts'
import type { KeepResult, SegmentShelf } from './segment-shelf.ts'
import { playlistSeq } from './segment-wants.ts'
import { canServe, TranscodeDesk, type Lease } from './transcode-desk.ts'

/** What one attempt came to: a piece, the playlist, or why neither came. */
export type Attempt = FetchOutcome | { readonly kind: 'playlist' | 'busy' | 'other-playlist' }

interface Flight {
  /** Null while a download waits for its turn. */
  readonly seq: number | null
  readonly purpose: SessionPurpose
  readonly abort: AbortController
}

interface SegmentListener {
  onSegment(seq: number, bytes: Uint8Array): void
  onKept(lease: Lease, result: KeepResult): void
}

/** Gets one piece at a time from a session, and puts on the shelf what fits there. */
export class SegmentSource {
  readonly desk: TranscodeDesk
  readonly #context: EntryContext
  readonly #shelf: SegmentShelf
  readonly #timing: HlsTiming
  readonly #listener: SegmentListener
  readonly #windowSegments: number
  #flight: Flight | null = null
  readonly #plan: HlsPlan
  /** Where a session starts that is opened for its playlist. */
  #firstSegment = 0
  #hasReplaced = false
  /** A player has the playlist: from then on it must hold. */
  hasHandedOutPlaylist = false

  constructor(
    context: EntryContext,
    plan: HlsPlan,
    shelf: SegmentShelf,
    timing: HlsTiming,
    listener: SegmentListener,
  ) {
    this.#context = context
    this.#plan = plan
    this.#shelf = shelf
    this.#timing = timing
    this.#listener = listener
    this.desk = new TranscodeDesk(context, plan, shelf, timing)
    this.#windowSegments = Math.max(2, Math.round(timing.nearMs / plan.segmentMs))
  }

  get flight(): Flight | null {
    return this.#flight
  }

  /** Says where the player that asks for the playlist will begin: the session it needs for that can be the one that plays. */
  beginAt(startMs: number): void {
    const { segmentMs, durationMs } = this.#plan
    const lastMs = Math.max(0, durationMs - 1)
    this.#firstSegment = Math.floor(Math.min(Math.max(0, startMs), lastMs) / segmentMs)
  }

  /** The live session will make this piece soon. */
  isNear(seq: number): boolean {
    return canServe(this.desk.lease, seq, 'play', this.#windowSegments)
  }

  /** Waits until a download may read on, as a flight of its own that a player's wish breaks off. False when it did. */
  async gate(bytes: number, signal: AbortSignal): Promise<boolean> {
    if (this.#context.background.tryPass(bytes)) return true
    const flight = this.#begin(null, 'fill')
    try {
      await this.#context.background.pass(bytes, AbortSignal.any([signal, flight.abort.signal]))
      return true
    } catch (error) {
      if (flight.abort.signal.aborted || signal.aborted) return false
      throw error
    } finally {
      this.#flight = null
    }
  }

  /** Tries once. Null when `flight` was aborted because something else is wanted more. */
  async attempt(seq: number, purpose: SessionPurpose, replyMs: number): Promise<Attempt | null> {
    const flight = this.#begin(seq, purpose)
    const { signal } = flight.abort
    try {
      const lease = await this.#leaseFor(seq, purpose, signal)
      if (lease === 'busy' || lease === 'other-playlist') return { kind: lease }
      if (seq === playlistSeq) return { kind: 'playlist' }
      // Without its initialisation part an fMP4 segment says neither when it is nor whether it fits.
      const isFmp4 = this.#shelf.ledger.grid?.container === 'fmp4'
      if (isFmp4 && lease.init === null && seq !== initSeq) {
        const init = await this.#fetch(lease, initSeq, replyMs, signal)
        if (init.kind !== 'segment') return init
      }
      return await this.#fetch(lease, seq, replyMs, signal)
    } catch (error) {
      if (signal.aborted) return null
      if (!(error instanceof SpoolError) && !isAbort(error))
        this.#context.logger.error('hls-attempt-failed', { error: String(error) })
      const known = toSpoolError(error)
      this.#context.meter.failed(known.code)
      return { kind: 'failed', error: known }
    } finally {
      this.#flight = null
    }
  }

  #begin(seq: number | null, purpose: SessionPurpose): Flight {
    return (this.#flight = { seq, purpose, abort: new AbortController() })
  }

  #leaseFor(
    seq: number,
    purpose: SessionPurpose,
    signal: AbortSignal,
  ): Promise<Lease | 'busy' | 'other-playlist'> {
    const { lease } = this.desk
    const isEnough = seq === playlistSeq || canServe(lease, seq, purpose, this.#windowSegments)
    if (lease !== null && isEnough) return Promise.resolve(lease)
    const isForPlayer = seq === playlistSeq && purpose === 'play'
    const startSegment = isForPlayer ? this.#firstSegment : Math.max(0, seq)
    return this.desk.open(startSegment, purpose, !this.hasHandedOutPlaylist, signal)
  }

  async #fetch(lease: Lease, seq: number, replyMs: number, signal: AbortSignal): Promise<FetchOutcome> {
    const { clock, meter } = this.#context
    const { grid } = this.#shelf.ledger
    const uri = lease.uriOf(seq)
    if (grid === null || uri === null)
      return { kind: 'failed', error: new SpoolError('bad-playlist', { detail: 'it has no such segment' }) }
    const { session, init } = lease
    const request = { session, uri, container: grid.container, seq, init, replyMs }
    const onBytes = (count: number): void => meter.fetched(count)
    const outcome = await fetchSegment(request, clock, this.#timing, onBytes, signal)
    if (outcome.kind === 'segment') this.#onSegment(lease, seq, outcome)
    else if (outcome.kind === 'bad') meter.failed('bad-reply')
    else if (outcome.kind === 'stalled') meter.failed('source-unreachable')
    return outcome
  }

  #onSegment(lease: Lease, seq: number, segment: FetchOutcome & { kind: 'segment' }): void {
    this.desk.delivered(lease, seq)
    if (seq === initSeq) lease.init = segment.bytes
    const keeping = this.#keep(lease, seq, segment)
    // The player does not wait for the disk.
    this.#listener.onSegment(seq, segment.bytes)
    const failed = (error: unknown): KeepResult => {
      this.#context.onDiskError(error)
      return 'no-room'
    }
    void keeping.catch(failed).then((result) => this.#listener.onKept(lease, result))
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
}
