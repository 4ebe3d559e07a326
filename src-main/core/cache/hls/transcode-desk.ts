import { sleep } from '../../base/clock.ts'
import { SpoolError } from '../../spool-error.ts'
import type { EntryContext } from '../entry-resource.ts'
import type { HlsPlan, HlsSession, SessionPurpose } from '../upstream.ts'
import type { HlsTiming } from './hls-timing.ts'
import { parseMediaPlaylist } from './parse-playlist.ts'
import { gridOfPlaylist, gridSignature, segmentAt, type SegmentGrid } from './segment-grid.ts'
import { initSeq } from './segment-name.ts'
import type { SegmentShelf } from './segment-shelf.ts'
import { SessionFit } from './session-fit.ts'
import { afterAsked, afterOvertaken, calmStart, startDelayMs, type StartCalm } from './start-calm.ts'

/** A session in use. */
export interface Lease {
  readonly session: HlsSession
  readonly purpose: SessionPurpose
  readonly fit: SessionFit
  readonly grid: SegmentGrid
  /** {@link gridSignature} of its grid. */
  readonly signature: string
  /** Where its encoder began. */
  readonly startSegment: number
  /** By the monotonic clock. */
  readonly openedAtMs: number
  /** Where the encoder is known to have been: the last segment that came, or one before the first it was asked for. */
  head: number
  /** Segments that came from it. */
  delivered: number
  /** Failures in a row. */
  misses: number
  /** A kept segment of which a copy is still to be asked for, to prove the session's clock. */
  probeSeq: number | null
  uriOf(seq: number): string | null
}

/** Of 8 s: two minutes. */
const maxDoublings = 4

/**
 * Holds at most one session. A server has one encoder per session, and starting them in a hurry has crashed servers
 * (plex-api.md 6.6), so starts keep a distance, a growing one while sessions bring nothing.
 */
export class TranscodeDesk {
  readonly #context: EntryContext
  readonly #plan: HlsPlan
  readonly #shelf: SegmentShelf
  readonly #timing: HlsTiming
  #lease: Lease | null = null
  #calm: StartCalm = calmStart
  /** Sessions in a row that brought nothing because they failed. */
  #fruitless = 0
  #isOpening = false
  /** Of the last session that was refused for it. */
  #otherGrid: SegmentGrid | null = null
  #stopping: Promise<void> = Promise.resolve()

  constructor(context: EntryContext, plan: HlsPlan, shelf: SegmentShelf, timing: HlsTiming) {
    this.#context = context
    this.#plan = plan
    this.#shelf = shelf
    this.#timing = timing
  }

