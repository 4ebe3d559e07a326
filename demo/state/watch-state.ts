/** What one user has watched of one item. Absent values mean "never", as in the server's replies. */
export interface WatchRecord {
  readonly viewOffsetMs?: number
  readonly viewCount?: number
  /** Epoch seconds. */
  readonly lastViewedAt?: number
}

/** Watched from here on, as a share of the whole (`LibraryVideoPlayedThreshold`). */
const WATCHED_SHARE = 0.9
/** Positions this near the start are not kept as places to resume. */
const MIN_RESUME_MS = 1000

/** The record after a timeline report. Crossing the threshold counts as one viewing and forgets the position. */
export function afterTimeline(
  record: WatchRecord,
  timeMs: number,
  durationMs: number,
  nowS: number,
): WatchRecord {
  const { viewOffsetMs: before, ...rest } = record
  const isPast = timeMs >= durationMs * WATCHED_SHARE
  const wasUnder = before !== undefined && before > 0
  if (isPast && wasUnder) return { ...rest, viewCount: (record.viewCount ?? 0) + 1, lastViewedAt: nowS }
  if (isPast || timeMs < MIN_RESUME_MS) return { ...record, ...(isPast ? { lastViewedAt: nowS } : {}) }
  return { ...rest, viewOffsetMs: timeMs, lastViewedAt: nowS }
}

/** The record after "mark as watched". */
export function afterScrobble(record: WatchRecord, nowS: number): WatchRecord {
  return { viewCount: (record.viewCount ?? 0) + 1, lastViewedAt: nowS }
}

/** Watch records by ratingKey, kept in memory: every start of the server begins with the same history. */
export class WatchState {
  readonly #records: Map<number, WatchRecord>

  constructor(history: readonly (readonly [ratingKey: number, record: WatchRecord])[] = []) {
    this.#records = new Map(history)
  }

  of(ratingKey: number): WatchRecord {
    return this.#records.get(ratingKey) ?? {}
  }

  set(ratingKey: number, record: WatchRecord): void {
    this.#records.set(ratingKey, record)
  }

  forget(ratingKey: number): void {
    this.#records.delete(ratingKey)
  }
}

const HISTORY_S = 1_766_500_000

/** What "you" have watched before the first start, so that a fresh library has something to continue. */
export const EARLIER_VIEWING: readonly (readonly [number, WatchRecord])[] = [
  [104, { viewOffsetMs: 46_000, lastViewedAt: HISTORY_S + 900 }],
  [106, { viewOffsetMs: 21_000, lastViewedAt: HISTORY_S + 600 }],
  [212, { viewOffsetMs: 17_000, lastViewedAt: HISTORY_S + 300 }],
  [211, { viewCount: 1, lastViewedAt: HISTORY_S + 200 }],
  [113, { viewCount: 1, lastViewedAt: HISTORY_S + 100 }],
  [110, { viewCount: 2, lastViewedAt: HISTORY_S }],
]
