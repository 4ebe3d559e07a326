import type { CacheKey } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import { deferred, unlessAborted } from '../base/control.ts'
import type { HlsSession, SessionPurpose } from '../cache/upstream.ts'
import { SpoolError } from '../spool-error.ts'
import { admitTranscode, decideUpkeep, type TranscodeRelation } from './transcode-rules.ts'

/** What the coordinator needs of a running transcode. */
export interface LiveTranscode extends HlsSession {
  readonly idleMs: number
  ping(): Promise<void>
}

/** What is in the player at the moment. */
export interface ShownMedia {
  readonly mediaId: string
  /** Canonical. */
  readonly quality: string
}

export interface TranscodeCoordinatorOptions {
  readonly clock: Clock
  readonly upkeepMs?: number
}

/** One place of a lane, from the request to open until the server has let go. */
interface Occupant {
  readonly purpose: SessionPurpose
  readonly key: CacheKey
  readonly superseded: AbortController
  /** Resolves when nothing of it is left on the server. */
  readonly gone: Promise<void>
  live: LiveTranscode | null
}

interface Lane {
  play: Occupant | null
  fill: Occupant | null
  /** Everything of which something may still be on the server. */
  readonly leaving: Set<Promise<void>>
  shown: ShownMedia | null
}

/** Half of the shortest time that servers were seen to wait for a ping. */
const upkeepMs = 10_000

/** At most one live transcode per source for playing; a download's has its own client identifier and gives way. */
export class TranscodeCoordinator {
  readonly #options: TranscodeCoordinatorOptions
  readonly #lanes = new Map<string, Lane>()
  #timer: Disposable | null = null

  constructor(options: TranscodeCoordinatorOptions) {
    this.#options = options
  }

  /**
   * Ends what has to make room, waits for that, and starts. Throws what `start` throws, the signal's reason, and
   * `cancelled` when a newer request took the place meanwhile.
   */
  async open(
    key: CacheKey,
    purpose: SessionPurpose,
    start: (signal: AbortSignal) => Promise<LiveTranscode>,
    signal: AbortSignal,
  ): Promise<LiveTranscode | 'busy'> {
    signal.throwIfAborted()
    const lane = this.#lane(key.sourceId)
    const admission = admitTranscode({ play: lane.play !== null, fill: lane.fill !== null }, purpose)
    if (admission === 'busy') return 'busy'
    for (const place of admission.end) end(lane[place])
    const before = [...lane.leaving]
    const gone = deferred<void>()
    const occupant: Occupant = {
      purpose,
      key,
      superseded: new AbortController(),
      gone: gone.promise,
      live: null,
    }
    lane[purpose] = occupant
    lane.leaving.add(gone.promise)
    const leave = (): void => {
      lane.leaving.delete(gone.promise)
      if (lane[purpose] === occupant) lane[purpose] = null
      gone.resolve()
    }
    const either = AbortSignal.any([signal, occupant.superseded.signal])
    try {
      await unlessAborted(Promise.all(before), either)
      const live = await start(either)
      occupant.live = live
      whenEnded(live.ended, () => {
        if (lane[purpose] === occupant) lane[purpose] = null
        void live.stop().then(leave)
      })
      // What was overtaken while it started must not stay.
      if (either.aborted) {
        await live.stop()
        throw either.reason
      }
      this.#keepUp()
      return live
    } catch (error) {
      leave()
      throw error
    }
  }

  /** Names what plays from a source, null when nothing does. The transcode of what was shown until now is of no use any more. */
  setShown(sourceId: string, shown: ShownMedia | null): void {
    const lane = this.#lane(sourceId)
    const before = lane.shown
    lane.shown = shown
    if (before === null || shown === null || isSame(before, shown)) return
    if (lane.play !== null && isSame(before, lane.play.key)) end(lane.play)
  }

  /** True while a transcode for playing runs or starts: file reads then need a client identifier of their own. */
  isPlayingLive(sourceId: string): boolean {
    return (this.#lanes.get(sourceId)?.play ?? null) !== null
  }

  /** The identifier that timelines of this part carry, so that the server's encoder follows the player. */
  sessionOf(sourceId: string, mediaId: string): string | null {
    const occupant = this.#lanes.get(sourceId)?.play
    return occupant?.key.mediaId === mediaId ? (occupant.live?.sessionId ?? null) : null
  }

  /** Playback has left this source: its transcode ends, and is waited for. Never rejects. */
  async stopPlayback(sourceId: string): Promise<void> {
    const lane = this.#lanes.get(sourceId)
    if (!lane) return
    lane.shown = null
    const occupant = lane.play
    end(occupant)
    await occupant?.gone
  }

  /** Ends everything of a source: it is being removed, or does not answer any more. Never rejects. */
  async endSource(sourceId: string): Promise<void> {
    const lane = this.#lanes.get(sourceId)
    if (!lane) return
    end(lane.play)
    end(lane.fill)
    await Promise.all(lane.leaving)
  }

  /** Ends everything everywhere. Never rejects. */
  async close(): Promise<void> {
    this.#timer?.[Symbol.dispose]()
    this.#timer = null
    await this.endAll()
  }

  /** Ends what runs now; what needs one opens another. Never rejects. */
  async endAll(): Promise<void> {
    await Promise.all([...this.#lanes.keys()].map((sourceId) => this.endSource(sourceId)))
  }

  #lane(sourceId: string): Lane {
    let lane = this.#lanes.get(sourceId)
    if (!lane) {
      lane = { play: null, fill: null, leaving: new Set(), shown: null }
      this.#lanes.set(sourceId, lane)
    }
    return lane
  }

  /** Looks after what runs, as long as anything does. */
  #keepUp(): void {
    this.#timer ??= this.#options.clock.after(this.#options.upkeepMs ?? upkeepMs, () => {
      this.#timer = null
      const occupants = [...this.#lanes.values()].flatMap((lane) =>
        [lane.play, lane.fill].flatMap((occupant) => (occupant ? [{ lane, occupant }] : [])),
      )
      for (const { lane, occupant } of occupants) attend(lane, occupant)
      if (occupants.length > 0) this.#keepUp()
    })
  }
}

function attend(lane: Lane, { live, purpose, key }: Occupant): void {
  if (!live) return
  const action = decideUpkeep(purpose, relation(lane.shown, key), live.idleMs)
  if (action === 'ping') void live.ping()
  if (action === 'stop') void live.stop()
}

function relation(shown: ShownMedia | null, key: CacheKey): TranscodeRelation {
  if (shown === null) return 'nothing'
  return isSame(shown, key) ? 'shown' : 'other'
}

const isSame = (a: ShownMedia, b: ShownMedia): boolean => a.mediaId === b.mediaId && a.quality === b.quality

function end(occupant: Occupant | null): void {
  if (!occupant) return
  occupant.superseded.abort(new SpoolError('cancelled', { detail: 'another transcode took its place' }))
  void occupant.live?.stop()
}

function whenEnded(signal: AbortSignal, callback: () => void): void {
  if (signal.aborted) callback()
  else signal.addEventListener('abort', callback, { once: true })
}
