import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { maxFrameBytes } from '../../../src-preload/contract/index.ts'
import { createHttpRpc } from './http-rpc.ts'

const token = 'a-token-of-the-test'
const calls: { method: unknown; params: unknown }[] = []
const handle = createHttpRpc({
  token,
  isOwnOrigin: (origin) => origin === 'http://127.0.0.1:1',
  router: {
    call: (method, params) => {
      calls.push({ method, params })
      if (method === 'fails') {
        const error = { code: 'unknown-method', message: 'No.', retryable: false } as const
        return Promise.resolve({ ok: false, error })
      }
      return Promise.resolve({ ok: true, value: method === 'nothing' ? undefined : { method, params } })
    },
  },
})

let server: Server
let url: string
beforeAll(async () => {
  const listen = getRequestListener(handle)
  server = createServer((request, response) => void listen(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/rpc`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

const auth = { authorization: `Bearer ${token}` }
const post = (body: string, headers: Record<string, string> = auth): Promise<Response> =>
  fetch(url, { method: 'POST', body, headers })
const body = async (response: Response): Promise<unknown> => response.json()

describe('POST /rpc', () => {
  it('answers a call with 200 and its value', async () => {
    const response = await post('{"method":"m","params":{"a":1}}')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await body(response)).toEqual({ ok: true, value: { method: 'm', params: { a: 1 } } })
  })

  it('takes a call without params, and gives null for nothing', async () => {
    expect(await body(await post('{"method":"m"}'))).toEqual({ ok: true, value: { method: 'm', params: {} } })
    expect(await body(await post('{"method":"nothing"}'))).toEqual({ ok: true, value: null })
  })

  it('answers a call that fails with 200 and its error', async () => {
    const response = await post('{"method":"fails","params":{}}')
    expect(response.status).toBe(200)
    expect(await body(response)).toEqual({
      ok: false,
      error: { code: 'unknown-method', message: 'No.', retryable: false },
    })
  })

  const malformed = ['', '{', '[]', '"x"', 'null', '{}', '{"method":4}', '{"method":"m","more":1}', '\u00ff{']
  it.each(malformed)('answers 400 to the body %j', async (text) => {
    const response = await post(text)
    expect(response.status).toBe(400)
    expect(await body(response)).toMatchObject({ ok: false, error: { code: 'bad-params', retryable: false } })
  })

  it('answers 400 to bytes that are no text', async () => {
    const bytes = new Uint8Array([...Buffer.from('{"method":"'), 0xff, ...Buffer.from('"}')])
    expect((await fetch(url, { method: 'POST', body: bytes, headers: auth })).status).toBe(400)
  })

  const strangers: readonly Record<string, string>[] = [
    {},
    { authorization: token },
    { authorization: 'Bearer' },
    { authorization: 'Bearer wrong' },
    { authorization: `Bearer ${token}x` },
    { authorization: `Bearer ${token.slice(1)}` },
    { authorization: `Basic ${token}` },
    { cookie: `token=${token}` },
  ]
  it.each(strangers)('answers 401 to %j', async (headers) => {
    const before = calls.length
    const response = await post('{"method":"m"}', headers)
    expect(response.status).toBe(401)
    expect(await body(response)).toMatchObject({ ok: false, error: { code: 'bad-token' } })
    expect(calls).toHaveLength(before)
  })

  it('refuses a foreign origin even with the token, and takes its own', async () => {
    const foreign = await post('{"method":"m"}', { ...auth, origin: 'https://example.org' })
    expect(foreign.status).toBe(403)
    expect(await body(foreign)).toMatchObject({ ok: false, error: { code: 'bad-token' } })
    expect((await post('{"method":"m"}', { ...auth, origin: 'null' })).status).toBe(403)
    expect((await post('{"method":"m"}', { ...auth, origin: 'http://127.0.0.1:1' })).status).toBe(200)
  })

  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('answers 405 to %s', async (method) => {
    const response = await fetch(url, { method, headers: auth })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
    expect(await body(response)).toMatchObject({ ok: false })
  })

  it('takes a body of exactly the limit and answers 413 to one byte more', async () => {
    const frame = '{"method":"m","params":{"a":""}}'
    const fill = 'x'.repeat(maxFrameBytes - frame.length)
    expect((await post(frame.replace('""', `"${fill}"`))).status).toBe(200)
    const response = await post(frame.replace('""', `"${fill}x"`))
    expect(response.status).toBe(413)
    expect(await body(response)).toMatchObject({ ok: false, error: { code: 'bad-params' } })
  })

  it('answers 413 while an endless body without a length is still coming', async () => {
    const endless = Readable.from(
      (function* () {
        for (let n = 0; n < 64; n += 1) yield Buffer.alloc(64 * 1024, 0x20)
      })(),
    )
    const status = await new Promise<number>((resolve, reject) => {
      const request = httpRequest(url, { method: 'POST', headers: auth }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
      request.on('error', reject)
      endless.pipe(request)
    })
    expect(status).toBe(413)
  })
})
