import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { DemoContext } from '../demo-context.ts'
import { bytesReply, containerReply, emptyReply, HttpError, type Reply } from '../http/reply.ts'
import type { RequestContext } from '../http/request-context.ts'
import { route, type Route } from '../http/router.ts'
import type { CataloguePart } from '../library/catalogue-types.ts'
import { fileKbps } from '../library/media-rows.ts'
import { metadataRow } from '../library/metadata-rows.ts'
import { subtitleFileName } from '../media/make-media.ts'
import { FONTS } from '../media/run-ffmpeg.ts'
import { trackPositions } from '../state/stream-selection.ts'
import { conversionContainer, directPlayContainer, type DecisionSubject } from './decision-reply.ts'
import { planEncode, type EncodePlan } from './encode-plan.ts'
import type { SegmentFault } from './oddities.ts'
import { directPlayTooMuch, refusalContainer, streamLimitKbps } from './owner-limits.ts'
import { masterPlaylist, mediaPlaylist } from './playlist.ts'
import { requestProblem, startProblem } from './preconditions.ts'
import { parseTranscodeRequest, type TranscodeRequest } from './request.ts'
import { sessionRow } from './session-row.ts'
import type { TranscodeSession } from './session.ts'

const BASE = '/video/:/transcode/universal'
const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl'

/** Decisions, playlists and segments. What lies below a session needs no token: its name is the credential. */
export function transcodeRoutes(demo: DemoContext): Route[] {
  const open = { isOpen: true }
  const sessionOf = ({ params }: RequestContext): TranscodeSession => {
    const session = demo.sessions.get(params['session']!)
    if (!session) throw new HttpError(404)
    session.touch()
    return session
  }
  return [
    route('GET', `${BASE}/decision`, (context) => decisionReply(demo, context)),
    route('GET', `${BASE}/start.m3u8`, (context) => startReply(demo, context)),
    route(
      'GET',
      `${BASE}/session/{session}/base/index.m3u8`,
      (context) => {
        const { source, oddities } = sessionOf(context)
        return playlistReply(mediaPlaylist(source.plan, source.part.durationMs, oddities.extraSegments))
      },
      open,
    ),
    route(
      'GET',
      `${BASE}/session/{session}/base/{segment}`,
      async (context) => {
        const index = /^(\d{5})\.ts$/.exec(context.params['segment']!)?.[1]
        if (index === undefined) throw new HttpError(404)
        const fault = demo.sessions.takeFault(Number(index))
        if (fault === 'missing') throw new HttpError(404)
        const path = await sessionOf(context).segmentPath(Number(index), context.signal)
        const bytes = path && (await readFile(path).catch(() => null)) // it may have been pruned this moment
        if (!bytes) throw new HttpError(404)
        return fault === null ? bytesReply(bytes, 'video/mp2t') : spoiltReply(bytes, fault, context.signal)
      },
      open,
    ),
    route('GET', `${BASE}/ping`, ({ query }) => {
      const session = demo.sessions.get(requiredSession(query))
      if (!session) throw new HttpError(404)
      session.touch()
      return emptyReply()
    }),
    route('GET', `${BASE}/stop`, ({ query }) => {
      if (!demo.sessions.end(requiredSession(query))) throw new HttpError(404)
      return emptyReply()
    }),
    route('GET', '/transcode/sessions', ({ isJson }) => {
      const TranscodeSession = demo.sessions.all.map(sessionRow)
      return containerReply({ size: TranscodeSession.length, TranscodeSession }, isJson)
    }),
    route('GET', '/transcode/sessions/{session}', (context) =>
      containerReply({ size: 1, TranscodeSession: [sessionRow(sessionOf(context))] }, context.isJson),
    ),
  ]
}

/** What real servers send now and then instead of a segment. */
function spoiltReply(bytes: Buffer, fault: SegmentFault, signal: AbortSignal): Reply {
  if (fault === 'blank') return bytesReply(bytes.subarray(0, 188), 'video/mp2t')
  if (fault === 'truncated') return bytesReply(bytes.subarray(0, bytes.length >> 1), 'video/mp2t')
  // A reply that raced an encoder's restart: its head, and nothing more until the client goes.
  const body = new Readable({ read: () => undefined })
  signal.addEventListener('abort', () => body.destroy())
  return {
    status: 200,
    headers: { 'Content-Type': 'video/mp2t', 'Content-Length': `${bytes.length}` },
    body,
  }
}

