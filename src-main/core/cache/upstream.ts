import type { CacheKey } from '../../../src-preload/contract/index.ts'

/** How a key is fetched, from metadata. Carries no token and no host: it is stored. */
export type MediaPlan = FilePlan | HlsPlan

interface PlanBase {
  /** For folder names, lists and messages. */
  readonly title: string
  readonly sourceName: string
  readonly durationMs: number
  /**
   * Plex part key `/library/parts/<id>/<change stamp>/file.ext`: names one version of the upstream bytes.
   * A new one means a new generation.
   */
  readonly partKey: string
}

/** Original quality: the file itself. */
export interface FilePlan extends PlanBase {
  readonly kind: 'file'
  readonly mime: string
  readonly bitrateKbps: number | null
  readonly sizeBytes: number | null
}

/** A rung: segments made by the server's transcoder. */
export interface HlsPlan extends PlanBase {
  readonly kind: 'hls'
  readonly mime: 'application/vnd.apple.mpegurl'
  readonly bitrateKbps: number
  /** Length of the segment grid. */
  readonly segmentMs: number
  /** Canonical text of what the transcoder is asked for; segments of different profiles never mix. */
  readonly profile: string
}

/** Half open, in bytes; `end: null` means to the end of the file. */
export interface ByteSpan {
  readonly start: number
  readonly end: number | null
}

/** Which bytes are asked for; a negative `start` counts from the end of the file. */
export interface ByteRequest extends ByteSpan {
  /** The source should answer with the whole file when it has another now than the one with this validator. Without: the part in any case. */
  readonly ifRange?: string | null
}

/** As the `Range` header says it. RFC 9110, 14.1.2. */
export const rangeHeader = ({ start, end }: ByteSpan): string =>
  start < 0 ? `bytes=${start}` : `bytes=${start}-${end === null ? '' : end - 1}`

/** A reply as it came: the status and headers are judged by the cache, not by the client that fetched it. */
export interface UpstreamReply {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Pulled on demand; breaking off the iteration or aborting the request's signal closes the connection. */
  readonly body: AsyncIterable<Uint8Array>
  /** Closes the connection without reading on. Safe to call at any time and more than once. */
  discard(): void
}

/** One running transcode on the server. The upstream keeps it alive, and ends it when nobody needs it any more. */
export interface HlsSession {
  readonly sessionId: string
  /** The media playlist as the server wrote it. */
  readonly playlist: string
  /** Aborts when the session is over for whatever reason: open another. */
  readonly ended: AbortSignal
  /** `uri` as it stands in the playlist. Network failures throw `source-unreachable`; any HTTP status is a reply. */
  fetchSegment(uri: string, signal: AbortSignal): Promise<UpstreamReply>
  /** Resolves when the server has let go of it; never rejects. */
  stop(): Promise<void>
}

/** `play`: somebody waits for it. `fill`: a download, which waits while anything plays live from the same source. */
export type SessionPurpose = 'play' | 'fill'

/** Where media bytes come from. Implemented over Plex by `core/plex/plex-upstream.ts`. */
export interface MediaUpstream {
  /**
   * Decides how `key` is fetched. Uses remembered metadata where it can, so that it is quick and works offline.
   * Throws `unknown-source`, `unknown-media`, `unknown-quality`, `quality-above-source`, `unplayable`, `source-unreachable`, `source-refused`.
   */
  plan(key: CacheKey, signal: AbortSignal): Promise<MediaPlan>
  /**
   * Asks for bytes of a file. Throws `source-unreachable` when there is no reply, without touching the network
   * while the source is known to be off.
   */
  fetchBytes(key: CacheKey, plan: FilePlan, asked: ByteRequest, signal: AbortSignal): Promise<UpstreamReply>
  /**
   * What the source itself says now, never from memory: the same as `plan`, or null when it has no such file (any more).
   * Throws when it cannot be asked or its answer says neither.
   */
  confirm(key: CacheKey, signal: AbortSignal): Promise<MediaPlan | null>
  /** The source refused us: gets its credentials anew, for requests from now on. Rejects when that cannot be done. */
  renewAccess(sourceId: string, signal: AbortSignal): Promise<void>
  /**
   * Starts a transcode at `startMs` of the title, where a segment begins, after the previous one of this source has ended: one live encoder
   * per source.
   * `busy` only for `fill`, while something plays live. Throws `source-unreachable`, `source-refused`, `unplayable`, `bad-playlist`.
   */
  openSession(
    key: CacheKey,
    plan: HlsPlan,
    startMs: number,
    purpose: SessionPurpose,
    signal: AbortSignal,
  ): Promise<HlsSession | 'busy'>
  /** False while the source is known not to answer. */
  isReachable(sourceId: string): boolean
  /** Calls back whenever any source's reachability changes. */
  onReachabilityChange(listener: (sourceId: string, isReachable: boolean) => void): Disposable
}
