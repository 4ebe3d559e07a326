import { request } from 'node:http'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { DemoServer } from './demo-server.ts'
import {
  container,
  control,
  counters,
  get,
  startTestServer,
  TEST_FILM,
  transcodeQuery,
  UNIVERSAL,
} from './testing/test-server.ts'

let server: DemoServer
let partKey: string
let partSize: number

beforeAll(async () => {
  server = await startTestServer()
  const item = await container(await get(server, `/library/metadata/${TEST_FILM}`))
  const part = item.Metadata[0].Media[0].Part[0]
  partKey = part.key
  partSize = part.size
}, 120_000)

afterAll(() => server.close())
afterEach(() => control(server, { serving: true, mode: 'reset', latencyMs: 0, mbps: null, refuse: {} }))

test('only who the server is can be asked without a token, and errors are pages', async () => {
  expect((await fetch(`${server.url}/identity`)).status).toBe(200)
  const refused = await fetch(`${server.url}/library/sections`, { headers: { Accept: 'application/json' } })
  expect(refused.status).toBe(401)
  expect(await refused.text()).toMatch(/^<html><head><title>Unauthorized/)
  expect((await fetch(`${server.url}/library/sections?X-Plex-Token=${server.token}`)).status).toBe(200)
  expect((await get(server, '/library/metadata/999999')).status).toBe(404)
})

test('streams, chapters and markers come only where a real server sends them', async () => {
  const list = await container(await get(server, '/library/sections/1/all'))
  const single = await container(await get(server, `/library/metadata/${TEST_FILM}`))
  expect(list.totalSize).toBeUndefined()
  expect(list.Metadata[0].Media[0].Part[0].Stream).toBeUndefined()
  expect(single.Metadata[0].Media[0].Part[0].Stream.map((stream) => stream.streamType)).toEqual([
    1, 2, 2, 3, 3,
  ])
})

test('a part is served whole, in ranges, and not at all to HEAD', async () => {
  const range = await get(server, partKey, { headers: { Range: 'bytes=100-299' } })
  expect(range.status).toBe(206)
  expect(range.headers.get('content-range')).toBe(`bytes 100-299/${partSize}`)
  expect(range.headers.get('content-type')).toBe('video/x-matroska')
  const whole = await get(server, partKey)
  expect([whole.status, whole.headers.get('content-length')]).toEqual([200, `${partSize}`])
  const bytes = Buffer.from(await whole.arrayBuffer())
  expect(bytes.length).toBe(partSize)
  expect(Buffer.from(await range.arrayBuffer()).equals(bytes.subarray(100, 300))).toBe(true)
  expect((await get(server, partKey, { headers: { Range: `bytes=${partSize}-` } })).status).toBe(416)
  expect((await get(server, partKey, { method: 'HEAD' })).status).toBe(500)
})

test('external subtitles come as SRT and as WebVTT', async () => {
  const item = await container(await get(server, `/library/metadata/${TEST_FILM}`))
  const key = item.Metadata[0].Media[0].Part[0].Stream.find((stream) => stream.key)?.key
  expect(await (await get(server, `${key}.srt?encoding=utf-8`)).text()).toMatch(
    /^1\n00:00:01,000 --> 00:00:04,000\n/,
  )
  expect(await (await get(server, `${key}?format=vtt`)).text()).toMatch(/^WEBVTT\n\n1\n00:00:01\.000/)
})

test('pictures are scaled to cover a box or to fit inside it', async () => {
  const item = await container(await get(server, `/library/metadata/${TEST_FILM}`))
  const url = encodeURIComponent(item.Metadata[0].thumb)
  const sizeOf = async (fit: string): Promise<[number, number]> => {
    const jpeg = Buffer.from(await (await get(server, `/photo/:/transcode?url=${url}&${fit}`)).arrayBuffer())
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]))
    return [jpeg.readUInt16BE(frame + 7), jpeg.readUInt16BE(frame + 5)]
  }
  expect(await sizeOf('width=200&height=200')).toEqual([133, 200])
  expect(await sizeOf('width=200&height=200&minSize=1')).toEqual([200, 300])
})

test('thumbnails of a full-size film come as one file', async () => {
  const reply = await get(server, `/library/parts/${TEST_FILM}11/indexes/sd`)
  expect(reply.status).toBe(200)
  const bif = Buffer.from(await reply.arrayBuffer())
  expect(bif.subarray(1, 4).toString()).toBe('BIF')
  // 75 s, one picture in four.
  expect(bif.readUInt32LE(12)).toBe(19)
})

