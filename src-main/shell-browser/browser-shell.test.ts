import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { networkInterfaces, tmpdir } from 'node:os'
import { connect as connectSocket } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { createMediaHandler } from '../core/media/media-handler.ts'
import { MemoryMedia } from '../core/media/test-support/memory-media.ts'
import type { Wire } from '../core/rpc/wire.ts'
import { SpoolError } from '../core/spool-error.ts'
import { createPageFiles } from '../shell-common/page-files.ts'
import { createRequestHandler } from './handle-request.ts'
import { listenOnLoopback, PortInUseError, type LoopbackServer } from '../shell-common/loopback-server.ts'
import { createPageGate, type PageGate } from '../shell-common/page-gate.ts'

const token = 'Zk3o-page-token_9'
const film = Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * 7) % 253)
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

let server: LoopbackServer
let media: MemoryMedia
let pageDir: string
let wires: Wire[]
let gate: PageGate

beforeEach(async () => {
  pageDir = mkdtempSync(join(tmpdir(), 'spool-page-'))
  mkdirSync(join(pageDir, 'assets'))
  writeFileSync(join(pageDir, 'index.html'), '<html><head><title>Spool</title></head></html>')
  writeFileSync(join(pageDir, 'assets/main-1a2b.js'), 'void 0')
  media = new MemoryMedia()
  media.files.set(7, { bytes: film, mime: 'video/mp4' })
  wires = []
  server = await listenOnLoopback(0)
  gate = createPageGate(server.port, token)
  const mediaHandler = createMediaHandler({
    cache: media,
    ladders: media.ladders,
    getImage: () => Promise.reject(new SpoolError('unknown-media')),
    getThumbnail: () => Promise.reject(new SpoolError('unknown-media')),
    getSubtitle: () => Promise.reject(new SpoolError('unknown-media')),
    isTokenOf: (_entry, given) => given === 'external',
    logger: quiet,
  })
  const httpRpc = (): Promise<Response> => Promise.resolve(Response.json({ ok: true }))
  server.serve({
    gate,
    handleRequest: createRequestHandler({ gate, mediaHandler, httpRpc, pageFiles: createPageFiles(pageDir) }),
    connect: (wire) => void wires.push(wire),
  })
})

afterEach(async () => {
  await server.close()
  rmSync(pageDir, { recursive: true })
})

interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** node:http and not fetch: a test must be able to lie about the host and to see a connection break. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port: server.port, path, method, headers, agent: false },
      (reply) => {
        const chunks: Buffer[] = []
        reply.on('data', (chunk: Buffer) => chunks.push(chunk))
        reply.on('error', reject)
        reply.on('end', () =>
          resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: Buffer.concat(chunks) }),
        )
      },
    )
    request.on('error', reject)
    request.end()
  })
}

async function enter(): Promise<{ cookie: string }> {
  const reply = await get(`/?token=${token}`)
  return { cookie: reply.headers['set-cookie']?.[0]?.split(';')[0] ?? '' }
}

