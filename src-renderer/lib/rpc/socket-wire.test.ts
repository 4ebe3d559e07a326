import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { createRpcClient } from './rpc-client.ts'
import { backoffMs, createSocketWire } from './socket-wire.ts'
import type { WireStatus } from './wire.ts'

const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

/** A core that answers every call with its method name. */
async function serve(port: number): Promise<{ port: number; stop: () => Promise<void> }> {
  const http = createServer()
  const sockets = new WebSocketServer({ server: http })
  sockets.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as { t: string; id: number; m: string; topic: string }
      if (frame.t === 'call') socket.send(JSON.stringify({ t: 'ok', id: frame.id, v: frame.m }))
      if (frame.t === 'sub') socket.send(JSON.stringify({ t: 'ev', topic: frame.topic, v: [] }))
    })
  })
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve))
  return {
    port: (http.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

test('waits longer and longer, five seconds at most', () => {
  expect([1, 2, 3, 4, 5, 6, 20].map(backoffMs)).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000])
})

test('finds the core again after a restart, with its subscriptions', async () => {
  const first = await serve(0)
  const wire = createSocketWire(`ws://127.0.0.1:${first.port}/wire`)
  cleanups.push(() => wire.close())
  const client = createRpcClient(wire)
  const statuses: WireStatus[] = []
  client.onStatus((status) => statuses.push(status))
  let events = 0
  const sawEvents = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const check = setInterval(() => events >= count && (clearInterval(check), resolve()), 5)
    })
  client.subscribe('library.sources', () => (events += 1))
  await expect(client.call('app.getInfo', {})).resolves.toBe('app.getInfo')
  await sawEvents(1)

  await first.stop()
  await new Promise<void>((resolve) => {
    if (wire.status === 'down') resolve()
    else wire.onStatus((status) => status === 'down' && resolve())
  })
  await expect(client.call('app.getInfo', {})).rejects.toMatchObject({ code: 'internal' })

  const second = await serve(first.port)
  cleanups.push(() => second.stop())
  await sawEvents(2)
  await expect(client.call('library.getSources', {})).resolves.toBe('library.getSources')
  expect(statuses).toEqual(['open', 'down', 'open'])
})
