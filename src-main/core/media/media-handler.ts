import type { FileCacheHandle, OpenFile, OpenHls } from '../cache/handle.ts'
import type { FetchedBody } from '../library/library-port.ts'
import type { Logger } from '../ports.ts'
import { SpoolError, toSpoolError } from '../spool-error.ts'
import { answerFile, commonHeaders } from './answer-file.ts'
import type { Ladders } from './ladders.ts'
import { contentTypeOf, isImage } from './content-type.ts'
import { statusOfError } from './error-status.ts'
import { mediaResponse } from './media-body.ts'
import { parseMediaRoute, type MediaRoute } from './media-route.ts'
import { TroubleBook } from './trouble-book.ts'

export interface MediaServices {
  readonly cache: Pick<FileCacheHandle, 'openMedia'>
  /** A picture of this server, scaled; answers from what is kept when the server is off. */
  getImage(
    sourceId: string,
    path: string,
    width: number,
    height: number,
    signal: AbortSignal,
  ): Promise<FetchedBody>
  /** JPEG of what is at a time of a part. */
  getThumbnail(sourceId: string, mediaId: string, atMs: number, signal: AbortSignal): Promise<Uint8Array>
  /** A text subtitle as WebVTT. */
  getSubtitle(sourceId: string, streamId: string, signal: AbortSignal): Promise<string>
  readonly ladders: Ladders
  /** Whether `token` opens this entry from outside. */
  isTokenOf(entryId: number, token: string): boolean
  readonly logger: Logger
}

interface AnsweringServices extends MediaServices {
  readonly troubles: TroubleBook
}

/** Answers a request for media. Never rejects. Works without `request.signal`: cancelling the body ends everything. */
export type MediaHandler = (request: Request) => Promise<Response>

const playlistMime = 'application/vnd.apple.mpegurl'
const largestPictureSide = 4096

/** One handler for both shells: files with ranges, playlists, segments, pictures, subtitles. */
export function createMediaHandler(given: MediaServices): MediaHandler {
  const services: AnsweringServices = { ...given, troubles: new TroubleBook() }
  return async (request) => {
    try {
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return new Response(null, { status: 405, headers: { ...commonHeaders, allow: 'GET, HEAD' } })
      const url = new URL(request.url)
      const route = parseMediaRoute(url.pathname)
      if (route === null) throw new SpoolError('unknown-media')
      return await answer(services, route, url, request)
    } catch (thrown) {
      // A client that went away says so in words of its own: whatever came of it is no failure.
      const error = request.signal.aborted ? new SpoolError('cancelled') : toSpoolError(thrown)
      if (error.code === 'internal')
        services.logger.error('media.failed', {
          cause: String((error.cause as Error | undefined)?.stack ?? error.cause),
        })
      return errorReply(error, request.method)
    }
  }
}

function answer(
  services: AnsweringServices,
  route: MediaRoute,
  url: URL,
  request: Request,
): Promise<Response> {
  if (route.kind === 'image') return answerImage(services, route.sourceId, url, request)
  if (route.kind === 'subtitle') return answerSubtitle(services, route, request)
  if (route.kind === 'thumbnail') return answerThumbnail(services, route, url, request)
  if (route.kind === 'ladder') return answerLadder(services, route.entryId, request)
  if (route.kind === 'rung') return answerRung(services, route, request)
  if (route.token !== null && !services.isTokenOf(route.entryId, route.token))
    throw new SpoolError('bad-token')
  return answerEntry(services, route, request)
}

type EntryRoute = Extract<MediaRoute, { token: string | null }>

async function answerEntry(
  services: AnsweringServices,
  route: EntryRoute,
  request: Request,
): Promise<Response> {
  const media = await services.cache.openMedia(
    route.entryId,
    request.signal,
    route.kind === 'file' ? 'file' : 'hls',
  )
  let isHandedOver = false
  const handOver = (): (() => void) => {
    isHandedOver = true
    return () => media[Symbol.dispose]()
  }
  try {
    if (route.kind === 'file' && media.kind === 'file') {
      if (request.method === 'HEAD') return await answerHead(media, services.troubles, request)
      const { status, headers, body } = await answerFile(services.troubles.watch(media), request, handOver)
      return mediaResponse(status, headers, body)
    }
    if (route.kind === 'playlist' && media.kind === 'hls') return await answerPlaylist(media, request)
    if (route.kind === 'segment' && media.kind === 'hls')
      return await answerSegment(media, route.name, request, handOver)
    throw new SpoolError('unknown-media')
  } finally {
    if (!isHandedOver) media[Symbol.dispose]()
  }
}

/** Says, besides what HEAD says, why reading broke off last: a media element cannot. */
async function answerHead(media: OpenFile, troubles: TroubleBook, request: Request): Promise<Response> {
  const trouble = troubles.of(media.entryId)
  const { status, headers } = await answerFile(media, request, () => () => undefined)
  return mediaResponse(status, trouble === null ? headers : { ...headers, ...errorHeaders(trouble) }, null)
}

