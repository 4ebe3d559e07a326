import { createReadStream } from 'node:fs'
import type { DemoContext } from '../demo-context.ts'
import { parseByteRange } from '../http/byte-range.ts'
import type { ReplyObject } from '../http/containers.ts'
import { bytesReply, containerReply, errorReply, HttpError, type Reply } from '../http/reply.ts'
import type { RequestContext } from '../http/request-context.ts'
import { route, type Handler, type Route } from '../http/router.ts'
import { fileKbps } from '../library/media-rows.ts'
import { metadataRow } from '../library/metadata-rows.ts'
import { conversionContainer, directPlayContainer } from '../transcode/decision-reply.ts'
import { planEncode } from '../transcode/encode-plan.ts'
import { requestProblem } from '../transcode/preconditions.ts'
import { canonicalQuery, parseTranscodeRequest } from '../transcode/request.ts'
import type { DownloadItem, DownloadQueueRow } from './download-item.ts'
import { itemRow, queueRow } from './download-rows.ts'
import type { NewItem } from './download-queues.ts'

const MIMES = { mp4: 'video/mp4', mkv: 'video/x-matroska' }

/** The download queue of servers from 1.41.9 on. With `queue` off in the control this server is an older one: 404. */
export function downloadRoutes(demo: DemoContext, hasQueue: () => boolean): Route[] {
  const { downloads } = demo
  const download = (methods: string, path: string, handler: Handler): Route =>
    route(methods, `/downloadQueue${path}`, (context) => {
      if (!hasQueue()) throw new HttpError(404)
      return handler(context)
    })
  const queueReply = (queue: DownloadQueueRow, isJson: boolean): Reply =>
    containerReply({ size: 1, DownloadQueue: [queueRow(downloads, queue)] }, isJson)
  return [
    download('POST', '', (context) => queueReply(downloads.queueOf(clientOf(context)), context.isJson)),
    download('GET', '/{queue}', (context) => queueReply(queueIn(demo, context), context.isJson)),
    download('POST', '/{queue}/add', (context) => addReply(demo, context)),
    download('GET', '/{queue}/items', (context) =>
      itemsReply(demo, downloads.itemsOf(queueIn(demo, context).id), context),
    ),
    download('GET', '/{queue}/items/{ids}', (context) => itemsReply(demo, itemsIn(demo, context), context)),
    download('DELETE', '/{queue}/items/{ids}', (context) => {
      for (const item of itemsIn(demo, context)) downloads.remove(item)
      return { status: 204, headers: {}, body: null }
    }),
    download('POST', '/{queue}/items/{ids}/restart', (context) => {
      for (const item of itemsIn(demo, context)) downloads.restart(item)
      return { status: 200, headers: { 'Content-Length': '0' }, body: null }
    }),
    download('GET', '/{queue}/item/{ids}/decision', (context) => decisionReply(demo, context)),
    download('GET HEAD', '/{queue}/item/{ids}/media', (context) => mediaReply(demo, context)),
    ...controlRoutes(demo),
  ]
}

/** What tests look at and do to downloads. */
function controlRoutes({ downloads }: DemoContext): Route[] {
  const open = { isOpen: true }
  const list = (): Reply => json({ items: downloads.items, failures: downloads.failures })
  return [
    route('GET', '/demo/downloads', list, open),
    route(
      'POST',
      '/demo/downloads',
      async (context) => {
        const wish = JSON.parse((await context.readBody()) || '{}') as Record<string, unknown>
        for (const [name, value] of Object.entries(wish))
          if (name === 'failures' && typeof value === 'number') downloads.failures = value
          else if (name === 'expire' && value === true) downloads.expireAll()
          else return json({ error: `unknown key or bad value: ${name}` }, 400)
        return list()
      },
      open,
    ),
  ]
}

const json = (value: unknown, status = 200): Reply =>
  bytesReply(Buffer.from(JSON.stringify(value)), 'application/json', status)

function clientOf(context: RequestContext): string {
  const client = context.parameter('X-Plex-Client-Identifier')
  if (!client) throw new HttpError(400, 'X-Plex-Client-Identifier is missing')
  return client
}

/** Another client's queue is none of this one's business. */
function queueIn(demo: DemoContext, context: RequestContext): DownloadQueueRow {
  const queue = demo.downloads.queue(Number(context.params['queue']))
  if (queue?.clientIdentifier !== clientOf(context)) throw new HttpError(404)
  return queue
}

