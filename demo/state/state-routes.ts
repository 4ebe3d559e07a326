import type { DemoContext } from '../demo-context.ts'
import { containerReply, emptyReply, HttpError, type Reply } from '../http/reply.ts'
import type { RequestContext } from '../http/request-context.ts'
import { route, type Route } from '../http/router.ts'
import type { LibraryEntry } from '../library/library-index.ts'
import { afterScrobble, afterTimeline } from './watch-state.ts'

const STATES = ['playing', 'paused', 'buffering', 'stopped']

/** Progress reports and watched marks. */
export function stateRoutes(demo: DemoContext): Route[] {
  return [
    route('GET POST', '/:/timeline', (context) => timelineReply(demo, context)),
    route('GET PUT', '/:/scrobble', (context) => mark(demo, context, true)),
    route('GET PUT', '/:/unscrobble', (context) => mark(demo, context, false)),
  ]
}

function timelineReply(demo: DemoContext, context: RequestContext): Reply {
  const { query } = context
  const client = context.parameter('X-Plex-Client-Identifier')
  const state = query.get('state') ?? ''
  const timeMs = Number(query.get('time') ?? NaN)
  const item = demo.index.playable(Number(query.get('ratingKey')))
  const durationMs = Number(query.get('duration') ?? item?.durationMs)
  if (!client || !item || !STATES.includes(state) || !(timeMs >= 0) || timeMs > durationMs)
    throw new HttpError(400)
  const isOffline = query.get('offline') === '1'
  const atS = isOffline ? Number(query.get('updated') ?? nowS()) : nowS()
  const before = demo.watchState.of(item.ratingKey)
  const isOutdated = isOffline && atS < (before.lastViewedAt ?? 0)
  if (!isOutdated) demo.watchState.set(item.ratingKey, afterTimeline(before, timeMs, item.durationMs, atS))
  if (!isOffline) moveTranscode(demo, context, client, item.ratingKey, state, timeMs / 1000)
  const { viewOffsetMs, viewCount } = demo.watchState.of(item.ratingKey)
  const { terminate } = demo.control()
  return containerReply(
    {
      size: 0,
      ...(terminate === null ? {} : { terminationCode: 2006, terminationText: terminate }),
      playbackState: 'progress',
      skipCount: 0,
      viewCount: viewCount ?? 0,
      viewOffset: viewOffsetMs ?? 0,
    },
    context.isJson,
  )
}

/** A position moves the throttle of the client's transcode; `stopped` ends it, unless something follows. */
function moveTranscode(
  demo: DemoContext,
  context: RequestContext,
  client: string,
  ratingKey: number,
  state: string,
  positionS: number,
): void {
  if (state === 'stopped') {
    if (context.query.get('continuing') !== '1') demo.sessions.endClient(client)
    return
  }
  const identifier = context.parameter('X-Plex-Session-Identifier')
  for (const session of demo.sessions.all) {
    const { request } = session.source
    const isSameClient = request.clientIdentifier === client && request.ratingKey === ratingKey
    if (isSameClient && (!identifier || identifier === request.sessionIdentifier)) session.playedTo(positionS)
  }
}

function mark(demo: DemoContext, { query }: RequestContext, isWatched: boolean): Reply {
  if (query.get('identifier') !== 'com.plexapp.plugins.library' || !query.has('key')) throw new HttpError(400)
  const entry: LibraryEntry | null = demo.index.find(Number(query.get('key')))
  if (!entry) throw new HttpError(404)
  for (const { item } of demo.index.leaves(entry)) {
    if (isWatched)
      demo.watchState.set(item.ratingKey, afterScrobble(demo.watchState.of(item.ratingKey), nowS()))
    else demo.watchState.forget(item.ratingKey)
  }
  return emptyReply()
}

function nowS(): number {
  return Math.floor(Date.now() / 1000)
}