async function answerPlaylist(media: OpenHls, request: Request): Promise<Response> {
  const body = new TextEncoder().encode(await media.playlist(request.signal, startOf(request)))
  return bodyReply(body, playlistMime, request.method)
}

async function answerLadder(
  { ladders }: MediaServices,
  entryId: number,
  request: Request,
): Promise<Response> {
  const text = await ladders.write(entryId, request.signal)
  return bodyReply(new TextEncoder().encode(text), playlistMime, request.method)
}

async function answerRung(
  { ladders }: MediaServices,
  { entryId, quality }: Extract<MediaRoute, { kind: 'rung' }>,
  request: Request,
): Promise<Response> {
  using media = await ladders.openRung(entryId, quality, request.signal)
  const text = await media.playlist(request.signal, startOf(request), `../${media.entryId}/`)
  return bodyReply(new TextEncoder().encode(text), playlistMime, request.method)
}

async function answerSegment(
  media: OpenHls,
  name: string,
  request: Request,
  handOver: () => () => void,
): Promise<Response> {
  const isKeptOnly = request.headers.get('cache-control') === 'only-if-cached'
  const segment = await (isKeptOnly
    ? media.keptSegment(name, request.signal)
    : media.segment(name, request.signal))
  // RFC 9111, 5.2.1.7: what is not here and must not be asked for.
  if (segment === null) return new Response(null, { status: 504, headers: commonHeaders })
  const headers = {
    ...commonHeaders,
    'content-type': contentTypeOf(segment.mime),
    'content-length': String(segment.sizeBytes),
  }
  if (request.method === 'HEAD') {
    segment.reader.cancel()
    return new Response(null, { headers })
  }
  const first = await segment.reader.read()
  return mediaResponse(200, headers, { reader: segment.reader, first, onDone: handOver() })
}

/** Where the player will begin. A hint, so never a reason to refuse. */
function startOf(request: Request): number {
  const startMs = Number(new URL(request.url).searchParams.get('start') ?? 0)
  return Number.isFinite(startMs) ? startMs : 0
}

async function answerImage(
  services: MediaServices,
  sourceId: string,
  url: URL,
  request: Request,
): Promise<Response> {
  const path = url.searchParams.get('path') ?? ''
  const [width, height] = [sideOf(url, 'w', 400), sideOf(url, 'h', 600)]
  if (!path.startsWith('/') || width === null || height === null)
    throw new SpoolError('bad-params', { detail: 'path, w, h' })
  const image = await services.getImage(sourceId, path, width, height, request.signal)
  if (!isImage(image.mime)) throw new SpoolError('bad-reply', { detail: 'not a picture' })
  // Plex puts a change stamp into the paths of pictures, so one address is one picture for good.
  const headers = { 'cache-control': 'private, max-age=604800, immutable' }
  return bodyReply(image.bytes, image.mime, request.method, headers)
}

async function answerThumbnail(
  services: AnsweringServices,
  route: Extract<MediaRoute, { kind: 'thumbnail' }>,
  url: URL,
  request: Request,
): Promise<Response> {
  const atMs = Number(url.searchParams.get('at') ?? 0)
  if (!Number.isFinite(atMs)) throw new SpoolError('bad-params', { detail: 'at' })
  const picture = await services.getThumbnail(route.sourceId, route.mediaId, atMs, request.signal)
  return bodyReply(picture, 'image/jpeg', request.method, { 'cache-control': 'private, max-age=3600' })
}

function sideOf(url: URL, name: string, fallback: number): number | null {
  const text = url.searchParams.get(name)
  if (text === null) return fallback
  const side = Number(text)
  return Number.isInteger(side) && side > 0 ? Math.min(side, largestPictureSide) : null
}

async function answerSubtitle(
  services: MediaServices,
  route: Extract<MediaRoute, { kind: 'subtitle' }>,
  request: Request,
): Promise<Response> {
  const text = await services.getSubtitle(route.sourceId, route.streamId, request.signal)
  return bodyReply(new TextEncoder().encode(text), 'text/vtt', request.method)
}

function bodyReply(
  bytes: Uint8Array,
  mime: string,
  method: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(method === 'HEAD' ? null : (bytes as Uint8Array<ArrayBuffer>), {
    headers: {
      ...commonHeaders,
      'content-type': contentTypeOf(mime),
      'content-length': String(bytes.byteLength),
      ...headers,
    },
  })
}

/** The code, and its sentence with what the server said; percent-encoded, because headers are plain. */
const errorHeaders = ({ code, message }: SpoolError): Record<string, string> => ({
  'x-spool-error': code,
  'x-spool-message': encodeURIComponent(message),
})

/** How a media URL says why not: a status, the code in a header, the sentence as its body. */
export function errorReply(
  error: SpoolError,
  method: string,
  status: number = statusOfError[error.code],
): Response {
  const headers = {
    ...commonHeaders,
    'content-type': 'text/plain; charset=utf-8',
    ...errorHeaders(error),
    ...(error.retryAfterSeconds === null ? {} : { 'retry-after': String(error.retryAfterSeconds) }),
  }
  return new Response(method === 'HEAD' ? null : `${error.message}\n`, { status, headers })
}
