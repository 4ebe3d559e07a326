import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../base/clock.ts'
import type { SpoolError } from '../spool-error.ts'
import { makeIdentity } from './client-identity.ts'
import { PlexClient } from './plex-client.ts'
import { ManualClock } from './test-support/manual-clock.ts'
import { sendJson, sendPage, TinyServer } from './test-support/tiny-server.ts'
import { until } from './test-support/until.ts'

const token = 'good-token'
let server: TinyServer
let client: PlexClient

const connect = (clock = systemClock): PlexClient => {
  const identity = makeIdentity('client-1', '0.1.0')
  const made = new PlexClient({
    sourceId: server.machineIdentifier,
    baseUrl: server.url,
    token,
    identity,
    clock,
  })
  made.monitor.start()
  return made
}

const failure = async (work: Promise<unknown>): Promise<SpoolError> => {
  const error = await work.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  )
  return error as SpoolError
}

beforeEach(async () => {
  server = new TinyServer()
  await server.start()
  client = connect()
})

afterEach(async () => {
  await client.close()
  await server.stop()
})

describe('requests', () => {
  it('ask for JSON exactly, say who asks, and carry the token in a header only', async () => {
    server.json('/library/sections', {
      MediaContainer: { Directory: [{ key: '1', type: 'movie', title: 'Films' }] },
    })
    expect(await client.getSections()).toEqual([{ key: '1', type: 'movie', title: 'Films' }])
    const [request] = server.requestsTo('/library/sections')
    expect(request?.headers).toMatchObject({
      accept: 'application/json',
      'x-plex-token': token,
      'x-plex-client-identifier': 'client-1',
      'x-plex-product': 'Spool',
      'x-plex-platform': 'Generic',
    })
    expect(server.seen.filter(({ rawUrl }) => rawUrl.includes(token))).toEqual([])
  })

  it('ask who answers at an address before giving it the token', async () => {
    await client.monitor.admit()
    const [probe] = server.requestsTo('/identity')
    expect(probe?.headers).toMatchObject({ 'x-plex-client-identifier': 'client-1' })
    expect(probe?.headers['x-plex-token']).toBeUndefined()
  })

  it('leave the subtitles alone that are chosen on the server, unless told otherwise', async () => {
    server.json('/library/parts/7', {})
    await client.selectStreams('7', '12', null)
    await client.selectStreams('7', '12', '15')
    expect(server.requestsTo('/library/parts/7').map(({ query }) => query.toString())).toEqual([
      'audioStreamID=12',
      'audioStreamID=12&subtitleStreamID=15',
    ])
  })

  it('go to no other server than their own, whatever its replies name', async () => {
    const other = new TinyServer()
    await other.start()
    for (const key of [`${other.url}/identity`, `//${new URL(other.url).host}/identity`, 'file:///etc/hosts'])
      expect([key, (await failure(client.getSubtitle(key))).code]).toEqual([key, 'bad-reply'])
    expect(other.seen).toEqual([])
    expect(client.monitor.isReachable).toBe(true)
    await other.stop()
  })

  it('send start and size of a page together', async () => {
    server.json('/library/sections/3/all', { MediaContainer: { totalSize: 0 } })
    await client.getSectionItems('3', { type: 'show', offset: 50, limit: 25, sort: 'addedAt:desc' })
    const query = Object.fromEntries(server.requestsTo('/library/sections/3/all')[0]?.query ?? [])
    expect(query).toMatchObject({
      type: '2',
      sort: 'addedAt:desc',
      'X-Plex-Container-Start': '50',
      'X-Plex-Container-Size': '25',
    })
  })

  it('never tell a time beyond the end', async () => {
    server.json('/:/timeline', { MediaContainer: { terminationCode: 2006, terminationText: 'Go Away' } })
    const reason = await client.sendTimeline({
      ratingKey: '7',
      state: 'stopped',
      timeMs: 70_000,
      durationMs: 60_000,
      sessionIdentifier: 'play-1',
      happenedAt: 1_700_000_000_999,
    })
    expect(reason).toBe('Go Away')
    const [request] = server.requestsTo('/:/timeline')
    expect(request?.method).toBe('POST')
    expect(request?.headers['x-plex-session-identifier']).toBe('play-1')
    expect(Object.fromEntries(request?.query ?? [])).toMatchObject({
      time: '60000',
      duration: '60000',
      offline: '1',
      updated: '1700000000',
    })
  })

  it('read a part under its own session', async () => {
    server.on('/library/parts/1/2/file.mkv', (_request, response) => {
      response
        .writeHead(206, { 'Content-Range': 'bytes 5-9/100', 'Content-Type': 'video/x-matroska' })
        .end('56789')
    })
    const session = { identifier: 'play-2', identity: makeIdentity('client-1-background', '0.1.0') }
    const reply = await client.fetchPart('/library/parts/1/2/file.mkv', { start: 5, end: 10 }, session)
    const bytes: Uint8Array[] = []
    for await (const chunk of reply.body) bytes.push(chunk)
    expect([reply.status, reply.headers['content-range'], Buffer.concat(bytes).toString()]).toEqual([
      206,
      'bytes 5-9/100',
      '56789',
    ])
    expect(server.requestsTo('/library/parts/1/2/file.mkv')[0]?.headers).toMatchObject({
      range: 'bytes=5-9',
      'x-plex-session-identifier': 'play-2',
      'x-plex-client-identifier': 'client-1-background',
    })
  })

  it('do without what an older server does not have', async () => {
    server.json('/library/onDeck', {
      MediaContainer: { Metadata: [{ ratingKey: 4, type: 'episode', title: 'x' }] },
    })
    expect((await client.getContinueWatching()).map((item) => item.ratingKey)).toEqual(['4'])
    expect(await client.search('anything')).toEqual([])
    expect(await client.search('  ')).toEqual([])
    expect(server.requestsTo('/hubs/search')).toHaveLength(1)
  })
})

