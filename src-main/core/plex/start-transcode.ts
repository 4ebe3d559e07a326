import { randomUUID } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import { parsePlaylist } from '../cache/hls/parse-playlist.ts'
import { SpoolError } from '../spool-error.ts'
import { checkDecision, type ExpectedTranscode } from './check-decision.ts'
import type { ClientIdentity } from './client-identity.ts'
import { parseJson } from './decode/container.ts'
import { decodeDecision } from './decode/decision.ts'
import type { PlexRequest } from './http-transport.ts'
import type { PlexClient } from './plex-client.ts'
import { transcodePath } from './plex-paths.ts'
import { refusalOfStatus } from './refusal.ts'
import { readBody } from './reply-status.ts'
import { transcodeQuery, type TranscodeOrder } from './transcode-parameters.ts'
import { sessionHeaders, stopTranscode, TranscodeSession } from './transcode-session.ts'

export interface TranscodeStart {
  readonly client: PlexClient
  readonly clock: Clock
  readonly identity: ClientIdentity
  readonly order: Omit<TranscodeOrder, 'sessionId'>
  readonly expected: ExpectedTranscode
}

const replyBytes = 8 * 1024 * 1024
const startTimeoutMs = 30_000

/**
 * Decision, start, playlist: in this order and with the same parameters, or the server answers 400. Leaves nothing running
 * on the server when it throws: `source-unreachable`, `source-busy`, `source-refused`, `not-allowed`, `over-limit`, `ended-by-server`,
 * `unplayable`, `unknown-media`, `bad-reply`, `bad-playlist`.
 */
export async function startTranscode(start: TranscodeStart, signal: AbortSignal): Promise<TranscodeSession> {
  const { client, expected } = start
  if (expected.burnedSubtitleId !== null)
    await client.selectStreams(expected.partId, expected.audioStreamId, expected.burnedSubtitleId, signal)
  let sessionId = randomUUID()
  let verdict = await decide(start, sessionId, signal)
  if (verdict === 'other-audio') {
    // Older servers do not listen to the parameter, only to the part's stored selection.
    await client.selectStreams(expected.partId, expected.audioStreamId, expected.burnedSubtitleId, signal)
    sessionId = randomUUID()
    verdict = await decide(start, sessionId, signal)
  }
  if (verdict === 'other-audio')
    throw new SpoolError('unplayable', { detail: 'the server takes another audio track' })
  try {
    return await open(start, sessionId, signal)
  } catch (error) {
    await stopTranscode(client, start.identity, sessionId)
    throw error
  }
}

async function decide(
  start: TranscodeStart,
  sessionId: string,
  signal: AbortSignal,
): Promise<'good' | 'other-audio'> {
  const text = await readText(
    start,
    {
      path: transcodePath('decision'),
      query: transcodeQuery({ ...start.order, sessionId }),
      headers: sessionHeaders(start.identity, sessionId),
    },
    signal,
  )
  return checkDecision(decodeDecision(parseJson(text)), start.expected)
}

async function open(
  start: TranscodeStart,
  sessionId: string,
  signal: AbortSignal,
): Promise<TranscodeSession> {
  const { client, clock, identity, order } = start
  const startPath = transcodePath('start.m3u8')
  const read = async (path: string, query?: ReturnType<typeof transcodeQuery>): Promise<string> => {
    const headers = { ...sessionHeaders(identity, sessionId), Accept: '*/*' }
    const request = { path, headers, headersTimeoutMs: startTimeoutMs, ...(query ? { query } : {}) }
    return readText(start, request, signal)
  }
  const first = await read(startPath, transcodeQuery({ ...order, sessionId }))
  const found = parsePlaylist(first)
  if (found.kind === 'media')
    return new TranscodeSession({
      ...start,
      connection: client,
      sessionId,
      playlist: first,
      playlistPath: startPath,
    })
  const url = URL.parse(found.variants[0]?.uri ?? '', new URL(startPath, client.origin).href)
  if (url?.origin !== client.origin)
    throw new SpoolError('bad-playlist', { detail: 'a playlist on another server' })
  const playlistPath = url.pathname + url.search
  const playlist = await read(playlistPath)
  if (parsePlaylist(playlist).kind !== 'media')
    throw new SpoolError('bad-playlist', { detail: 'no segments' })
  return new TranscodeSession({
    connection: client,
    clock,
    identity,
    sessionId,
    playlist,
    playlistPath,
  })
}

/** Throws what a status means on these endpoints. */
async function readText(
  { client, order }: TranscodeStart,
  request: PlexRequest,
  signal: AbortSignal,
): Promise<string> {
  const reply = await client.send(request, signal)
  if (reply.status !== 200) {
    reply.discard()
    throw refusalOfStatus(reply.status, reply.headers['retry-after'], order.location === 'wan')
  }
  return Buffer.from(await readBody(reply, replyBytes)).toString('utf8')
}
