import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { createSocketWire } from './socket-wire.ts'

test('lets a page go that has stopped reading, instead of keeping what it does not read', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => server.close())
  await once(server, 'listening')
  const page = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => page.terminate())
  const [[socket]] = (await Promise.all([once(server, 'connection'), once(page, 'open')])) as [
    [WebSocket],
    unknown,
  ]
  page.pause()
  const wire = createSocketWire(socket)
  const onClose = vi.fn<() => void>()
  wire.onClose(onClose)
  const frame = 'x'.repeat(1024 * 1024)
  for (let posted = 0; posted < 64; posted += 1) wire.post(frame)
  expect(socket.bufferedAmount).toBeLessThan(40 * frame.length)
  await vi.waitFor(() => expect(onClose).toHaveBeenCalledOnce())
})