describe('the page', () => {
  test('opens by its address, any number of times, and then by its cookie', async () => {
    for (let time = 0; time < 3; time += 1) {
      const reply = await get(`/?token=${token}`)
      expect(reply.status).toBe(200)
      expect(reply.headers['set-cookie']?.[0]).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/)
      expect(reply.body.toString()).toContain('<title>Spool</title>')
      expect(reply.body.toString()).toContain('src="/enter.js"')
    }
    const reply = await get('/', await enter())
    expect(reply.status).toBe(200)
    expect(reply.body.toString()).not.toContain('enter.js')
    expect((await get('/enter.js', await enter())).headers['content-type']).toContain('javascript')
  })

  test.each([
    '/',
    '/?token=wrong',
    '/?token=',
    '/assets/main-1a2b.js',
    '/item/abc/1?token=Zk3o-page-token_9',
    '/enter.js',
  ])('stays closed at %s without either', async (path) => {
    const reply = await get(path)
    expect(reply.status).toBe(401)
    expect(reply.headers['set-cookie']).toBeUndefined()
  })

  test('opens once by a pass', async () => {
    const pass = gate.issuePass()
    expect((await get(`/?token=${pass}`)).status).toBe(200)
    expect((await get(`/?token=${pass}`)).status).toBe(401)
    expect((await get('/', { cookie: `spool-${server.port}=${gate.issuePass()}` })).status).toBe(401)
  })

  test('a cookie of a wrong token, or of another app, opens nothing', async () => {
    const value = (await enter()).cookie.split('=')[1]
    const own = `spool-${server.port}`
    // The token itself is for scripts: were it the cookie, every server on this computer would be shown it.
    for (const cookie of [`${own}=wrong`, `${own}=${token}`, `spool-1=${value}`, `x${own}=${value}`])
      expect((await get('/', { cookie })).status).toBe(401)
    const cookie = `other=1; ${(await enter()).cookie}; spool-${server.port}=old`
    expect((await get('/', { cookie })).status).toBe(200)
  })

  test('carries the security policy and keeps hashed files for good', async () => {
    const session = await enter()
    const page = await get('/', session)
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'")
    expect(page.headers['cache-control']).toBe('no-cache')
    const asset = await get('/assets/main-1a2b.js', session)
    expect(asset.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    })
  })

  test('a path of the page is the page, a file that is not there is not', async () => {
    const session = await enter()
    expect((await get('/item/abc/12', session)).body.toString()).toContain('<title>Spool</title>')
    for (const path of ['/assets/none.js', '/..%2f..%2fetc/passwd.txt', '/%00.js', '/a%5cb.js'])
      expect([path, (await get(path, session)).status]).toEqual([path, 404])
    expect((await get('/', session, 'POST')).status).toBe(405)
  })
})

test('answers under its own name only', async () => {
  const session = await enter()
  const other = { host: `evil.example:${server.port}` }
  for (const path of ['/', `/?token=${token}`, '/x/7/external/file.mp4', '/rpc', '/media/7/file.mp4'])
    expect([path, (await get(path, { ...session, ...other })).status]).toEqual([path, 403])
  expect((await get('/', { ...session, host: `localhost:${server.port}` })).status).toBe(200)
})

test('listens on 127.0.0.1 and nowhere else', async () => {
  const addresses = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter((entry) => entry.family === 'IPv4' && !entry.internal)
    .map((entry) => entry.address)
  for (const host of [...addresses, '127.0.0.2', '::1']) {
    const refused = await new Promise<boolean>((resolve) => {
      const socket = connectSocket({ host, port: server.port })
      socket.once('connect', () => resolve(socket.destroy() === null))
      socket.once('error', () => resolve(true))
    })
    expect([host, refused]).toEqual([host, true])
  }
})

test('says that a port is in use', async () => {
  await expect(listenOnLoopback(server.port)).rejects.toThrow(PortInUseError)
})

describe('media', () => {
  test('needs the cookie, and other programs their own token', async () => {
    const refused = await get('/media/7/file.mp4')
    expect([refused.status, refused.headers['x-spool-error']]).toEqual([401, 'bad-token'])
    expect((await get('/media/7/file.mp4', await enter())).body.equals(film)).toBe(true)
    expect(
      (await get('/x/7/external/file.mp4', { range: 'bytes=-10' })).body.equals(film.subarray(-10)),
    ).toBe(true)
    expect((await get('/x/7/other/file.mp4')).status).toBe(403)
  })

  test('a range has its exact length on the wire', async () => {
    const session = await enter()
    const reply = await get('/media/7/file.mp4', { ...session, range: 'bytes=1000000-2499999' })
    expect(reply.status).toBe(206)
    expect(reply.headers['content-length']).toBe('1500000')
    expect(reply.headers['transfer-encoding']).toBeUndefined()
    expect(reply.headers['content-range']).toBe('bytes 1000000-2499999/3000000')
    expect(reply.body.equals(film.subarray(1_000_000, 2_500_000))).toBe(true)
    const head = await get('/media/7/file.mp4', session, 'HEAD')
    expect([head.status, head.headers['content-length'], head.body.byteLength]).toEqual([200, '3000000', 0])
  })

  test('a failure in the middle breaks the connection: no player takes it for the end', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    media.failure = { at: 1_000_000, error: new SpoolError('source-unreachable') }
    await expect(get('/media/7/file.mp4', await enter())).rejects.toThrow(/aborted|socket hang up|ECONNRESET/)
    expect(media.openCount).toBe(0)
    vi.restoreAllMocks()
  })

  test('a player that leaves frees everything', async () => {
    media.stallAt = 500_000
    const session = await enter()
    const leaving = new Promise<void>((resolve) => {
      const request = httpRequest(
        { host: '127.0.0.1', port: server.port, path: '/media/7/file.mp4', headers: session, agent: false },
        (reply) => {
          reply.once('data', () => request.destroy())
          reply.once('close', resolve)
          reply.on('error', () => undefined)
        },
      )
      request.on('error', () => undefined)
      request.end()
    })
    await leaving
    await vi.waitFor(() => expect(media.openCount).toBe(0))
  })
})

