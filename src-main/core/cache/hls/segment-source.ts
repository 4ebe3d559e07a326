import { isAbort } from '../../base/control.ts'
import { SpoolError, toSpoolError } from '../../spool-error.ts'
import type { EntryContext } from '../entry-resource.ts'
import type { Priority } from '../schedule/priority.ts'
import type { HlsPlan, SessionPurpose } from '../upstream.ts'
import { fetchSegment, type FetchOutcome } from './fetch-segment.ts'
import type { HlsTiming } from './hls-timing.ts'
import type { SegmentFacts } from './segment-check.ts'
import { initSeq } from './segment-name.ts'
import type { FittedPiece } from './session-fit.ts'
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
  onKept(result: KeepResult): void
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
  /** A session's clock was not that of what is kept: the next ones are held against a kept segment first. */
  #mustProve = false
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
    return this.#canServe(this.desk.lease, seq, 'play')
  }

  #canServe(lease: Lease | null, seq: number, purpose: SessionPurpose): boolean {
    // By another playlist the number means another segment.
    const isOfPlaylist = lease?.signature === this.#shelf.ledger.serving?.signature
    return isOfPlaylist && canServe(lease, seq, purpose, this.#windowSegments)
  }

  /** Waits until a download may read on, as a flight of its own that a player's wish breaks off. False when it did. */
  async gate(bytes: number, signal: AbortSignal, of: Priority): Promise<boolean> {
    if (this.#context.background.tryPass(bytes, of)) return true
    const flight = this.#begin(null, 'fill')
    try {
      await this.#context.background.pass(bytes, AbortSignal.any([signal, flight.abort.signal]), of)
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
      if (lease.grid.container === 'fmp4' && lease.fit.init === null && seq !== initSeq) {
        const init = await this.#fetch(lease, initSeq, replyMs, signal)
        if (init.kind !== 'segment') return init
      }
      if (lease.probeSeq !== null && seq !== initSeq) {
        const probe = await this.#probe(lease, lease.probeSeq, replyMs, signal)
        if (probe.kind !== 'segment') return probe
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

  async #leaseFor(
    seq: number,
    purpose: SessionPurpose,
    signal: AbortSignal,
  ): Promise<Lease | 'busy' | 'other-playlist'> {
    const { lease } = this.desk
    const isEnough = seq === playlistSeq || this.#canServe(lease, seq, purpose)
    if (lease !== null && isEnough) return lease
    const isForPlayer = seq === playlistSeq && purpose === 'play'
    const wanted = isForPlayer ? this.#firstSegment : Math.max(0, seq)
    const probeSeq = this.#probeSeqFor(wanted)
    const opened = await this.desk.open(probeSeq ?? wanted, purpose, !this.hasHandedOutPlaylist, signal)
    if (typeof opened === 'object') opened.probeSeq = probeSeq
    return opened
  }

  /** The kept segment right before, when sessions of this server have to be held against one. */
  #probeSeqFor(seq: number): number | null {
    const { serving } = this.#shelf.ledger
    return this.#mustProve && seq > 0 && serving?.rows.has(seq - 1) === true ? seq - 1 : null
  }

  /** Asks for a copy of a kept segment, to be looked at and thrown away. */
  async #probe(lease: Lease, seq: number, replyMs: number, signal: AbortSignal): Promise<FetchOutcome> {
    const outcome = await this.#request(lease, seq, replyMs, signal)
    const { serving } = this.#shelf.ledger
    if (outcome.kind !== 'segment') return outcome
    lease.probeSeq = null
    this.desk.delivered(lease, seq)
    if (serving !== null) await lease.fit.prove(serving, { seq, ...outcome })
    return outcome
  }

  async #fetch(lease: Lease, seq: number, replyMs: number, signal: AbortSignal): Promise<FetchOutcome> {
    const outcome = await this.#request(lease, seq, replyMs, signal)
    if (outcome.kind !== 'segment') return outcome
    this.desk.delivered(lease, seq)
    if (seq === initSeq) lease.fit.setInit(outcome.bytes)
    const piece = await lease.fit.place({ seq, bytes: outcome.bytes, facts: outcome.facts })
    if (lease.fit.wantsProof) {
      this.#mustProve = true
      lease.fit.wantsProof = false
    }
    this.#keep(lease, piece)
    // The player does not wait for the disk.
    this.#listener.onSegment(seq, piece.bytes)
    return outcome
  }

  async #request(lease: Lease, seq: number, replyMs: number, signal: AbortSignal): Promise<FetchOutcome> {
    const { clock, meter } = this.#context
    const uri = lease.uriOf(seq)
    if (uri === null) {
      const error = new SpoolError('bad-playlist', { detail: 'it has no such segment' })
      return { kind: 'failed', error }
    }
    const { session, grid, fit } = lease
    const request = { session, uri, container: grid.container, seq, init: fit.init, replyMs }
    const onBytes = (count: number): void => meter.fetched(count)
    const outcome = await fetchSegment(request, clock, this.#timing, onBytes, signal)
    if (outcome.kind === 'segment') meter.count('usefulBytes', outcome.bytes.length)
    else if (outcome.kind === 'bad') meter.failed('bad-reply')
    else if (outcome.kind === 'stalled') meter.failed('source-unreachable')
    return outcome
  }

  #keep(lease: Lease, { strand, epochId, seq, bytes, facts }: FittedPiece): void {
    const keep = async (): Promise<KeepResult> => {
      if (strand === null || this.#shelf.ledger.isRetired) return 'not-kept'
      const { init } = lease.fit
      if (init !== null && !this.#shelf.has(strand, initSeq))
        await this.#shelf.keep({ strand, epochId, seq: initSeq, bytes: init, facts: initFacts })
      return this.#shelf.keep({ strand, epochId, seq, bytes, facts })
    }
    const failed = (error: unknown): KeepResult => {
      this.#context.onDiskError(error)
      return 'no-room'
    }
    void keep()
      .catch(failed)
      .then((result) => this.#listener.onKept(result))
  }
}

/** An initialisation part has no place in time. */
const initFacts: SegmentFacts = {
  firstPts: null,
  lastPts: null,
  frameTicks: null,
  longestFrameTicks: null,
  startsWithKeyframe: null,
  config: null,
}