  /** The live session, if any. */
  get lease(): Lease | null {
    if (this.#lease?.session.ended.aborted === true) this.drop('failed')
    return this.#lease
  }

  /** How long a session may bring nothing: longer with each that was given up, for servers that are slow to start. */
  get startPatienceMs(): number {
    return this.#timing.startMs * 2 ** Math.min(this.#fruitless, maxDoublings)
  }

  get isOpening(): boolean {
    return this.#isOpening
  }

  get isIdle(): boolean {
    return this.#lease === null && !this.#isOpening
  }

  /**
   * Starts a session at `startSegment`, in place of the present one. `other-playlist`: its playlist is not the one that players have.
   * Throws what `MediaUpstream.openSession` throws, `bad-playlist`, and the signal's reason.
   */
  async open(
    startSegment: number,
    purpose: SessionPurpose,
    mayReplaceGrid: boolean,
    signal: AbortSignal,
  ): Promise<Lease | 'busy' | 'other-playlist'> {
    const { clock, upstream, key } = this.#context
    const startMs = this.#startMsOf(startSegment)
    this.drop('superseded')
    this.#calm = afterAsked(this.#calm, clock.monotonicMs())
    this.#isOpening = true
    try {
      await this.#stopping
      const wait = startDelayMs(this.#calm, this.#pauseMs(), clock.monotonicMs())
      if (wait > 0) await sleep(clock, wait, signal)
      signal.throwIfAborted()
      this.#calm = { ...this.#calm, lastStartMs: clock.monotonicMs() }
      const session = await upstream.openSession(key, this.#plan, startMs, purpose, signal)
      if (session === 'busy') return 'busy'
      const lease = this.#accept(session, startMs, purpose, mayReplaceGrid)
      if (lease === 'other-playlist') await session.stop()
      return lease
    } catch (error) {
      if (signal.aborted) this.#calm = afterOvertaken(this.#calm)
      if (error instanceof SpoolError) this.#fruitless += 1
      throw error
    } finally {
      this.#isOpening = false
    }
  }

  /** Lets go of the session. `failed` sessions that brought nothing delay the next start. */
  drop(why: 'failed' | 'superseded' | 'idle'): void {
    const lease = this.#lease
    if (lease === null) return
    this.#lease = null
    if (lease.delivered === 0) {
      if (why === 'failed') this.#fruitless += 1
      if (why === 'superseded') this.#calm = afterOvertaken(this.#calm)
    }
    this.#stopping = Promise.all([this.#stopping, lease.session.stop()]).then(() => undefined)
  }

  /** A segment came. */
  delivered(lease: Lease, seq: number): void {
    lease.delivered += 1
    lease.misses = 0
    this.#fruitless = 0
    this.#calm = { ...this.#calm, overtaken: 0 }
    if (seq !== initSeq) lease.head = seq
  }

  /** Lets go, and resolves when the server has. */
  async stop(): Promise<void> {
    this.drop('idle')
    await this.#stopping
  }

  /** Where a segment begins, and never a part of a millisecond before; without a playlist, by the length that is asked for. */
  #startMsOf(segment: number): number {
    const startUs = this.#shelf.ledger.grid?.startsUs[segment]
    return startUs === undefined ? segment * this.#plan.segmentMs : Math.ceil(startUs / 1000)
  }

  #pauseMs(): number {
    return Math.min(this.#timing.reopenMs * 2 ** this.#fruitless, this.#timing.reopenMaxMs)
  }

  /** Takes a session's playlist for the title's: it is, or nothing is kept and no player has another yet. */
  #adopt(grid: SegmentGrid, mayReplace: boolean): boolean {
    const { ledger } = this.#shelf
    const { serving } = ledger
    if (serving?.signature === gridSignature(grid)) return true
    if (serving !== null && !(mayReplace && this.#shelf.isEmpty(serving))) {
      this.#otherGrid = grid
      return false
    }
    ledger.serve(ledger.strandOn(grid))
    return true
  }

  /** The server keeps to another playlist than the one that is served: who begins from now on gets that. */
  serveOther(): void {
    const { ledger } = this.#shelf
    if (this.#otherGrid !== null) ledger.serve(ledger.strandOn(this.#otherGrid))
  }

  #accept(
    session: HlsSession,
    startMs: number,
    purpose: SessionPurpose,
    mayReplaceGrid: boolean,
  ): Lease | 'other-playlist' {
    try {
      const playlist = parseMediaPlaylist(session.playlist)
      const { segments } = playlist
      const grid = gridOfPlaylist(playlist)
      if (!this.#adopt(grid, mayReplaceGrid)) {
        this.#fruitless += 1
        return 'other-playlist'
      }
      // By this playlist: the length of segments is the server's to choose, whatever it was asked for.
      const startSegment = segmentAt(grid, startMs)
      this.#lease = {
        session,
        purpose,
        grid,
        signature: gridSignature(grid),
        startSegment,
        fit: new SessionFit(this.#context, this.#shelf, grid, startSegment, purpose),
        openedAtMs: this.#context.clock.monotonicMs(),
        head: startSegment - 1,
        delivered: 0,
        misses: 0,
        probeSeq: null,
        uriOf: (seq) => (seq === initSeq ? (segments[0]?.map?.uri ?? null) : (segments[seq]?.uri ?? null)),
      }
      return this.#lease
    } catch (error) {
      this.#stopping = Promise.all([this.#stopping, session.stop()]).then(() => undefined)
      throw error
    }
  }
}

/**
 * Whether a session's encoder can be asked for a segment. Before its start it answers blanks or 404; far from its head it would
 * restart anyway, and a session of its own brings the segment sooner: it does not wait for the old position's timelines.
 */
export function canServe(
  lease: Lease | null,
  seq: number,
  purpose: SessionPurpose,
  windowSegments: number,
): boolean {
  if (lease === null || lease.purpose !== purpose) return false
  if (seq === initSeq) return true
  return (
    seq >= Math.max(lease.startSegment, lease.head - windowSegments) && seq <= lease.head + windowSegments
  )
}
