import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DemoServer } from '../demo-server.ts'
import { isProcessAlive } from '../media/media-folder.ts'
import { firstVideoTime, frameMarks } from '../testing/pictures.ts'
import {
  container,
  control,
  counters,
  get,
  startTestServer,
  startTranscode,
  TEST_FILM,
  TEST_FILM_CODE,
  TEST_FILM_FPS,
  transcodeQuery,
  UNIVERSAL,
} from '../testing/test-server.ts'
import { FAR_SEGMENTS } from './head.ts'

let server: DemoServer

beforeAll(async () => {
  server = await startTestServer({ sessionIdleS: 3 })
}, 120_000)

afterAll(() => server.close())

async function segment(base: string, index: number): Promise<Buffer> {
  const response = await fetch(`${base}/${String(index).padStart(5, '0')}.ts`)
  expect(response.status).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}

async function stop(session: string): Promise<void> {
  await (await get(server, `${UNIVERSAL}/stop?session=${session}`)).arrayBuffer()
}

function marksFrom(frame: number, count: number, rung: number) {
  return Array.from({ length: count }, (_, index) => ({ frame: frame + index, film: TEST_FILM_CODE, rung }))
}

test('a transcode from decision to stop: exact pictures near and far, nothing left behind', async () => {
  const base = await startTranscode(server, 'life')
  const playlist = await (await fetch(`${base}/index.m3u8`)).text()
  expect(playlist.split('\n').slice(0, 7)).toEqual([
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    '#EXT-X-TARGETDURATION:1',
    '#EXT-X-ALLOW-CACHE:NO',
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXTINF:1.000000,',
    '00000.ts',
  ])
  expect(playlist.trimEnd().split('\n').slice(-2)).toEqual(['00074.ts', '#EXT-X-ENDLIST'])

  // The beginning comes last: from there the encoder rests before the end, so that it still lives when it is counted.
  for (const index of [20, 70, 74, 1, 0]) {
    const bytes = await segment(base, index)
    expect(bytes.length).toBeGreaterThan(188)
    expect(firstVideoTime(bytes)).toBeCloseTo(10 + index, 4)
    expect(await frameMarks(bytes)).toEqual(marksFrom(index * TEST_FILM_FPS, TEST_FILM_FPS, 8))
  }
  expect((await fetch(`${base}/00075.ts`)).status).toBe(404)

  const [encoder] = (await counters(server)).encoders
  expect(encoder).toMatchObject({
    session: 'life',
    clientIdentifier: 'client-of-life',
    ratingKey: `${TEST_FILM}`,
    width: 1280,
  })
  await stop('life')
  await expect.poll(() => isProcessAlive(encoder.pid)).toBe(false)
  expect(await counters(server)).toMatchObject({ encoders: [], sessions: 0 })
  expect((await fetch(`${base}/00000.ts`)).status).toBe(404)
})