function itemsIn(demo: DemoContext, context: RequestContext): DownloadItem[] {
  const queue = queueIn(demo, context)
  return context.params['ids']!.split(',').map((id) => {
    const item = demo.downloads.item(queue.id, Number(id))
    if (!item) throw new HttpError(404)
    return item
  })
}

function itemsReply(demo: DemoContext, items: readonly DownloadItem[], { isJson }: RequestContext): Reply {
  const rows = items.map((item) => itemRow(demo, item))
  return containerReply({ size: rows.length, DownloadQueueItem: rows }, isJson)
}

/** Tracks are those selected on the part at this moment, whatever the parameters say. */
function addReply(demo: DemoContext, context: RequestContext): Reply {
  const queue = queueIn(demo, context)
  const keys = (context.query.get('keys') ?? '').split(',').filter(Boolean)
  const orders = keys.map((key) => orderOf(demo, context, queue, key))
  if (orders.length === 0) throw new HttpError(400, 'keys names no item')
  const rows = orders.map((order) => demo.downloads.add(order)).map(({ id, key }) => ({ id, key }))
  return containerReply({ size: rows.length, AddedQueueItems: rows }, context.isJson)
}

function orderOf(
  demo: DemoContext,
  context: RequestContext,
  { id: queueId }: DownloadQueueRow,
  key: string,
): NewItem {
  const query = new URLSearchParams(context.rawQuery)
  query.set('path', key)
  const http = { rawQuery: context.rawQuery, query, parameter: (name: string) => context.parameter(name) }
  const problem = requestProblem(http, 'http')
  if (problem) throw new HttpError(400, problem)
  const request = parseTranscodeRequest(http)
  const { ratingKey, mediaIndex, partIndex } = request
  const part = demo.index.playable(ratingKey)?.versions[mediaIndex]?.parts[partIndex]
  if (!part) throw new HttpError(404)
  const { audio, subtitle } = demo.selection.of(part)
  const plan = request.directPlay
    ? null
    : planEncode(request, {
        part,
        kbps: fileKbps(part, demo.media.sizeBytesOf(part.fileName)),
        audioPosition: audio,
        selectedSubtitle: subtitle,
      })
  const profile = context.parameter('X-Plex-Client-Profile-Extra') ?? ''
  const container = plan === null ? part.container : /container=mp4/.test(profile) ? 'mp4' : 'mkv'
  const parameters = canonicalQuery(context.rawQuery)
  return { queueId, key, parameters, ratingKey, mediaIndex, partIndex, plan, container }
}

function decisionReply(demo: DemoContext, context: RequestContext): Reply {
  const [item] = itemsIn(demo, context)
  if (!item || item.status === 'deciding') throw new HttpError(400, 'no decision yet')
  const { mediaIndex, partIndex, plan, container } = item
  const row = metadataRow(demo.index.find(item.ratingKey)!, demo.rowFacts, { isFull: true })
  const subject = { row, mediaIndex, partIndex, sessionIdentifier: `download-${item.id}` }
  const decided: ReplyObject =
    plan === null
      ? directPlayContainer(subject)
      : conversionContainer(subject, plan, { protocol: 'http', container })
  return containerReply(decided, context.isJson)
}

/** The finished file; 503 and when to ask again until there is one. */
function mediaReply(demo: DemoContext, context: RequestContext): Reply {
  const [item] = itemsIn(demo, context)
  if (!item || item.status === 'expired') throw new HttpError(404)
  if (item.status === 'error') throw new HttpError(500)
  const { sizeBytes } = item
  if (item.status !== 'available' || sizeBytes === null)
    return errorReply(503, { 'Retry-After': item.status === 'processing' ? '1' : '-1' })
  const range = parseByteRange(context.headers.range, sizeBytes)
  if (range === 'unsatisfiable') return errorReply(416, { 'Content-Range': `bytes */${sizeBytes}` })
  const { first, last } = range ?? { first: 0, last: sizeBytes - 1 }
  const path = demo.downloads.pathOf(item)
  return {
    status: range ? 206 : 200,
    headers: {
      'Content-Type': MIMES[item.container],
      'Content-Length': `${last - first + 1}`,
      'Content-Disposition': `attachment; filename="${item.ratingKey}.${item.container}"`,
      'Accept-Ranges': 'bytes',
      ...(range ? { 'Content-Range': `bytes ${first}-${last}/${sizeBytes}` } : {}),
    },
    body:
      context.method === 'HEAD'
        ? null
        : createReadStream(path, { start: first, end: last, highWaterMark: 262_144 }),
  }
}