describe('errors', () => {
  it.each([
    [401, 'source-refused'],
    [403, 'source-refused'],
    [404, 'unknown-media'],
    [400, 'bad-reply'],
    [500, 'bad-reply'],
    [503, 'source-unreachable'],
  ])('HTTP %i is %s', async (status, code) => {
    server.on('/library/sections', (_request, response) => sendPage(response, status))
    const error = await failure(client.getSections())
    expect(error.code).toBe(code)
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain(token)
    // An answer, whatever it says, is a sign of life.
    expect(client.monitor.isReachable).toBe(true)
  })

  it('a page with status 200 is no reply', async () => {
    server.on('/library/sections', (_request, response) => sendPage(response, 200))
    server.on('/photo/:/transcode', (_request, response) => sendPage(response, 200))
    expect((await failure(client.getSections())).code).toBe('bad-reply')
    expect((await failure(client.getImage('/library/metadata/1/thumb/2', 100, 150))).code).toBe('bad-reply')
  })

  it('an abort is the caller’s own', async () => {
    server.on('/library/sections', () => undefined)
    const controller = new AbortController()
    const asked = client.getSections(controller.signal)
    await until(() => server.requestsTo('/library/sections').length === 1)
    controller.abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')
    expect(client.monitor.isReachable).toBe(true)
  })

  it('a reply that breaks off is the network’s', async () => {
    server.on('/library/parts/1/2/file.mkv', (_request, response) => {
      response.writeHead(200, { 'Content-Length': '1000000' })
      response.write('x'.repeat(1000), () => response.destroy())
    })
    const session = { identifier: 's', identity: makeIdentity('c', '1') }
    const reply = await client.fetchPart('/library/parts/1/2/file.mkv', { start: 0, end: null }, session)
    const reading = (async () => {
      for await (const chunk of reply.body) expect(chunk.byteLength).toBeGreaterThan(0)
    })()
    expect((await failure(reading)).code).toBe('source-unreachable')
  })
})

