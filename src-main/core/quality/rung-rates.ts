import type { Database } from 'better-sqlite3'
import type { CacheKey } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import type { FileCacheHandle } from '../cache/handle.ts'
import type { Rung } from './ladder.ts'
import { parseQuality } from './quality-name.ts'

/** What rungs really weigh: an encoder seldom needs the bitrate that it may use. */
export interface RungRates {
  /** Kbit/s to reckon a copy's size with: its own as far as it is here, else that of the same rung of other titles of the source, else the rung's. */
  kbpsOf(
    key: { readonly sourceId: string; readonly mediaId: string; readonly quality: string },
    step: Rung,
  ): number
}

export interface RungRatesOptions {
  /** library.db, migrated. */
  readonly db: Database
  readonly cache: Pick<FileCacheHandle, 'getCurrentStats' | 'onEntryChange'>
  readonly clock: Clock
}

/** Less than this of a title says nothing of the rest. */
const enoughMs = 20_000
/** A copy that grows is looked at this long after it began to. */
const lookAfterMs = 5_000
/** So many titles, the latest, speak for a rung. */
const titles = 20

interface Sum {
  readonly bytes: number | null
  readonly coveredMs: number | null
}

/** Learns from every copy that grows. Dispose to stop. */
export function createRungRates({ db, cache, clock }: RungRatesOptions): RungRates & Disposable {
  const own = db.prepare<[string, string, string], Sum>(
    `SELECT bytes, covered_ms AS coveredMs FROM rung_rates WHERE source_id = ? AND media_id = ? AND quality = ?`,
  )
  const ofRung = db.prepare<[string, string], Sum>(
    `SELECT SUM(bytes) AS bytes, SUM(covered_ms) AS coveredMs FROM (
       SELECT bytes, covered_ms FROM rung_rates WHERE source_id = ? AND rung = ? ORDER BY learned_at DESC LIMIT ${titles}
     )`,
  )
  const put = db.prepare<[string, string, string, string, number, number, number]>(
    `INSERT INTO rung_rates (source_id, media_id, quality, rung, bytes, covered_ms, learned_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET bytes = excluded.bytes, covered_ms = excluded.covered_ms, learned_at = excluded.learned_at`,
  )
  const waiting = new Map<string, Disposable>()

  const learn = async (key: CacheKey, rung: string): Promise<void> => {
    const { present, bytesPresent } = await cache.getCurrentStats(key)
    const coveredMs = present.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0)
    if (coveredMs < enoughMs || bytesPresent === 0) return
    put.run(key.sourceId, key.mediaId, key.quality, rung, bytesPresent, Math.round(coveredMs), clock.now())
  }

  const link = cache.onEntryChange(({ key, removed }) => {
    const rung = parseQuality(key.quality)?.rung ?? null
    const name = JSON.stringify([key.sourceId, key.mediaId, key.quality])
    if (rung === null || removed || waiting.has(name)) return
    const look = (): void => {
      waiting.delete(name)
      // A copy that went meanwhile, or a cache that closes: there is nothing to learn.
      void learn(key, rung.name).catch(() => undefined)
    }
    waiting.set(name, clock.after(lookAfterMs, look))
  })

  return {
    kbpsOf({ sourceId, mediaId, quality }, step) {
      const known = own.get(sourceId, mediaId, quality) ?? ofRung.get(sourceId, step.name)
      if (known?.bytes == null || known.coveredMs == null) return step.bitrateKbps
      return (known.bytes * 8) / known.coveredMs
    },
    [Symbol.dispose]() {
      link[Symbol.dispose]()
      for (const timer of waiting.values()) timer[Symbol.dispose]()
    },
  }
}
