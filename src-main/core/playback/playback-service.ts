import { randomUUID } from 'node:crypto'
import type {
  ParamsOf,
  PlaybackOpened,
  PlaybackOwner,
  PlaybackReport,
} from '../../../src-preload/contract/index.ts'
import { sleep } from '../base/clock.ts'
import { Emitter } from '../base/emitter.ts'
import { parseMediaId } from '../library/media-id.ts'
import { fullTitle } from '../plex/find-part.ts'
import type { PlexItem } from '../plex/model.ts'
import { parseQuality } from '../quality/quality-name.ts'
import { SpoolError } from '../spool-error.ts'
import { placePart, positionInPart } from './part-timeline.ts'
import type { PlaybackProgress, PlaybackServiceOptions } from './playback-ports.ts'
import { beginPlayback, keepAwake, placePlayer, timelineOf, type Playback } from './playback-record.ts'
import { createPositionTable, type PositionTable } from './position-table.ts'
import { isWatchedAt, resumePosition } from './resume-rule.ts'
import { createTimelineOutbox } from './timeline-outbox.ts'
import { isKeepingDue, isTimelineDue } from './timeline-schedule.ts'
import { TimelineSender } from './timeline-sender.ts'

/** A playing window reports every second: after this it is not there any more. */
const silentMs = 30_000
const lookMs = 5_000
/** A window whose wire breaks may come back on another. */
const orphanMs = 5_000
/** Fresher metadata than this is not asked for before playing: so long ago the page that has the button was read. */
const itemAgeMs = 30_000
/** Playing does not wait longer than this for a slow server's word on where the title was left. */
const freshWaitMs = 1_000
const anyAgeMs = Number.MAX_SAFE_INTEGER

export function createPlaybackService(options: PlaybackServiceOptions): PlaybackService {
  return new PlaybackService(options)
}

/** The one player of this running app: who has it, where it is, and who has been told. */
export class PlaybackService {
  /** Where titles were left on this computer; also for lists. */
  readonly positions: PositionTable
  readonly #options: PlaybackServiceOptions
  readonly #sender: TimelineSender
  readonly #owner = new Emitter<PlaybackOwner>()
  readonly #progress = new Emitter<PlaybackProgress>()
  readonly #subscription: Disposable
  #current: Playback | null = null
  /** The last playback that a server ended, until another begins. */
  #ended: PlaybackOwner['ended'] = null
  #turn: Promise<unknown> = Promise.resolve()
  #timer: Disposable | null = null

