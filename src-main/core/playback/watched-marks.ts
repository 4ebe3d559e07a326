import type { Database } from 'better-sqlite3'
import { Emitter } from '../base/emitter.ts'
import type { Logger } from '../ports.ts'
import { toSpoolError } from '../spool-error.ts'
import type { TimelineReceiver } from './timeline-sender.ts'

export interface WatchedMarksOptions {
  /** library.db, migrated. */
  readonly db: Database
  /** Throws `unknown-source`. */
  readonly receiverOf: (sourceId: string) => Pick<TimelineReceiver, 'setWatched'>
  /** Epoch ms. */
  readonly now: () => number
  readonly logger: Logger
}

interface WaitingMark {
  readonly ratingKey: string
  readonly isWatched: 0 | 1
  readonly markedAt: number
}

const sendTimeoutMs = 5_000

/** What the user marked as watched or not, on its way to a server: told at once, or kept until the server answers. */
export class WatchedMarks {
  readonly #options: WatchedMarksOptions
  readonly #told = new Emitter<{ readonly sourceId: string; readonly ratingKey: string }>()
  readonly #put
  readonly #waiting
  readonly #remove

  constructor(options: WatchedMarksOptions) {
    this.#options = options
    this.#put = options.db.prepare<[string, string, number, number]>(
      `INSERT INTO watched_outbox (source_id, rating_key, is_watched, marked_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (source_id, rating_key) DO UPDATE SET is_watched = excluded.is_watched, marked_at = excluded.marked_at`,
    )
    this.#waiting = options.db.prepare<[string], WaitingMark>(
      `SELECT rating_key AS ratingKey, is_watched AS isWatched, marked_at AS markedAt
       FROM watched_outbox WHERE source_id = ? ORDER BY marked_at`,
    )
    this.#remove = options.db.prepare<[string, string, number]>(
      'DELETE FROM watched_outbox WHERE source_id = ? AND rating_key = ? AND marked_at <= ?',
    )
  }

  /** Resolves when the server knows or, where it does not answer, when the mark is kept for later. Throws what else `setWatched` throws. */
  async set(sourceId: string, ratingKey: string, isWatched: boolean, signal?: AbortSignal): Promise<void> {
    const markedAt = this.#options.now()
    try {
      await this.#options.receiverOf(sourceId).setWatched(ratingKey, isWatched, signal)
      this.#remove.run(sourceId, ratingKey, markedAt)
    } catch (error) {
      if (toSpoolError(error).code !== 'source-unreachable') throw error
      this.#put.run(sourceId, ratingKey, isWatched ? 1 : 0, markedAt)
    }
  }

  /** Tells a source what waits for it, oldest first. Never rejects. */
  async flush(sourceId: string): Promise<void> {
    const { receiverOf, logger } = this.#options
    for (const { ratingKey, isWatched, markedAt } of this.#waiting.all(sourceId)) {
      try {
        await receiverOf(sourceId).setWatched(ratingKey, isWatched === 1, AbortSignal.timeout(sendTimeoutMs))
      } catch (error) {
        const { code, message } = toSpoolError(error)
        if (code === 'source-unreachable' || code === 'cancelled' || code === 'source-refused') return
        logger.warn('playback.mark-dropped', { code, message })
      }
      this.#remove.run(sourceId, ratingKey, markedAt)
      this.#told.emit({ sourceId, ratingKey })
    }
  }

  /** A server knows now what it was not told in time: what was read of it before is old. */
  onTold(listener: (mark: { readonly sourceId: string; readonly ratingKey: string }) => void): Disposable {
    return this.#told.on(listener)
  }
}