function requiredSession(query: URLSearchParams): string {
  const session = query.get('session')
  if (!session) throw new HttpError(400, 'session is missing')
  return session
}

function playlistReply(text: string): Reply {
  return bytesReply(Buffer.from(text), PLAYLIST_TYPE, 200, { 'Cache-Control': 'no-cache' })
}

function decisionReply(demo: DemoContext, context: RequestContext): Reply {
  if (demo.sessions.isInAHurry()) throw new HttpError(400, 'too many starts')
  const request = acceptedRequest(context)
  const part = requestedPart(demo, request)
  const row = metadataRow(demo.index.find(request.ratingKey)!, demo.rowFacts, { isFull: true })
  const { mediaIndex, partIndex, sessionIdentifier } = request
  const subject: DecisionSubject = { row, mediaIndex, partIndex, sessionIdentifier }
  const control = demo.control()
  const limitKbps = streamLimitKbps(control)
  if (control.decision !== null)
    return containerReply(refusalContainer(control.decision, limitKbps), context.isJson)
  if (isOneTooMany(demo, request.clientIdentifier, control.maxStreams))
    return containerReply(refusalContainer(2000, null, TOO_MANY_STREAMS), context.isJson)
  if (request.directPlay) {
    const kbps = fileKbps(part, demo.media.sizeBytesOf(part.fileName))
    const isTooMuch = limitKbps !== null && kbps > limitKbps
    const container = isTooMuch ? directPlayTooMuch(limitKbps) : directPlayContainer(subject)
    return containerReply(container, context.isJson)
  }
  const plan = planFor(demo, request, part)
  if (limitKbps !== null && plan.totalKbps > limitKbps)
    return containerReply(refusalContainer(2001, limitKbps), context.isJson)
  const subtitle = plan.burnedSubtitle
  demo.sessions.decide({
    rawQuery: context.rawQuery,
    source: {
      request,
      plan,
      part,
      inputPath: demo.media.pathOf(part.fileName),
      burnedSubtitlePath: subtitle === null ? null : demo.media.pathOf(subtitleFileName(part, subtitle)),
      font: FONTS.monoBold,
    },
  })
  return containerReply(conversionContainer(subject, plan), context.isJson)
}

const TOO_MANY_STREAMS = 'This account already plays as many streams as its owner allows.'

/** Servers count clients, not playbacks. */
function isOneTooMany(demo: DemoContext, clientIdentifier: string, maxStreams: number | null): boolean {
  const others = new Set(demo.sessions.all.map(({ source }) => source.request.clientIdentifier))
  others.delete(clientIdentifier)
  return maxStreams !== null && others.size >= maxStreams
}

function startReply(demo: DemoContext, context: RequestContext): Reply {
  const { session } = acceptedRequest(context)
  const decided = demo.sessions.decisionOf(session)
  const problem = startProblem(context.rawQuery, decided?.rawQuery ?? null)
  if (problem || !decided) throw new HttpError(400, problem ?? '')
  demo.sessions.start(decided)
  return playlistReply(masterPlaylist(session, decided.source.plan, decided.source.part.framesPerSecond))
}

function acceptedRequest(context: RequestContext): TranscodeRequest {
  const problem = requestProblem(context)
  if (problem) throw new HttpError(400, problem)
  return parseTranscodeRequest(context)
}

function requestedPart(demo: DemoContext, request: TranscodeRequest): CataloguePart {
  const item = demo.index.playable(request.ratingKey)
  if (!item) throw new HttpError(404)
  const part = item.versions[request.mediaIndex]?.parts[request.partIndex]
  if (!part) throw new HttpError(400, 'no such mediaIndex or partIndex')
  return part
}

function planFor(demo: DemoContext, request: TranscodeRequest, part: CataloguePart): EncodePlan {
  const selected = demo.selection.of(part)
  const { audioStreamId } = request
  const requestedAudio = audioStreamId === null ? undefined : trackPositions(part).audio.get(audioStreamId)
  return planEncode(request, {
    part,
    kbps: fileKbps(part, demo.media.sizeBytesOf(part.fileName)),
    audioPosition: requestedAudio ?? selected.audio,
    selectedSubtitle: selected.subtitle,
  })
}
