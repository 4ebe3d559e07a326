import type { CacheKey } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import type {
  ByteSpan,
  FilePlan,
  HlsPlan,
  HlsSession,
  MediaPlan,
  MediaUpstream,
  SessionPurpose,
  UpstreamReply,
} from '../cache/upstream.ts'
import { parseMediaId, type MediaAddress } from '../library/media-id.ts'
import { parseQuality, type ParsedQuality } from '../quality/quality-name.ts'
import { SpoolError } from '../spool-error.ts'
import { addressKind } from './address-kind.ts'
import { backgroundIdentity, type ClientIdentity } from './client-identity.ts'
import { DirectPlaySessions } from './direct-play-sessions.ts'
import { findPart, type FoundPart } from './find-part.ts'
import { chooseTracks, planMedia } from './media-plan.ts'
import type { ItemLookup, PlexItem } from './model.ts'
import type { PlexClient } from './plex-client.ts'
import { startTranscode } from './start-transcode.ts'
import type { TranscodeCoordinator } from './transcode-coordinator.ts'
import type { UpstreamSources } from './upstream-sources.ts'

export interface PlexUpstreamOptions {
  readonly directory: UpstreamSources
  readonly items: ItemLookup
  readonly coordinator: TranscodeCoordinator
  readonly clock: Clock
  /** The playback that shows this part at the moment, null when none does. */
  readonly playbackIdOf?: (sourceId: string, mediaId: string) => string | null
}

/** Metadata younger than this is taken as it is. */
const planAgeMs = 60_000
/** Positions in `Media[]` are looked up right before they are used. */
const indexAgeMs = 5_000

export function createPlexUpstream(options: PlexUpstreamOptions): MediaUpstream {
  return new PlexUpstream(options)
}

class PlexUpstream implements MediaUpstream {
  readonly #options: PlexUpstreamOptions
  readonly #files = new DirectPlaySessions()
  readonly #background: ClientIdentity

  constructor(options: PlexUpstreamOptions) {
    this.#options = options
    this.#background = backgroundIdentity(options.directory.identity)
    const { directory, coordinator } = options
    directory.onLeaving((sourceId) => coordinator.endSource(sourceId))
    // A server that went away took its transcodes with it, or will end them for want of requests.
    directory.onReachabilityChange((sourceId, isReachable) => {
      if (!isReachable) void coordinator.endSource(sourceId)
    })
  }

  async plan(key: CacheKey, signal: AbortSignal): Promise<MediaPlan> {
    const { address, quality } = takeApart(key)
    const source = this.#options.directory.getSource(key.sourceId)
    const item = await this.#item(key, address, planAgeMs, signal)
    return planMedia(item, address, quality, source.name)
  }

  async fetchBytes(
    key: CacheKey,
    plan: FilePlan,
    span: ByteSpan,
    signal: AbortSignal,
  ): Promise<UpstreamReply> {
    const { directory, coordinator, playbackIdOf } = this.#options
    const { address } = takeApart(key)
    const client = directory.getClient(key.sourceId)
    await client.monitor.admit(signal)
    // A read under the name of the one who watches a transcode would end it.
    const identity = coordinator.isPlayingLive(key.sourceId) ? this.#background : directory.identity
    const playbackId =
      identity === this.#background ? null : (playbackIdOf?.(key.sourceId, key.mediaId) ?? null)
    const found = findPart(await this.#item(key, address, planAgeMs, signal), address)
    const file = {
      ratingKey: address.ratingKey,
      mediaIndex: found?.mediaIndex ?? 0,
      partIndex: found?.partIndex ?? 0,
      partKey: plan.partKey,
      location: locationOf(client),
    }
    const session = await this.#files.sessionFor(client, file, identity, playbackId, signal)
    const reply = await client.fetchPart(plan.partKey, span, session, signal)
    if (reply.status >= 500 || reply.status === 403) this.#files.forget(session)
    return reply
  }

  async openSession(
    key: CacheKey,
    plan: HlsPlan,
    startMs: number,
    purpose: SessionPurpose,
    signal: AbortSignal,
  ): Promise<HlsSession | 'busy'> {
    const { directory, coordinator, clock } = this.#options
    const { address, quality } = takeApart(key)
    const { rung } = quality
    if (rung === null) throw new SpoolError('unknown-quality', { detail: 'Original is not converted' })
    const client = directory.getClient(key.sourceId)
    await client.monitor.admit(signal)
    const identity = purpose === 'play' ? directory.identity : this.#background
    return coordinator.open(
      key,
      purpose,
      async (inner) => {
        const found = await this.#currentPart(key, address, plan, inner)
        const tracks = chooseTracks(found, quality)
        const order = {
          ratingKey: address.ratingKey,
          mediaIndex: found.mediaIndex,
          partIndex: found.partIndex,
          rung,
          audioStreamId: tracks.audioStreamId,
          burnsSubtitle: tracks.burnedSubtitleId !== null,
          startMs,
          location: locationOf(client),
        }
        const expected = { versionId: address.versionId, partId: address.partId, ...tracks }
        return startTranscode({ client, clock, identity, order, expected }, inner)
      },
      signal,
    )
  }

  isReachable(sourceId: string): boolean {
    return this.#options.directory.isReachable(sourceId)
  }

  onReachabilityChange(listener: (sourceId: string, isReachable: boolean) => void): Disposable {
    return this.#options.directory.onReachabilityChange(listener)
  }

  async #currentPart(
    key: CacheKey,
    address: MediaAddress,
    plan: HlsPlan,
    signal: AbortSignal,
  ): Promise<FoundPart> {
    const found = findPart(await this.#item(key, address, indexAgeMs, signal), address)
    if (!found) throw new SpoolError('unknown-media')
    // Segments of two files must not mix: the plan has to be made anew.
    if (found.part.key !== plan.partKey)
      throw new SpoolError('bad-reply', { detail: 'the file was replaced on the server' })
    return found
  }

  #item(key: CacheKey, address: MediaAddress, maxAgeMs: number, signal: AbortSignal): Promise<PlexItem> {
    return this.#options.items.getPlexItem(key.sourceId, address.ratingKey, maxAgeMs, signal)
  }
}

/** Throws `unknown-media`, `unknown-quality`. */
function takeApart(key: CacheKey): { address: MediaAddress; quality: ParsedQuality } {
  const address = parseMediaId(key.mediaId)
  if (!address) throw new SpoolError('unknown-media')
  const quality = parseQuality(key.quality)
  if (!quality) throw new SpoolError('unknown-quality')
  return { address, quality }
}

const locationOf = (client: PlexClient): 'lan' | 'wan' => addressKind(new URL(client.origin).hostname)