describe('redirects', () => {
  it('are followed, without the token when they lead elsewhere', async () => {
    const received: Record<string, unknown>[] = []
    const other = createServer((request, response) => {
      received.push(request.headers)
      sendJson(response, { MediaContainer: { Directory: [] } })
    })
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    server.on('/library/sections', (_request, response) => {
      response.writeHead(302, { Location: '/moved' }).end()
    })
    server.on('/moved', (_request, response) => {
      response.writeHead(307, { Location: `http://127.0.0.1:${port}/elsewhere` }).end()
    })
    expect(await client.getSections()).toEqual([])
    expect(server.requestsTo('/moved')[0]?.headers['x-plex-token']).toBe(token)
    expect(Object.keys(received[0] ?? {}).filter((name) => name.startsWith('x-plex'))).toEqual([])
    other.closeAllConnections()
    await new Promise<void>((resolve) => other.close(() => resolve()))
  })

  it('to what is no address, like a path that is none, say nothing about the server', async () => {
    for (const location of ['http://[', 'ftp://127.0.0.1/x']) {
      server.on('/library/sections', (_request, response) => {
        response.writeHead(302, { Location: location }).end()
      })
      expect((await failure(client.getSections())).code).toBe('bad-reply')
    }
    for (const path of ['http://[', '//[', 'http://127.0.0.1:1/steal'])
      expect((await failure(client.getSubtitle(path))).code).toBe('bad-reply')
    expect(client.monitor.isReachable).toBe(true)
  })

  it('that never end are an error', async () => {
    server.on('/library/sections', (_request, response) => {
      response.writeHead(302, { Location: '/library/sections' }).end()
    })
    expect((await failure(client.getSections())).code).toBe('bad-reply')
    expect(server.requestsTo('/library/sections')).toHaveLength(6)
  })
})

describe('a server that goes away', () => {
  it('is noticed at the first failure, and then left alone but for the probes', async () => {
    server.json('/library/sections', { MediaContainer: {} })
    await client.getSections()
    await server.stop()
    expect((await failure(client.getSections())).code).toBe('source-unreachable')
    expect(client.monitor.isReachable).toBe(false)
    await server.start()
    server.seen.length = 0
    for (let n = 0; n < 20; n += 1)
      expect((await failure(client.getSections())).code).toBe('source-unreachable')
    expect(server.seen).toEqual([])
  })

  it('is found again by a probe, of which there is one in ten seconds', async () => {
    await client.close()
    const clock = new ManualClock()
    client = connect(clock)
    await until(() => client.monitor.isKnown)
    await server.stop()
    clock.advance(10_000)
    await until(() => !client.monitor.isReachable)
    await server.start()
    server.seen.length = 0
    clock.advance(9_999)
    expect(client.monitor.isReachable).toBe(false)
    expect(server.seen).toEqual([])
    clock.advance(1)
    await until(() => client.monitor.isReachable)
    expect(server.seen.map(({ path }) => path)).toEqual(['/identity'])
  })

  it('is off when it takes a connection and says nothing', async () => {
    await client.close()
    const clock = new ManualClock()
    client = connect(clock)
    await until(() => client.monitor.isKnown)
    server.isHanging = true
    const asked = failure(client.getSections())
    await until(() => server.requestsTo('/library/sections').length === 1)
    clock.advance(10_000)
    await until(() => server.requestsTo('/identity').length === 2)
    clock.advance(4_000)
    // What waited for it is cut as well.
    expect((await asked).code).toBe('source-unreachable')
    expect(client.monitor.isReachable).toBe(false)
  })

  it('is off when another server answers at its address', async () => {
    await client.close()
    server.json('/identity', { MediaContainer: { machineIdentifier: 'somebody-else' } })
    client = connect()
    expect((await failure(client.getSections())).code).toBe('source-unreachable')
    expect(server.seen.filter(({ path }) => path !== '/identity')).toEqual([])
  })

  it('survives a restart between two requests', async () => {
    server.json('/library/sections', { MediaContainer: {} })
    await client.getSections()
    await server.stop()
    await server.start()
    expect(await client.getSections()).toEqual([])
  })
})
