import { describe, expect, test } from 'vitest'
import type { ClientFrame, ServerFrame } from '../../../src-preload/contract/index.ts'
import { createRpcClient } from './rpc-client.ts'
import { RpcError } from './rpc-error.ts'
import type { Wire, WireStatus } from './wire.ts'

/** A wire whose other end the test holds in its hands. */
function handWire(initial: WireStatus = 'open') {
  const frames = new Set<(frame: string) => void>()
  const statuses = new Set<(status: WireStatus) => void>()
  const sent: ClientFrame[] = []
  let status = initial
  const wire: Wire = {
    get status() {
      return status
    },
    post: (frame) => void sent.push(JSON.parse(frame) as ClientFrame),
    onFrame: (listener) => (frames.add(listener), () => frames.delete(listener)),
    onStatus: (listener) => (statuses.add(listener), () => statuses.delete(listener)),
    close: () => undefined,
  }
  return {
    wire,
    sent,
    reply: (frame: ServerFrame) => frames.forEach((listener) => listener(JSON.stringify(frame))),
    raw: (text: string) => frames.forEach((listener) => listener(text)),
    become(next: WireStatus) {
      status = next
      statuses.forEach((listener) => listener(next))
    },
  }
}

describe('calls', () => {
  test('answers go to the call with their id, in any order', async () => {
    const { wire, sent, reply } = handWire()
    const client = createRpcClient(wire)
    const first = client.call('library.getSources', {})
    const second = client.call('app.getInfo', {})
    expect(sent.map((frame) => frame.t === 'call' && [frame.id, frame.m])).toEqual([
      [1, 'library.getSources'],
      [2, 'app.getInfo'],
    ])
    reply({ t: 'ok', id: 2, v: { version: '1' } })
    reply({ t: 'ok', id: 1, v: [] })
    await expect(first).resolves.toEqual([])
    await expect(second).resolves.toEqual({ version: '1' })
  })

  test('an error keeps its code and whether to try again', async () => {
    const { wire, reply } = handWire()
    const call = createRpcClient(wire).call('library.getHome', {})
    reply({ t: 'err', id: 1, e: { code: 'disk-full', message: 'The disk is full.', retryable: true } })
    const error = await call.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(RpcError)
    expect(error).toMatchObject({ code: 'disk-full', message: 'The disk is full.', retryable: true })
  })

  test('abort rejects at once, tells the core, and the late answer harms nobody', async () => {
    const { wire, sent, reply } = handWire()
    const abort = new AbortController()
    const call = createRpcClient(wire).call('library.getHome', {}, abort.signal)
    abort.abort()
    await expect(call).rejects.toMatchObject({ name: 'AbortError' })
    expect(sent.at(-1)).toEqual({ t: 'abort', id: 1 })
    reply({ t: 'ok', id: 1, v: [] })
    await expect(
      createRpcClient(wire).call('library.getHome', {}, AbortSignal.abort()),
    ).rejects.toMatchObject({
      name: 'AbortError',
    })
    expect(sent).toHaveLength(2)
  })

  test('calls wait for the first connection', async () => {
    const { wire, sent, reply, become } = handWire('connecting')
    const call = createRpcClient(wire).call('library.getSources', {})
    expect(sent).toEqual([])
    become('open')
    expect(sent).toHaveLength(1)
    reply({ t: 'ok', id: 1, v: [] })
    await expect(call).resolves.toEqual([])
  })

  test('a call in flight when the core goes away fails in words and is never sent again', async () => {
    const { wire, sent, become } = handWire()
    const client = createRpcClient(wire)
    const call = client.call('cache.clearCache', {})
    become('down')
    await expect(call).rejects.toMatchObject({
      code: 'internal',
      retryable: true,
      message: expect.stringContaining('not running') as string,
    })
    await expect(client.call('app.getInfo', {})).rejects.toMatchObject({ code: 'internal' })
    become('open')
    expect(sent.filter((frame) => frame.t === 'call')).toHaveLength(1)
  })

  test('frames that are not frames are passed over', async () => {
    const { wire, raw, reply } = handWire()
    const call = createRpcClient(wire).call('library.getSources', {})
    for (const text of ['', 'null', '7', '{}', '{"t":"call"}', '{"t":"ok"}', '[']) raw(text)
    reply({ t: 'ok', id: 1, v: ['still here'] })
    await expect(call).resolves.toEqual(['still here'])
  })
})

describe('topics', () => {
  test('one subscription on the wire for many listeners, ended with the last', () => {
    const { wire, sent, reply } = handWire()
    const client = createRpcClient(wire)
    const seen: string[] = []
    const endFirst = client.subscribe('library.sources', () => seen.push('first'))
    const endSecond = client.subscribe('library.sources', () => seen.push('second'))
    reply({ t: 'ev', topic: 'library.sources', v: [] })
    endFirst()
    endFirst()
    reply({ t: 'ev', topic: 'library.sources', v: [] })
    endSecond()
    reply({ t: 'ev', topic: 'library.sources', v: [] })
    expect(seen).toEqual(['first', 'second', 'second'])
    expect(sent).toEqual([
      { t: 'sub', topic: 'library.sources' },
      { t: 'unsub', topic: 'library.sources' },
    ])
  })

  test('subscriptions come back after a reconnect', () => {
    const { wire, sent, become } = handWire('connecting')
    const client = createRpcClient(wire)
    client.subscribe('cache.stats', () => undefined)
    become('open')
    become('down')
    become('open')
    expect(sent).toEqual([
      { t: 'sub', topic: 'cache.stats' },
      { t: 'sub', topic: 'cache.stats' },
    ])
  })
})
