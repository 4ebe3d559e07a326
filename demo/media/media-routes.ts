import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { DemoContext } from '../demo-context.ts'
import { parseByteRange } from '../http/byte-range.ts'
import { bytesReply, emptyReply, errorReply, HttpError, type Reply } from '../http/reply.ts'
import type { RequestContext } from '../http/request-context.ts'
import { route, type Route } from '../http/router.ts'
import { streamIdOf } from '../library/catalogue-build.ts'
import type { CataloguePart } from '../library/catalogue-types.ts'
import { fileKbps, hasThumbnails } from '../library/media-rows.ts'
import { trackPositions } from '../state/stream-selection.ts'
import { refuseReading, streamLimitKbps } from '../transcode/owner-limits.ts'
import { subtitleFileName } from './make-media.ts'
import { artFileName, posterFileName } from './picture-tasks.ts'
import { PhotoScaler } from './photo-scaler.ts'
import { Thumbnails } from './thumbnails.ts'
import { srtToVtt } from './text-tracks.ts'

const CONTENT_TYPES = { mp4: 'video/mp4', mkv: 'video/x-matroska' }

/** Files, subtitles and pictures. */
export function mediaRoutes(demo: DemoContext): Route[] {
  const photos = new PhotoScaler()
  const thumbnails = new Thumbnails()
  return [
    route('GET', '/library/parts/{id}/indexes/sd', async ({ params }) => {
      const part = demo.index.part(Number(params['id']))?.part
      if (!part || !hasThumbnails(part)) throw new HttpError(404)
      const bif = await thumbnails.bif(demo.media.pathOf(part.fileName))
      return bytesReply(bif, 'application/octet-stream')
    }),
    // After the thumbnails, whose address would fit it too.
    route('GET HEAD', '/library/parts/{id}/{stamp}/{file}', (context) => partReply(demo, context)),
    route('PUT', '/library/parts/{id}', (context) => selectStreams(demo, context)),
    route('GET', '/library/streams/{file}', (context) => subtitleReply(demo, context)),
    route('GET', '/library/metadata/{id}/{kind}/{stamp}', async ({ path }) => {
      const picture = picturePath(demo, path)
      if (!picture) throw new HttpError(404)
      return bytesReply(await readFile(picture), 'image/jpeg', 200, { 'Cache-Control': 'max-age=31536000' })
    }),
    route('GET', '/photo/:/transcode', async ({ query }) => {
      const [width, height] = [Number(query.get('width')), Number(query.get('height'))]
      if (!(width > 0 && height > 0)) throw new HttpError(400)
      const picture = picturePath(demo, (query.get('url') ?? '').split('?')[0]!)
      if (!picture) throw new HttpError(404)
      const format = query.get('format') === 'png' ? 'png' : 'jpg'
      const fit = {
        width,
        height,
        covers: query.get('minSize') === '1',
        enlarges: query.get('upscale') === '1',
        format,
      }
      const bytes = await photos.scale(picture, { ...fit, format })
      return bytesReply(bytes, format === 'png' ? 'image/png' : 'image/jpeg', 200, {
        'Cache-Control': 'max-age=31536000',
      })
    }),
  ]
}

/** A file, whole or in part. HEAD is answered with 500, as a real server does. */
function partReply(demo: DemoContext, context: RequestContext): Reply {
  if (context.method === 'HEAD') return errorReply(500)
  const { id, stamp, file } = context.params
  const part = demo.index.part(Number(id))?.part
  if (!part || stamp !== `${part.changeStamp}` || file !== `file.${part.container}`) throw new HttpError(404)
  endOwnTranscode(demo, context)
  const path = demo.media.pathOf(part.fileName)
  const sizeBytes = demo.media.sizeBytesOf(part.fileName)
  const hasSession = Boolean(context.parameter('X-Plex-Session-Identifier'))
  refuseReading(fileKbps(part, sizeBytes), streamLimitKbps(demo.control()), hasSession)
  const range = parseByteRange(context.headers.range, sizeBytes)
  if (range === 'unsatisfiable') return errorReply(416, { 'Content-Range': `bytes */${sizeBytes}` })
  const { first, last } = range ?? { first: 0, last: sizeBytes - 1 }
  const download = { 'Content-Disposition': `attachment; filename="${part.fileName}"` }
  return {
    status: range ? 206 : 200,
    headers: {
      'Content-Type': CONTENT_TYPES[part.container],
      'Content-Length': `${last - first + 1}`,
      'Accept-Ranges': 'bytes',
      ...(range ? { 'Content-Range': `bytes ${first}-${last}/${sizeBytes}` } : {}),
      ...(context.query.get('download') === '1' ? download : {}),
    },
    body: createReadStream(path, { start: first, end: last, highWaterMark: 262_144 }),
  }
}

/** Reading a file outside any playback counts as another playback of that client, which may have only one. */
function endOwnTranscode(demo: DemoContext, context: RequestContext): void {
  const client = context.parameter('X-Plex-Client-Identifier')
  if (client && !context.parameter('X-Plex-Session-Identifier')) demo.sessions.endClient(client)
}

function selectStreams(demo: DemoContext, { params, query }: RequestContext): Reply {
  const found = demo.index.part(Number(params['id']))
  if (!found) throw new HttpError(404)
  const idOf = (name: string): number | null => (query.has(name) ? Number(query.get(name)) : null)
  const [audio, subtitle] = [idOf('audioStreamID'), idOf('subtitleStreamID')]
  if (!demo.selection.choose(found.part, audio, subtitle)) throw new HttpError(400)
  return emptyReply()
}

/** An external subtitle as SRT or WebVTT; one inside a file is 501. */
async function subtitleReply(demo: DemoContext, { params, query }: RequestContext): Promise<Reply> {
  const [, id, extension] = /^(\d+)(?:\.(\w+))?$/.exec(params['file']!) ?? []
  const found = findSubtitle(demo, Number(id))
  if (!found) throw new HttpError(404)
  if (!found.part.subtitles[found.position]!.isExternal) throw new HttpError(501)
  const text = await readFile(demo.media.pathOf(subtitleFileName(found.part, found.position)), 'utf8')
  const isVtt = (query.get('format') ?? extension) === 'vtt'
  return bytesReply(
    Buffer.from(isVtt ? srtToVtt(text) : text),
    isVtt ? 'text/vtt;charset=utf-8' : 'text/srt;charset=utf-8',
  )
}

function findSubtitle(demo: DemoContext, streamId: number): { part: CataloguePart; position: number } | null {
  const owner = demo.index.parts.find(({ part }) =>
    Array.from({ length: 1 + part.audio.length + part.subtitles.length }, (_, index) =>
      streamIdOf(part.partId, index),
    ).includes(streamId),
  )
  const position = owner && trackPositions(owner.part).subtitle.get(streamId)
  return owner && position !== undefined ? { part: owner.part, position } : null
}

/** The file behind a thumb or art address; an episode's thumb is wide, everybody else's is a poster. */
function picturePath(demo: DemoContext, path: string): string | null {
  const [, id, kind] = /^\/library\/metadata\/(\d+)\/(thumb|art)\/\d+$/.exec(path) ?? []
  const item = demo.index.find(Number(id))?.item
  if (!item) return null
  const isWide = kind === 'art' || item.type === 'episode'
  return demo.media.pathOf(isWide ? artFileName(item.artName) : posterFileName(item))
}