test('watched marks show on the item', async () => {
  const mark = (what: string) =>
    get(server, `/:/${what}?key=${TEST_FILM}&identifier=com.plexapp.plugins.library`)
  const item = async () => (await container(await get(server, `/library/metadata/${TEST_FILM}`))).Metadata[0]
  expect((await mark('scrobble')).status).toBe(200)
  expect(await item()).toMatchObject({ viewCount: 1 })
  expect((await mark('unscrobble')).status).toBe(200)
  expect((await item()).viewCount).toBeUndefined()
  expect((await get(server, '/:/scrobble?key=1')).status).toBe(400)
})

test('a timeline past the end is refused, and one inside is kept', async () => {
  const send = (time: number) =>
    get(
      server,
      `/:/timeline?ratingKey=${TEST_FILM}&state=paused&time=${time}&duration=75000&X-Plex-Client-Identifier=c`,
    )
  expect((await send(75_001)).status).toBe(400)
  expect(await container(await send(30_000))).toMatchObject({ viewOffset: 30_000, playbackState: 'progress' })
})

test('counters count what is sent, and nothing of the control', async () => {
  await fetch(`${server.url}/demo/counters/reset`, { method: 'POST' })
  await (await get(server, partKey, { headers: { Range: 'bytes=0-999' } })).arrayBuffer()
  expect(await counters(server)).toMatchObject({
    requests: 1,
    bytes: 1000,
    byPath: { [partKey]: { requests: 1, bytes: 1000 } },
  })
  expect((await control(server, { sped: 1 })).status).toBe(400)
})

test('the rate limit holds for a transfer in flight', async () => {
  await control(server, { mbps: 8 })
  const startedAt = performance.now()
  const slow = get(server, partKey, { headers: { Range: 'bytes=0-999999' } }).then((response) =>
    response.arrayBuffer(),
  )
  setTimeout(() => void control(server, { mbps: null }), 300)
  await slow
  const milliseconds = performance.now() - startedAt
  expect(milliseconds).toBeGreaterThan(280)
  expect(milliseconds).toBeLessThan(800)
})

test('a server that does not serve resets, also what is under way, but answers the control', async () => {
  await control(server, { mbps: 1 })
  const underWay = get(server, partKey).then((response) => response.arrayBuffer())
  await new Promise((resolve) => setTimeout(resolve, 50))
  await control(server, { serving: false, mbps: null })
  await expect(underWay).rejects.toBeInstanceOf(Error)
  await expect(fetch(`${server.url}/identity`)).rejects.toBeInstanceOf(Error)
  expect((await counters(server)).refused).toBeGreaterThan(0)
  await control(server, { serving: true })
  expect((await fetch(`${server.url}/identity`)).status).toBe(200)
})

test('a server that hangs accepts and says nothing', async () => {
  await control(server, { serving: false, mode: 'hang' })
  const silent = await new Promise((resolve) => {
    const asked = request(`${server.url}/identity`, () => resolve('answered')).end()
    asked.on('error', () => resolve('error'))
    setTimeout(() => {
      resolve('silent')
      asked.destroy()
    }, 300)
  })
  expect(silent).toBe('silent')
})

test('refusals answer with the chosen status', async () => {
  await control(server, { refuse: { '/library/parts': 503 } })
  expect((await get(server, partKey)).status).toBe(503)
  expect((await get(server, '/library/sections')).status).toBe(200)
})

test('a transcode needs a decision first, with the same parameters', async () => {
  const query = transcodeQuery('cold')
  const status = async (step: string, parameters: string) =>
    (await get(server, `${UNIVERSAL}/${step}?${parameters}`)).status
  expect(await status('start.m3u8', query)).toBe(400)
  expect(await status('decision', transcodeQuery('cold', { 'X-Plex-Platform': 'Linux' }))).toBe(400)
  expect(await status('decision', query)).toBe(200)
  expect(await status('start.m3u8', `${query}&offset=5`)).toBe(400)
  expect(await status('start.m3u8', query)).toBe(200)
  expect(await status('stop', 'session=cold')).toBe(200)
  expect(await status('stop', 'session=cold')).toBe(404)
  expect(await status('stop', '')).toBe(400)
})

test('direct play is decided without a transcode', async () => {
  const query = transcodeQuery('direct', { directPlay: '1', hasMDE: '1' })
  const decision = await container(await get(server, `${UNIVERSAL}/decision?${query}`))
  expect(decision).toMatchObject({ generalDecisionCode: 1000 })
  expect(decision.Metadata[0].Media[0].Part[0]).toMatchObject({ decision: 'directplay', key: partKey })
})