  constructor(options: PlaybackServiceOptions) {
    this.#options = options
    this.positions = createPositionTable(options.db, () => options.clock.now())
    this.#sender = new TimelineSender({
      receiverOf: (sourceId) => options.sources.getClient(sourceId),
      outbox: createTimelineOutbox(options.db),
      marks: options.marks,
      logger: options.logger,
      onTerminated: (sessionIdentifier, reason) => this.#onTerminated(sessionIdentifier, reason),
    })
    this.#subscription = options.sources.onReachabilityChange((sourceId, isReachable) => {
      if (isReachable) void this.#flush(sourceId)
    })
    for (const { sourceId } of options.sources.getSources()) void this.#flush(sourceId)
  }

  get owner(): PlaybackOwner {
    const current = this.#current
    return {
      playbackId: current?.playbackId ?? null,
      sourceId: current?.sourceId ?? null,
      ratingKey: current?.ratingKey ?? null,
      mediaId: current?.mediaId ?? null,
      ended: this.#ended,
    }
  }

  /** The playback that shows this part now, null when none does. */
  playbackIdOf(sourceId: string, mediaId: string): string | null {
    const current = this.#current
    return current?.sourceId === sourceId && current.mediaId === mediaId ? current.playbackId : null
  }

  /** Pushed to every window: the player that is not the owner stops. */
  onOwnerChange(listener: (owner: PlaybackOwner) => void): Disposable {
    return this.#owner.on(listener)
  }

  onProgress(listener: (progress: PlaybackProgress) => void): Disposable {
    return this.#progress.on(listener)
  }

  /**
   * Takes the player for one part. `ownerId` names the window: what that window opened before simply ends; another
   * window's makes it `busy` unless `takeOver`. Throws `unknown-source`, `unknown-media`, `source-unreachable` (never seen).
   */
  open(
    params: ParamsOf<'playback.open'>,
    ownerId: string | null = null,
    signal?: AbortSignal,
  ): Promise<PlaybackOpened> {
    return this.#inTurn(() => this.#open(params, ownerId, signal))
  }

  /** What the player does. `accepted` is false when it no longer owns the playback: it has to stop. */
  async report(report: PlaybackReport): Promise<{ accepted: boolean; ended?: string }> {
    const current = this.#current
    if (current?.playbackId !== report.playbackId) {
      const ended = this.#ended?.playbackId === report.playbackId ? { ended: this.#ended.reason } : {}
      return { accepted: false, ...ended }
    }
    this.#take(current, report)
    if (report.state === 'stopped') await this.#inTurn(() => this.#leave(current))
    return { accepted: true }
  }

  /** The window that plays is gone for good. */
  async ownerGone(playbackId: string): Promise<void> {
    const current = this.#current
    if (current?.playbackId === playbackId) await this.#inTurn(() => this.#leave(current))
  }

  /** A window's wire has closed: unless it reports again in a moment, its playback ends. */
  wireClosed(ownerId: string): void {
    const current = this.#current
    if (current?.ownerId !== ownerId) return
    current.isOrphaned = true
    this.#options.clock.after(orphanMs, () => {
      if (current.isOrphaned) void this.ownerGone(current.playbackId)
    })
  }

  /** Ends what plays and tells its server. Never rejects. */
  async close(): Promise<void> {
    this.#subscription[Symbol.dispose]()
    const current = this.#current
    if (current) await this.#inTurn(() => this.#leave(current))
    this.#timer?.[Symbol.dispose]()
    this.#timer = null
  }

  async #open(
    params: ParamsOf<'playback.open'>,
    ownerId: string | null,
    signal?: AbortSignal,
  ): Promise<PlaybackOpened> {
    const { sourceId, ratingKey, mediaId, takeOver } = params
    const previous = this.#current
    const isOwn =
      previous !== null && (previous.isOrphaned || (ownerId !== null && previous.ownerId === ownerId))
    if (previous && !isOwn && takeOver !== true) return { result: 'busy', title: previous.title }
    const address = parseMediaId(mediaId)
    if (address?.ratingKey !== ratingKey) throw new SpoolError('unknown-media')
    this.#options.sources.getClient(sourceId)
    const item = await this.#lookUp(sourceId, ratingKey, signal)
    const place = placePart(item, address)
    if (!place) throw new SpoolError('unknown-media')
    if (previous) await this.#leave(previous)
    const resumeAt = resumePosition(
      this.positions.get(sourceId, ratingKey),
      item,
      place.itemMs > 0 ? place.itemMs : item.durationMs,
    )
    const playbackId = randomUUID()
    this.#ended = null
    this.#current = beginPlayback({
      playbackId,
      sourceId,
      ratingKey,
      mediaId,
      title: fullTitle(item),
      ownerId,
      place,
      reportedAt: this.#options.clock.monotonicMs(),
    })
    this.#owner.emit(this.owner)
    this.#look()
    return { result: 'opened', playbackId, positionMs: positionInPart(resumeAt, place) }
  }

  /** Fresh if it comes quickly: the title may have been watched elsewhere since. */
  async #lookUp(sourceId: string, ratingKey: string, signal?: AbortSignal): Promise<PlexItem> {
    const { items, clock } = this.#options
    const fresh = items.getPlexItem(sourceId, ratingKey, itemAgeMs, signal)
    const slow = sleep(clock, freshWaitMs).then(() =>
      items.getPlexItem(sourceId, ratingKey, anyAgeMs, signal),
    )
    return Promise.race([fresh, slow.catch(() => fresh)])
  }

  #take(current: Playback, report: PlaybackReport): void {
    const { clock, transcodes } = this.#options
    const hasStateChanged = current.state !== report.state || current.positionMs === null
    const now = clock.monotonicMs()
    placePlayer(current, report.state, report.positionMs, now)
    const positionMs = current.positionMs ?? 0
    const quality = parseQuality(report.quality)?.quality ?? report.quality
    if (report.state !== 'stopped')
      transcodes.setShown(current.sourceId, { mediaId: current.mediaId, quality })
    keepAwake(current, this.#options.power)
    const isNewlyWatched = !current.isWatched && isWatchedAt(positionMs, current.place.itemMs)
    current.isWatched ||= isNewlyWatched
    if (isKeepingDue(current.keptAt, hasStateChanged || isNewlyWatched, now)) this.#keep(current, now)
    this.#tell(current, now)
    if (isNewlyWatched) this.#announce(current)
  }

  /** Ends a playback: kept, told, and its transcode gone. */
  async #leave(current: Playback): Promise<void> {
    if (this.#current !== current) return
    const { clock, transcodes, logger } = this.#options
    this.#current = null
    current.state = 'stopped'
    keepAwake(current, this.#options.power)
    if (current.positionMs !== null) {
      this.#keep(current, clock.monotonicMs())
      // First the word, then the end of the transcode: a late "stopped" would end the next one.
      this.#tell(current, clock.monotonicMs())
      await this.#sender.drain()
    }
    await transcodes.stopPlayback(current.sourceId)
    logger.debug('playback.left', { ratingKey: current.ratingKey })
    this.#owner.emit(this.owner)
    this.#announce(current)
  }

  #keep(current: Playback, now: number): void {
    const { sourceId, ratingKey, mediaId, positionMs, place, isWatched } = current
    if (positionMs === null) return
    current.keptAt = now
    const updatedAt = this.#options.clock.now()
    const durationMs = place.itemMs
    try {
      this.positions.put({ sourceId, ratingKey, mediaId, positionMs, durationMs, updatedAt, isWatched })
    } catch (error) {
      // A full disk must not stop the film.
      this.#options.logger.warn('playback.position-not-kept', { cause: String(error) })
    }
  }

  #tell(current: Playback, now: number): void {
    const { state, positionMs, place } = current
    if (positionMs === null || place.itemMs <= 0) return
    if (!isTimelineDue(current.sent, state, positionMs, now)) return
    current.sent = { state, positionMs, sentAt: now }
    const { transcodes, clock } = this.#options
    const sessionIdentifier = transcodes.sessionOf(current.sourceId, current.mediaId) ?? current.playbackId
    this.#sender.push(timelineOf({ ...current, positionMs }, sessionIdentifier, clock.now()))
  }

  #announce({ sourceId, ratingKey, mediaId, isWatched }: Playback): void {
    this.#progress.emit({ sourceId, ratingKey, mediaId, isWatched })
  }

  /** Looks now and then whether the window that plays is still there. */
  #look(): void {
    this.#timer ??= this.#options.clock.after(lookMs, () => {
      this.#timer = null
      const current = this.#current
      if (!current) return
      const silence = this.#options.clock.monotonicMs() - current.reportedAt
      if (current.state !== 'paused' && silence > silentMs) void this.ownerGone(current.playbackId)
      this.#look()
    })
  }

  #onTerminated(sessionIdentifier: string, reason: string): void {
    const current = this.#current
    if (!current) return
    const session = this.#options.transcodes.sessionOf(current.sourceId, current.mediaId)
    if (sessionIdentifier !== current.playbackId && sessionIdentifier !== session) return
    this.#options.logger.warn('playback.terminated', { reason })
    this.#ended = { playbackId: current.playbackId, reason }
    void this.ownerGone(current.playbackId)
  }

  #flush(sourceId: string): Promise<void> {
    const current = this.#current
    return this.#sender.flush(sourceId, current?.sourceId === sourceId ? current.ratingKey : null)
  }

  /** One opening or leaving at a time. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => undefined)
    return result
  }
}
