import type {
  AutomaticAdvice,
  AutomaticLogRow,
  ConnectionKind,
  CurrentStats,
  MediaId,
  PlaybackFacts,
  PlayerView,
  Quality,
  QualityOption,
  SourceId,
  TimeRange,
} from '../../../../src-preload/contract/index.ts'
import type { Clock } from '../../base/clock.ts'
import type { FileCacheHandle } from '../../cache/handle.ts'
import type { SourceLinks } from '../link/source-links.ts'
import { SpoolError } from '../../spool-error.ts'
import { parseQuality } from '../quality-name.ts'
import { buildCandidates } from './build-candidates.ts'
import type { AutomaticState, Decision, Observation } from './observation.ts'
import { reachFrom } from './reach.ts'
import { decide, initialState } from './rules.ts'

/** The qualities of one part, as the menu has them. */
export interface PartQualities {
  readonly durationMs: number
  readonly options: readonly QualityOption[]
}

/** Tells a player what is known of what it plays, and what Automatic would do about it. */
export interface AutomaticService {
  /**
   * `callerId` names the page; each has its own memory, for the part it plays. Throws `unknown-source`, `unknown-media`.
   */
  observe(view: PlayerView, callerId: string | null, signal: AbortSignal): Promise<PlaybackFacts>
  /** The latest decisions, oldest first, with all they were made from: they can be made again. */
  getLog(): readonly AutomaticLogRow[]
  /** The page is gone. */
  wireClosed(callerId: string): void
}

export interface AutomaticServiceOptions {
  readonly clock: Clock
  readonly cache: Pick<FileCacheHandle, 'getCurrentStats'>
  readonly links: Pick<SourceLinks, 'factsOf'>
  /** What Settings say for a kind of connection: `automatic`, or a quality that Automatic then leaves alone. */
  defaultQualityOf(connection: ConnectionKind): string
  /** Throws `unknown-source`. */
  connectionOf(sourceId: SourceId): ConnectionKind
  qualitiesOf(
    sourceId: SourceId,
    mediaId: MediaId,
    callerId: string | null,
    signal: AbortSignal,
  ): Promise<PartQualities>
}

const adviceOf = (decision: Decision, isFixed: boolean): AutomaticAdvice =>
  decision.do === 'stay'
    ? { do: 'stay', why: isFixed ? 'default' : decision.why }
    : { do: 'go', to: decision.to, why: decision.why }

/** About half an hour of playing. */
const logRows = 2000

interface Memory {
  readonly sourceId: SourceId
  readonly mediaId: MediaId
  state: AutomaticState
}

export function createAutomaticService(options: AutomaticServiceOptions): AutomaticService {
  const { clock, cache, links } = options
  const memories = new Map<string | null, Memory>()
  const log: AutomaticLogRow[] = []

  const memoryOf = (callerId: string | null, { sourceId, mediaId }: PlayerView): Memory => {
    const known = memories.get(callerId)
    if (known?.sourceId === sourceId && known.mediaId === mediaId) return known
    // Another title: what was chosen and what disappointed there says nothing here.
    const memory = { sourceId, mediaId, state: initialState }
    memories.set(callerId, memory)
    return memory
  }

  /** Where each quality of which something is kept has it; the playing one is known already. */
  const presentOf = async (
    { sourceId, mediaId, quality: now }: PlayerView,
    qualities: readonly QualityOption[],
    playing: CurrentStats,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<Quality, readonly TimeRange[]>> => {
    const others = qualities.filter(
      ({ quality, bytesPresent, complete }) => bytesPresent > 0 && !complete && quality !== now,
    )
    const ranges = await Promise.all(
      others.map(
        async ({ quality }) =>
          [quality, (await cache.getCurrentStats({ sourceId, mediaId, quality }, signal)).present] as const,
      ),
    )
    return new Map([...ranges, [now, playing.present]])
  }

  return {
    async observe(view, callerId, signal) {
      const { sourceId, mediaId, positionMs } = view
      const quality = parseQuality(view.quality)?.quality
      if (quality === undefined) throw new SpoolError('unknown-quality', { detail: view.quality })
      const connection = options.connectionOf(sourceId)
      const stats = await cache.getCurrentStats({ sourceId, mediaId, quality }, signal)
      const isFixed = connection !== 'offline' && options.defaultQualityOf(connection) !== 'automatic'
      const link = links.factsOf(sourceId, connection)
      const part = await options.qualitiesOf(sourceId, mediaId, callerId, signal)
      const present = await presentOf({ ...view, quality }, part.options, stats, signal)
      const { durationMs } = part
      const bufferedToMs = positionMs + view.bufferedMs
      const endMs = Math.max(
        bufferedToMs + reachFrom(stats.present, bufferedToMs, durationMs),
        positionMs + reachFrom(stats.present, positionMs, durationMs),
      )
      const seen: Observation = {
        atMs: Math.round(clock.monotonicMs()),
        isAutomatic: view.isAutomatic && !isFixed,
        playing: quality,
        changingTo: view.changingTo,
        picture: view.picture,
        sinceSeekMs: view.sinceSeekMs,
        speed: view.speed,
        aheadMs: Math.round(endMs - positionMs),
        leftMs: Math.round(Math.max(0, durationMs - positionMs)),
        connection,
        linkKbps: link.kbps,
        linkAgeMs: link.ageMs,
        isServerBusy: link.isServerBusy,
        failed: view.failed,
        candidates: buildCandidates({
          options: part.options,
          playing: quality,
          isReachable: connection !== 'offline',
          positionMs,
          durationMs,
          endMs,
          present,
        }),
      }
      const memory = memoryOf(callerId, view)
      const { state, decision } = decide(memory.state, seen)
      memory.state = state
      const advice = adviceOf(decision, view.isAutomatic && isFixed)
      log.push({ seen: { ...seen }, advice })
      if (log.length > logRows) log.shift()
      return { stats, link, connection, advice }
    },
    getLog: () => [...log],
    wireClosed: (callerId) => void memories.delete(callerId),
  }
}