describe('the wire', () => {
  const open = (headers: Record<string, string>, path = '/wire'): Promise<WebSocket | number> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers })
      socket.once('open', () => resolve(socket))
      socket.once('unexpected-response', (_request, reply) => resolve(reply.statusCode ?? 0))
      socket.once('error', () => undefined)
    })
  const own = (): string => `http://127.0.0.1:${server.port}`

  test('carries frames both ways and tells when it is closed', async () => {
    const socket = await open({ ...(await enter()), origin: own() })
    if (typeof socket === 'number') return expect(socket).toBe(101)
    await vi.waitFor(() => expect(wires).toHaveLength(1))
    const [wire] = wires
    const received: string[] = []
    let closed = 0
    wire?.onFrame((frame) => received.push(frame))
    wire?.onClose(() => (closed += 1))
    const answer = new Promise((resolve) =>
      socket.once('message', (data: Buffer) => resolve(data.toString())),
    )
    socket.send('{"t":"sub","topic":"å"}')
    await vi.waitFor(() => expect(received).toEqual(['{"t":"sub","topic":"å"}']))
    wire?.post('{"t":"ev"}')
    expect(await answer).toBe('{"t":"ev"}')
    socket.close()
    await vi.waitFor(() => expect(closed).toBe(1))
    wire?.post('too late')
  })

  test('is refused to other pages, to strangers, and elsewhere', async () => {
    const session = await enter()
    expect(await open({ ...session, origin: 'https://evil.example' })).toBe(403)
    expect(await open({ ...session, origin: 'null' })).toBe(403)
    expect(await open(session)).toBe(403)
    expect(await open({ origin: own() })).toBe(401)
    expect(await open({ ...session, origin: own(), host: 'evil.example' })).toBe(403)
    expect(await open({ ...session, origin: own() }, '/other')).toBe(404)
    expect(wires).toHaveLength(0)
  })

  test('an address that is none does no harm', async () => {
    for (const path of ['//', '/\\', 'http://']) {
      const upgrade = { host: `127.0.0.1:${server.port}`, upgrade: 'websocket', connection: 'Upgrade' }
      const status = await new Promise((resolve, reject) => {
        const request = httpRequest({ host: '127.0.0.1', port: server.port, path, headers: upgrade })
        request.once('response', (reply) => resolve(reply.resume().statusCode))
        request.once('error', reject)
        request.end()
      })
      expect([path, status]).toEqual([path, 404])
      expect([400, 401]).toContain((await get(path)).status)
    }
    expect((await get('/', await enter())).status).toBe(200)
  })

  test('a page that sends too much, or no text, is cut off', async () => {
    for (const frame of ['x'.repeat(2 * 1024 * 1024), Buffer.from([1, 2])]) {
      const socket = await open({ ...(await enter()), origin: own() })
      if (typeof socket === 'number') return expect(socket).toBe(101)
      const closed = new Promise((resolve) => socket.once('close', resolve))
      socket.send(frame)
      expect([1009, 1003]).toContain(await closed)
    }
  })
})