test('another session makes the same segment with the same times and frames, at another quality', async () => {
  const low = { videoResolution: '420x240', maxVideoBitrate: '320', secondsPerSegment: '3', offset: '30' }
  const base = await startTranscode(server, 'low', low)
  const bytes = await segment(base, 12)
  expect(firstVideoTime(bytes)).toBeCloseTo(10 + 36, 4)
  expect(await frameMarks(bytes)).toEqual(marksFrom(36 * TEST_FILM_FPS, 3 * TEST_FILM_FPS, 13))
  expect(
    (await fetch(`${base}/index.m3u8`).then((response) => response.text())).match(/#EXTINF:3.0/g),
  ).toHaveLength(25)
  await stop('low')
})

test('a segment is whole the moment it is served', async () => {
  const base = await startTranscode(server, 'whole', { videoResolution: '576x360', maxVideoBitrate: '720' })
  const indexes = Array.from({ length: 50 }, (_, index) => index)
  const early: Buffer[] = []
  for (const index of indexes) early.push(await segment(base, index))
  const late = await Promise.all(indexes.map((index) => segment(base, index)))
  expect(early.map((bytes) => bytes.length)).toEqual(late.map((bytes) => bytes.length))
  expect(early.every((bytes) => bytes.length % 188 === 0)).toBe(true)
  await stop('whole')
})

test('the decision says what will come', async () => {
  const decision = await container(
    await get(server, `${UNIVERSAL}/decision?${transcodeQuery('said', { audioStreamID: '104113' })}`),
  )
  const [media] = decision.Metadata[0].Media
  expect(decision).toMatchObject({ generalDecisionCode: 1001 })
  expect(media).toMatchObject({
    id: '1041',
    selected: true,
    container: 'mpegts',
    protocol: 'hls',
    width: 1280,
    height: 720,
  })
  expect(media.Part[0]).toMatchObject({ decision: 'transcode' })
  expect(media.Part[0].key).toBeUndefined()
  expect(media.Part[0].Stream).toMatchObject([
    { streamType: 1, decision: 'transcode', codec: 'h264' },
    { id: '104113', streamType: 2, decision: 'transcode', codec: 'aac' },
  ])
})

test('a far request moves the head, a near one waits for it', async () => {
  await control(server, { encoderSpeed: 4 })
  const base = await startTranscode(server, 'far')
  await segment(base, 0)
  const head = async () => (await counters(server)).encoders[0].headSegment
  const before = await head()
  await segment(base, before + FAR_SEGMENTS - 5)
  expect(await head()).toBeLessThan(before + FAR_SEGMENTS + 3)
  await segment(base, 60)
  expect(await head()).toBeGreaterThanOrEqual(61)
  expect(await head()).toBeLessThan(66)
  await stop('far')
  await control(server, { encoderSpeed: null })
})

test('the encoder rests a minute ahead, and goes on when the player does', async () => {
  const base = await startTranscode(server, 'rest', { videoResolution: '420x240', maxVideoBitrate: '320' })
  await segment(base, 0)
  const session = async () =>
    (await container(await get(server, '/transcode/sessions/rest'))).TranscodeSession[0]
  await expect.poll(async () => (await session()).throttled, { timeout: 15_000 }).toBe(true)
  expect((await session()).maxOffsetAvailable).toBeLessThan(64)
  await segment(base, 12)
  await sleep(300)
  expect((await session()).throttled).toBe(true) // fetching alone does not drive it
  await get(
    server,
    `/:/timeline?ratingKey=${TEST_FILM}&state=playing&time=14000&duration=75000&X-Plex-Client-Identifier=client-of-rest`,
  )
  await expect.poll(async () => (await session()).maxOffsetAvailable, { timeout: 10_000 }).toBeGreaterThan(70)
  await stop('rest')
})

test('a client has one transcode: another one ends it, and so does reading a file on the side', async () => {
  const client = { 'X-Plex-Client-Identifier': 'one-client' }
  await startTranscode(server, 'first', client)
  await startTranscode(server, 'second', client)
  expect((await counters(server)).encoders.map((encoder) => encoder.session)).toEqual(['second'])
  const item = await container(await get(server, `/library/metadata/${TEST_FILM}`))
  const { key } = item.Metadata[0].Media[0].Part[0]
  const headers = { ...client, Range: 'bytes=0-9' }
  await get(server, key, { headers: { ...headers, 'X-Plex-Session-Identifier': 'its-own' } })
  expect((await counters(server)).sessions).toBe(1)
  await get(server, key, { headers })
  expect((await counters(server)).sessions).toBe(0)
})

test('a session that nobody uses ends, one that is pinged does not', async () => {
  await startTranscode(server, 'forgotten')
  await startTranscode(server, 'pinged')
  for (let turn = 0; turn < 5; turn++) {
    await sleep(800)
    await get(server, `${UNIVERSAL}/ping?session=pinged`)
  }
  expect((await counters(server)).encoders.map((encoder) => encoder.session)).toEqual(['pinged'])
  await stop('pinged')
})

test('a session lives as long as somebody waits for a segment of it', async () => {
  await control(server, { encoderSpeed: 0.25 }) // four seconds for a segment: longer than a session may be idle
  const base = await startTranscode(server, 'slow')
  expect((await segment(base, 0)).length).toBeGreaterThan(188)
  await stop('slow')
  await control(server, { encoderSpeed: null })
})

test('a server that is switched off ends its encoders', async () => {
  const base = await startTranscode(server, 'off')
  const waiting = fetch(`${base}/00009.ts`).catch((error: unknown) => error)
  await sleep(50)
  const [{ pid }] = (await counters(server)).encoders
  await control(server, { serving: false })
  expect(await waiting).toBeInstanceOf(Error)
  await expect.poll(() => isProcessAlive(pid)).toBe(false)
  await control(server, { serving: true })
})

test('burned subtitles come from what is selected on the part', async () => {
  await get(server, '/library/parts/10411?subtitleStreamID=104114', { method: 'PUT' })
  const base = await startTranscode(server, 'burn', { subtitles: 'burn' })
  const bytes = await segment(base, 2)
  expect(await frameMarks(bytes)).toEqual(marksFrom(2 * TEST_FILM_FPS, TEST_FILM_FPS, 8))
  await stop('burn')
  await get(server, '/library/parts/10411?subtitleStreamID=0', { method: 'PUT' })
})

test('closing the server leaves no folder', async () => {
  const other = await startTestServer()
  await startTranscode(other, 'brief')
  await other.close()
  const mine = () =>
    readdirSync(tmpdir()).filter((name) => name.startsWith(`spool-demo-server-${process.pid}-`))
  await expect.poll(() => mine().length, { timeout: 5000 }).toBeLessThanOrEqual(1)
})

test('oddities hold for the sessions that start under them', async () => {
  const first = async (base: string, index: number) => {
    const bytes = await segment(base, index)
    return { time: firstVideoTime(bytes), marks: await frameMarks(bytes) }
  }
  await control(server, { transcode: { gridShiftS: 0.5 } })
  const late = await first(await startTranscode(server, 'late'), 3)
  expect(late.time).toBeCloseTo(13.5, 4)
  expect(late.marks).toEqual(marksFrom(3.5 * TEST_FILM_FPS, TEST_FILM_FPS, 8))
  await control(server, { transcode: { clockShiftS: -8.6, otherSettings: true } })
  const other = await first(await startTranscode(server, 'other'), 3)
  expect(other.time).toBeCloseTo(4.4, 4)
  expect(other.marks).toEqual(marksFrom(3 * TEST_FILM_FPS, TEST_FILM_FPS, 8))
  await control(server, { transcode: { copies: true, extraSegments: 1 } })
  const base = await startTranscode(server, 'copies')
  expect(await (await fetch(`${base}/index.m3u8`)).text()).toContain('#EXTINF:0.021000,\n00075.ts')
  expect((await fetch(`${base}/00075.ts`)).status).toBe(404)
  // The source has a key frame every four seconds; the playlist promises one second.
  expect((await first(base, 3)).marks).toHaveLength(4 * TEST_FILM_FPS)
  await control(server, { transcode: {} })
  for (const session of ['late', 'other', 'copies']) await stop(session)
}, 60_000)

test('a direct stream says that it copies, and its playlist is wrong about it', async () => {
  const query = transcodeQuery('direct', {
    directStream: '1',
    videoResolution: '1920x1080',
    maxVideoBitrate: null,
  })
  const decision = await (await get(server, `${UNIVERSAL}/decision?${query}`)).text()
  expect(decision).toContain('"decision":"copy"')
  const base = await startTranscode(server, 'direct', {
    directStream: '1',
    videoResolution: '1920x1080',
    maxVideoBitrate: null,
  })
  expect(await (await fetch(`${base}/index.m3u8`)).text()).toContain('#EXTINF:1.000000,\n00000.ts')
  expect(await frameMarks(await segment(base, 0))).toHaveLength(4 * TEST_FILM_FPS)
  await stop('direct')
}, 60_000)

test('segments can be spoilt, one reply at a time', async () => {
  await control(server, { transcode: { segmentFaults: { 2: ['blank', 'truncated', 'missing', 'hang'] } } })
  const base = await startTranscode(server, 'spoilt')
  const url = `${base}/00002.ts`
  const whole = await segment(base, 1)
  expect(await (await fetch(url)).bytes()).toHaveLength(188)
  const half = await (await fetch(url)).bytes()
  expect(half.length).toBeGreaterThan(188)
  expect(half.length).toBeLessThan(whole.length)
  expect((await fetch(url)).status).toBe(404)
  const hanging = await fetch(url)
  expect(hanging.status).toBe(200)
  await hanging.body?.cancel()
  expect((await segment(base, 2)).length).toBeGreaterThan(half.length)
  await stop('spoilt')
}, 60_000)

test('starts in a hurry are refused for a while', async () => {
  await control(server, { transcode: { startLimit: { starts: 2, refusedS: 0.5 } } })
  const decide = async (session: string): Promise<number> =>
    (await get(server, `${UNIVERSAL}/decision?${transcodeQuery(session)}`)).status
  expect(await decide('one')).toBe(200)
  expect(await decide('two')).toBe(200)
  expect(await decide('three')).toBe(400)
  await expect.poll(() => decide('four')).toBe(200)
  await control(server, { transcode: {} })
})
