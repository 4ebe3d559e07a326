import type { TimelineReport } from '../plex/timeline-report.ts'
import type { Logger } from '../ports.ts'
import { toSpoolError } from '../spool-error.ts'
import type { TimelineOutbox, WaitingTimeline } from './timeline-outbox.ts'
import type { WatchedMarks } from './watched-marks.ts'

/** What telling a server about playback needs of it. `PlexClient` is one. */
export interface TimelineReceiver {
  /** Resolves to the server's reason when it ended the playback. */
  sendTimeline(report: TimelineReport, signal?: AbortSignal): Promise<string | null>
  setWatched(ratingKey: string, isWatched: boolean, signal?: AbortSignal): Promise<void>
}

/** One state of the player, on its way to a server. */
export interface OutgoingTimeline extends WaitingTimeline {
  readonly state: TimelineReport['state']
}

export interface TimelineSenderOptions {
  /** Throws `unknown-source`. */
  readonly receiverOf: (sourceId: string) => TimelineReceiver
  readonly outbox: TimelineOutbox
  /** Told first: a mark that waits is older than any position that does, which it would have undone. */
  readonly marks?: Pick<WatchedMarks, 'flush'> | undefined
  readonly logger: Logger
  readonly onTerminated: (sessionIdentifier: string, reason: string) => void
}

/** Longer than this a report is of no use: the next one is due. */
const sendTimeoutMs = 5_000

/** Tells servers where the player is: one report at a time, the newest wins, and what cannot be told waits in the outbox. */
export class TimelineSender {
  readonly #options: TimelineSenderOptions
  #next: OutgoingTimeline | null = null
  #running: Promise<void> | null = null
  readonly #flushing = new Map<string, Promise<void>>()

  constructor(options: TimelineSenderOptions) {
    this.#options = options
  }

  push(timeline: OutgoingTimeline): void {
    this.#next = timeline
    this.#running ??= this.#run()
  }

  /** Resolves when everything pushed so far has been told or put by. Never rejects. */
  async drain(): Promise<void> {
    await this.#running
  }

  /** Tells a source what waits for it, except of the title that is playing. Never rejects. */
  flush(sourceId: string, playingRatingKey: string | null): Promise<void> {
    const known = this.#flushing.get(sourceId)
    if (known) return known
    const flushing = this.#flush(sourceId, playingRatingKey).finally(() => this.#flushing.delete(sourceId))
    this.#flushing.set(sourceId, flushing)
    return flushing
  }

  async #run(): Promise<void> {
    for (let timeline = this.#next; timeline !== null; timeline = this.#next) {
      this.#next = null
      await this.#send(timeline)
    }
    // In the same breath as the last look: what is pushed after it begins anew.
    this.#running = null
  }

  async #send(timeline: OutgoingTimeline): Promise<void> {
    const { receiverOf, outbox, logger, onTerminated } = this.#options
    try {
      const reason = await receiverOf(timeline.sourceId).sendTimeline(
        {
          ratingKey: timeline.ratingKey,
          state: timeline.state,
          timeMs: timeline.positionMs,
          durationMs: timeline.durationMs,
          sessionIdentifier: timeline.sessionIdentifier,
        },
        AbortSignal.timeout(sendTimeoutMs),
      )
      outbox.remove(timeline.sourceId, timeline.ratingKey, timeline.updatedAt)
      if (reason !== null) onTerminated(timeline.sessionIdentifier, reason)
    } catch (error) {
      const { code, message } = toSpoolError(error)
      // A timeout arrives as `cancelled`: the server is slow, not gone, but has not been told either.
      if (code === 'source-unreachable' || code === 'cancelled' || code === 'source-refused')
        this.#putBy(timeline)
      else logger.warn('playback.timeline-failed', { code, message })
    }
  }

  /** A full disk loses the report, not the film: the next one may find room again. */
  #putBy(timeline: OutgoingTimeline): void {
    try {
      this.#options.outbox.put(timeline)
    } catch (error) {
      this.#options.logger.warn('playback.outbox', { cause: String(error) })
    }
  }

  async #flush(sourceId: string, playingRatingKey: string | null): Promise<void> {
    try {
      await this.#tellWaiting(sourceId, playingRatingKey)
    } catch (error) {
      this.#options.logger.warn('playback.outbox', { cause: String(error) })
    }
  }

  async #tellWaiting(sourceId: string, playingRatingKey: string | null): Promise<void> {
    const { receiverOf, outbox, logger, marks } = this.#options
    await marks?.flush(sourceId)
    for (const waiting of outbox.of(sourceId)) {
      if (waiting.ratingKey === playingRatingKey) continue
      try {
        await tellLate(receiverOf(sourceId), waiting)
      } catch (error) {
        const { code, message } = toSpoolError(error)
        if (code === 'source-unreachable' || code === 'cancelled' || code === 'source-refused') return
        // The title is gone or the server will not hear of it: asking again changes nothing.
        logger.warn('playback.outbox-dropped', { code, message })
      }
      outbox.remove(sourceId, waiting.ratingKey, waiting.updatedAt)
    }
  }
}

/** Servers drop late reports that are older than what they know, and mark nothing watched by them. */
async function tellLate(receiver: TimelineReceiver, waiting: WaitingTimeline): Promise<void> {
  const signal = AbortSignal.timeout(sendTimeoutMs)
  if (waiting.isWatched) return receiver.setWatched(waiting.ratingKey, true, signal)
  await receiver.sendTimeline(
    {
      ratingKey: waiting.ratingKey,
      state: 'stopped',
      timeMs: waiting.positionMs,
      durationMs: waiting.durationMs,
      sessionIdentifier: waiting.sessionIdentifier,
      happenedAt: waiting.updatedAt,
    },
    signal,
  )
}
