import type { CacheKey } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import type {
  ByteRequest,
  FilePlan,
  HlsPlan,
  HlsSession,
  MediaPlan,
  MediaUpstream,
  SessionPurpose,
  UpstreamReply,
} from '../cache/upstream.ts'
import { parseMediaId, type MediaAddress } from '../library/media-id.ts'
import { pictureOf } from '../quality/ladder.ts'
import { parseQuality, type ParsedQuality } from '../quality/quality-name.ts'
import type { SourceLimits } from '../quality/source-limits.ts'
import { SpoolError } from '../spool-error.ts'
import { backgroundIdentity, type ClientIdentity } from './client-identity.ts'
import { type DirectPlaySession, DirectPlaySessions } from './direct-play-sessions.ts'
import { findPart, type FoundPart } from './find-part.ts'
import { chooseTracks, planMedia } from './media-plan.ts'
import type { ItemLookup, PlexItem } from './model.ts'
import { RefusedError } from './refusal.ts'
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
  /** Told what a source refuses and agrees to send. */
  readonly limits: Pick<SourceLimits, 'refuse' | 'allow'>
  /** How much more the cache may take, in bytes. */
  readonly roomBytes: (signal: AbortSignal) => Promise<number>
}

/** Metadata younger than this is taken as it is. */
const planAgeMs = 60_000
/** Positions in `Media[]` are looked up right before they are used. */
const indexAgeMs = 5_000
/** What a page holds in memory of what it plays, whatever the disk has room for. */
const pageBufferBytes = 32 * 1024 * 1024

export function createPlexUpstream(options: PlexUpstreamOptions): MediaUpstream {
  return new PlexUpstream(options)
}

class PlexUpstream implements MediaUpstream {
  readonly #options: PlexUpstreamOptions
  readonly #files = new DirectPlaySessions()
  /** Sessions that files came in. What was agreed to before a refusal says nothing against it. */
  readonly #agreed = new WeakSet<DirectPlaySession>()
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
    asked: ByteRequest,
    signal: AbortSignal,
  ): Promise<UpstreamReply> {
    const { directory, coordinator, playbackIdOf } = this.#options
    const { address, quality } = takeApart(key)
    // A rung that is held as a file: its bytes are another file's than the part's, and the server has it no more.
    if (quality.rung !== null)
      throw new SpoolError('unknown-media', { detail: 'the server does not keep this file' })
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
      location: this.#locationOf(key),
      bufferKb: (inner: AbortSignal) => this.#bufferKb(plan, inner),
    }
    try {
      const session = await this.#files.sessionFor(client, file, identity, playbackId, signal)
      const reply = await client.fetchPart(plan.partKey, asked, session, signal)
      const refusal = this.#files.refusalOf(session, file, reply.status)
      if (refusal === null) {
        // At home files come whatever was decided.
        if (file.location === 'wan' && reply.status < 400 && !this.#agreed.has(session)) {
          this.#agreed.add(session)
          this.#noteAgreed(key, plan.bitrateKbps)
        }
        return reply
      }
      reply.discard()
      throw refusal
    } catch (error) {
      this.#learn(key, plan.bitrateKbps, error)
      throw error
    }
  }

  async confirm(key: CacheKey, signal: AbortSignal): Promise<MediaPlan | null> {
    const { directory } = this.#options
    const { address, quality } = takeApart(key)
    const source = directory.getSource(key.sourceId)
    try {
      const item = await directory.getClient(key.sourceId).getItem(address.ratingKey, signal)
      return findPart(item, address) ? planMedia(item, address, quality, source.name) : null
    } catch (error) {
      if (error instanceof SpoolError && error.code === 'unknown-media') return null
      throw error
    }
  }

  renewAccess(sourceId: string, signal: AbortSignal): Promise<void> {
    return this.#options.directory.renewToken(sourceId, signal)
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
    const opened = coordinator.open(
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
          location: this.#locationOf(key),
          bufferKb: await this.#bufferKb(plan, inner),
        }
        const expected = {
          versionId: address.versionId,
          partId: address.partId,
          ...tracks,
          picture: pictureOf(rung, found.version),
          bitrateKbps: rung.bitrateKbps,
        }
        return startTranscode({ client, clock, identity, order, expected }, inner)
      },
      signal,
    )
    try {
      const session = await opened
      if (session !== 'busy') this.#noteAgreed(key, rung.bitrateKbps)
      return session
    } catch (error) {
      this.#learn(key, rung.bitrateKbps, error)
      throw error
    }
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

  /** What was refused is not asked for again for a while. */
  #learn(key: CacheKey, bitrateKbps: number | null, error: unknown): void {
    if (bitrateKbps === null || !(error instanceof RefusedError) || !error.isCertain) return
    this.#options.limits.refuse(key.sourceId, bitrateKbps, error.availableKbps)
  }

  #noteAgreed(key: CacheKey, bitrateKbps: number | null): void {
    if (bitrateKbps !== null) this.#options.limits.allow(key.sourceId, bitrateKbps)
  }

  /** As servers count it: whoever comes by relay comes from afar. */
  #locationOf(key: CacheKey): 'lan' | 'wan' {
    const { connection } = this.#options.directory.getSource(key.sourceId)
    return connection === 'wan' || connection === 'relay' ? 'wan' : 'lan'
  }

  /** The disk holds the rest of the title where there is room for it; a page alone holds about a minute. */
  async #bufferKb(plan: MediaPlan, signal: AbortSignal): Promise<number> {
    const titleBytes = plan.kind === 'file' ? plan.sizeBytes : (plan.bitrateKbps * plan.durationMs) / 8
    const roomBytes = await this.#options.roomBytes(signal)
    const diskBytes = titleBytes === null ? roomBytes : Math.min(titleBytes, roomBytes)
    return Math.round(Math.max(diskBytes, pageBufferBytes) / 1024)
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
