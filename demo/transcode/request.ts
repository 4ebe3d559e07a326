import { createHash } from 'node:crypto'

/** What the transcoder endpoints need to know of an HTTP request. */
export interface TranscodeHttpRequest {
  /** The query exactly as it was sent, without the question mark. */
  readonly rawQuery: string
  readonly query: URLSearchParams
  /** A header, or the query parameter of the same name: Plex takes either. */
  parameter(name: string): string | null
}

/** A request for a transcode, parsed. Times in seconds, sizes in pixels. */
export interface TranscodeRequest {
  readonly session: string
  readonly sessionIdentifier: string
  readonly clientIdentifier: string
  readonly ratingKey: number
  readonly mediaIndex: number
  readonly partIndex: number
  readonly directPlay: boolean
  /** The server may copy the picture. */
  readonly directStream: boolean
  readonly subtitles: string
  readonly offsetS: number
  readonly secondsPerSegment: number
  /** The box that the picture must fit into; null means the source's size. */
  readonly box: { readonly width: number; readonly height: number } | null
  /** Cap for the whole stream; null means the source's bitrate. */
  readonly totalKbps: number | null
  readonly audioStreamId: number | null
}

const DEFAULT_SECONDS_PER_SEGMENT = 1
const MAX_SECONDS_PER_SEGMENT = 20

/** Reads the parameters that `requestProblem` (preconditions.ts) has found acceptable. */
export function parseTranscodeRequest(http: TranscodeHttpRequest): TranscodeRequest {
  const { query } = http
  const seconds = Math.round(Number(query.get('secondsPerSegment') ?? DEFAULT_SECONDS_PER_SEGMENT))
  return {
    session: query.get('session') ?? allocatedSession(http),
    sessionIdentifier: http.parameter('X-Plex-Session-Identifier') ?? '',
    clientIdentifier: http.parameter('X-Plex-Client-Identifier') ?? '',
    ratingKey: Number(/\/library\/metadata\/(\d+)$/.exec(query.get('path') ?? '')?.[1] ?? NaN),
    mediaIndex: indexOf(query.get('mediaIndex')),
    partIndex: indexOf(query.get('partIndex')),
    directPlay: query.get('directPlay') === '1',
    directStream: query.get('directStream') === '1',
    subtitles: query.get('subtitles') ?? 'auto',
    offsetS: Math.max(0, Number(query.get('offset') ?? 0) || 0),
    secondsPerSegment:
      seconds >= 1 && seconds <= MAX_SECONDS_PER_SEGMENT ? seconds : DEFAULT_SECONDS_PER_SEGMENT,
    box: parseBox(query.get('videoResolution')),
    totalKbps: lowestKbps(http),
    audioStreamId: Number(query.get('audioStreamID')) || null,
  }
}

/** A session name of the server's own, for clients that send none: the same for the same client and parameters. */
function allocatedSession(http: TranscodeHttpRequest): string {
  const client = http.parameter('X-Plex-Client-Identifier') ?? ''
  return createHash('sha256')
    .update(`${client}?${canonicalQuery(http.rawQuery)}`)
    .digest('hex')
    .slice(0, 24)
}

/** The query's parameters as sent, in an order that does not depend on the client's. */
export function canonicalQuery(rawQuery: string): string {
  return rawQuery.split('&').filter(Boolean).toSorted().join('&')
}

/** -1 and nothing both mean "the server chooses", which here is the first. */
function indexOf(text: string | null): number {
  const index = Number(text ?? 0)
  return Number.isInteger(index) && index > 0 ? index : 0
}

function parseBox(text: string | null): TranscodeRequest['box'] {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text ?? '') ?? []
  return width && height ? { width: Number(width), height: Number(height) } : null
}

/** The lowest of the caps that clients use: two query parameters and a limitation in the profile. */
function lowestKbps(http: TranscodeHttpRequest): number | null {
  const profile = http.parameter('X-Plex-Client-Profile-Extra') ?? ''
  const caps = [
    Number(http.query.get('maxVideoBitrate')),
    Number(http.query.get('videoBitrate')),
    ...limitationsOf(profile).map((limitation) =>
      limitation.get('name') === 'video.bitrate' && limitation.get('type') === 'upperBound'
        ? Number(limitation.get('value'))
        : NaN,
    ),
  ].filter((kbps) => kbps > 0)
  return caps.length > 0 ? Math.min(...caps) : null
}

/** The `add-limitation(…)` directives of a client profile. */
function limitationsOf(profile: string): URLSearchParams[] {
  return Array.from(profile.matchAll(/add-limitation\(([^)]*)\)/g), ([, body]) => new URLSearchParams(body))
}
