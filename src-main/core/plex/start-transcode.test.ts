import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../base/clock.ts'
import { ladder } from '../quality/ladder.ts'
import { makeIdentity } from './client-identity.ts'
import { decodeDecision } from './decode/decision.ts'
import { PlexClient } from './plex-client.ts'
import { transcodePath } from './plex-paths.ts'
import { startTranscode } from './start-transcode.ts'
import { TinyServer } from './test-support/tiny-server.ts'

const decision: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/decision-spec.json'), 'utf8'),
)
const { versionId, partId } = decodeDecision(decision)
const identity = makeIdentity('client-1', '0.1.0')
const segments = '#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n0.ts\n#EXT-X-ENDLIST\n'

let server: TinyServer
let client: PlexClient

beforeEach(async () => {
  server = new TinyServer()
  await server.start()
  server.json(transcodePath('decision'), decision)
  client = new PlexClient({
    sourceId: 'tiny-machine',
    baseUrl: server.url,
    token: 'good-token',
    identity,
    clock: systemClock,
  })
  client.monitor.start()
})

afterEach(async () => {
  await client.close()
  await server.stop()
})

const start = (playlist: string) => {
  server.on(transcodePath('start.m3u8'), (_request, response) => void response.end(playlist))
  const order = {
    ratingKey: '1',
    mediaIndex: 0,
    partIndex: 0,
    rung: ladder[0]!,
    audioStreamId: null,
    burnsSubtitle: false,
    startMs: 0,
    location: 'lan',
    bufferKb: 102_400,
  } as const
  const expected = {
    versionId: versionId ?? '',
    partId: partId ?? '',
    audioStreamId: null,
    burnedSubtitleId: null,
    picture: null,
    bitrateKbps: 40_000,
  }
  return startTranscode(
    { client, clock: systemClock, identity, order, expected },
    new AbortController().signal,
  )
}

it('takes a list of segments, or of variants one of which lists them', async () => {
  const direct = await start(segments)
  expect(direct.playlist).toBe(segments)
  await direct.stop()
  server.on(
    '/video/:/transcode/universal/session/x/base/index.m3u8',
    (_request, response) => void response.end(segments),
  )
  const variants = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nsession/x/base/index.m3u8\n'
  const indirect = await start(variants)
  expect(indirect.playlist).toBe(segments)
  await indirect.stop()
})

it.each([
  ['an error page', '<html><head><title>Not Found</title></head></html>'],
  ['nothing', ''],
  ['no segments', '#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXT-X-ENDLIST\n'],
  ['another server', '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://127.0.0.1:1/index.m3u8\n'],
  ['what breaks the parser', '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="k",IV=0xzz\n#EXTINF:3,\n0.ts\n'],
])('%s instead of a playlist is bad-playlist, and leaves nothing running', async (_, playlist) => {
  await expect(start(playlist)).rejects.toMatchObject({ code: 'bad-playlist' })
  expect(server.requestsTo(transcodePath('stop'))).toHaveLength(1)
})
