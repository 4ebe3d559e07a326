// @vitest-environment node
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { LoaderConfiguration, LoaderContext } from 'hls.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LoadGate } from './load-gate.ts'
import { type LoaderTies, SpoolLoader, retryAfterMs, spoolErrorOf } from './spool-loader.ts'

type Answer = { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }

let answers: Answer[] = []
let asked: (string | undefined)[] = []
let wanted: (readonly [string | undefined, string | undefined])[] = []
const server = createServer((request, response) => {
  asked.push(request.headers.range)
  wanted.push([request.url, request.headers['cache-control']])
  const answer = answers.shift()
  if (answer === undefined) return // held: never answered
  response.writeHead(answer.status, answer.headers).end(answer.body ?? '')
})
let url = ''

beforeEach(async () => {
  answers = []
  asked = []
  wanted = []
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/s/1.ts`
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const config = (firstByteMs: number): LoaderConfiguration => ({
  loadPolicy: {
    maxTimeToFirstByteMs: firstByteMs,
    maxLoadTimeMs: 5000,
    timeoutRetry: null,
    errorRetry: null,
  },
  maxRetry: 0,
  timeout: 0,
  retryDelay: 0,
  maxRetryDelay: 0,
})

function load(context: Partial<LoaderContext> = {}, firstByteMs = 5000, ties?: LoaderTies): Promise<unknown> {
  const loader = new SpoolLoader({} as never, ties)
  return new Promise((resolve) => {
    loader.load(
      { url, responseType: 'arraybuffer', type: 'fragment' as never, ...context },
      config(firstByteMs),
      {
        onSuccess: ({ data }, stats) => resolve({ data, loaded: stats.loaded }),
        onError: ({ code, text }) => resolve({ code, text }),
        onTimeout: () => resolve('timeout'),
      },
    )
  })
}

describe('loading', () => {
  test('bytes as they are, text as text', async () => {
    answers = [
      { status: 200, body: 'abc' },
      { status: 200, body: '#EXTM3U' },
    ]
    expect(await load()).toEqual({ data: new TextEncoder().encode('abc').buffer, loaded: 3 })
    expect(await load({ responseType: 'text' })).toEqual({ data: '#EXTM3U', loaded: 7 })
  })

  test('a byte range is asked for with both ends', async () => {
    answers = [{ status: 206, body: 'x' }]
    await load({ rangeStart: 10, rangeEnd: 11 })
    expect(asked).toEqual(['bytes=10-10'])
  })

  test('"not yet" is waited out and asked again', async () => {
    const notYet = { status: 503, headers: { 'Retry-After': '0', 'X-Spool-Error': 'source-unreachable' } }
    answers = [notYet, notYet, { status: 200, body: 'abc' }]
    expect(await load()).toMatchObject({ loaded: 3 })
    expect(asked).toHaveLength(3)
  })

  test('but not for ever', async () => {
    const notYet = { status: 503, headers: { 'Retry-After': '0', 'X-Spool-Error': 'source-unreachable' } }
    answers = Array.from({ length: 40 }, () => notYet)
    expect(await load()).toEqual({ code: 503, text: 'source-unreachable' })
    expect(asked.length).toBeLessThan(20)
  })

  test('an error carries the core’s code', async () => {
    answers = [{ status: 502, headers: { 'X-Spool-Error': 'bad-reply' } }]
    expect(await load()).toEqual({ code: 502, text: 'bad-reply' })
  })

  test('a code nobody knows is not passed on', async () => {
    answers = [{ status: 404, headers: { 'X-Spool-Error': 'surprise' } }]
    expect(await load()).toEqual({ code: 404, text: 'Not Found' })
  })

  test('no answer in time is a timeout', async () => {
    expect(await load({}, 50)).toBe('timeout')
  })
})

test('an aborted loader says nothing more', async () => {
  const loader = new SpoolLoader({} as never)
  const said: string[] = []
  const arrived = new Promise((resolve) => server.once('request', resolve))
  loader.load({ url, responseType: 'text', type: 'level' as never }, config(5000), {
    onSuccess: () => said.push('success'),
    onError: () => said.push('error'),
    onTimeout: () => said.push('timeout'),
  })
  await arrived
  loader.abort()
  await new Promise((resolve) => setImmediate(resolve))
  expect(said).toEqual([])
  expect(loader.stats.aborted).toBe(true)
})

test('headers', () => {
  expect(spoolErrorOf(new Headers({ 'X-Spool-Error': 'disk-full' }))).toBe('disk-full')
  expect(spoolErrorOf(new Headers())).toBeNull()
  expect(retryAfterMs(new Headers({ 'Retry-After': '3' }))).toBe(3000)
  expect(retryAfterMs(new Headers({ 'Retry-After': '99999' }))).toBe(30_000)
  expect(retryAfterMs(new Headers({ 'Retry-After': 'soon' }))).toBe(2000)
})

describe('behind a closed gate', () => {
  const segment = { frag: {} } as Partial<LoaderContext>
  const ties = (isOpen: boolean): LoaderTies & { readonly gate: LoadGate } => {
    const gate = new LoadGate()
    gate.set(isOpen)
    return { gate, positionMs: () => 61_234.5 }
  }
  const untilAsked = async (count: number): Promise<void> => {
    await expect.poll(() => wanted.length).toBe(count)
  }

  test('segments are taken from what is kept only', async () => {
    answers = [{ status: 200, body: 'kept' }]
    await expect(load(segment, 5000, ties(false))).resolves.toMatchObject({ loaded: 4 })
    expect(wanted).toEqual([['/s/1.ts', 'only-if-cached']])
  })

  test('what is not kept waits until it opens, and is asked for then', async () => {
    answers = [{ status: 504 }, { status: 200, body: 'made' }]
    const own = ties(false)
    const loading = load(segment, 5000, own)
    await untilAsked(1)
    own.gate.set(true)
    await expect(loading).resolves.toMatchObject({ loaded: 4 })
    expect(wanted.map(([, control]) => control)).toEqual(['only-if-cached', undefined])
  })

  test('what the server is making is given up when it closes, and waits', async () => {
    const own = ties(true)
    const loading = load(segment, 5000, own)
    await untilAsked(1)
    answers = [{ status: 504 }, { status: 200, body: 'made' }]
    own.gate.set(false)
    await untilAsked(2)
    own.gate.set(true)
    await expect(loading).resolves.toMatchObject({ loaded: 4 })
    expect(wanted.map(([, control]) => control)).toEqual([undefined, 'only-if-cached', undefined])
  })

  test('playlists are loaded all the same, and say where the player is', async () => {
    answers = [{ status: 200, body: '#EXTM3U' }]
    await load({ type: 'level' as never, responseType: 'text' }, 5000, ties(false))
    expect(wanted).toEqual([['/s/1.ts?start=61234', undefined]])
  })
})
