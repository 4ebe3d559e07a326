import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { SpoolError } from '../spool-error.ts'
import { sendBody } from './send-body.ts'
import { MemoryMedia } from './test-support/memory-media.ts'

const bytes = Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * 7) % 251)
const stops: (() => void)[] = []
afterEach(() => stops.splice(0).forEach((stop) => stop()))

/** A server that sends the file to whoever asks; `sent` resolves when it is done with the first one. */
async function serve(media: MemoryMedia): Promise<{ port: number; sent: Promise<void> }> {
  const sent = Promise.withResolvers<void>()
  media.files.set(1, { bytes, mime: 'video/mp4' })
  const server = createServer((_request, outgoing) => {
    void media.openMedia(1).then(async (file) => {
      if (file.kind !== 'file') return
      const reader = file.read(0, bytes.length, AbortSignal.timeout(20_000))
      outgoing.writeHead(200, { 'content-length': bytes.length })
      await sendBody({ reader, first: await reader.read(), onDone: () => file[Symbol.dispose]() }, outgoing)
      sent.resolve()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stops.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, sent: sent.promise }
}

const request = (port: number): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => get({ port, host: '127.0.0.1' }, resolve).once('error', reject))

test('sends every byte in order, and lets go of the file', async () => {
  const media = new MemoryMedia()
  const { port, sent } = await serve(media)
  const pieces: Buffer[] = []
  for await (const piece of await request(port)) pieces.push(piece as Buffer)
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true)
  await sent
  expect(media.openCount).toBe(0)
})

test('a failure on the way breaks the connection', async () => {
  const media = new MemoryMedia()
  media.failure = { at: 1_500_000, error: new SpoolError('source-unreachable') }
  const { port, sent } = await serve(media)
  const reply = await request(port)
  const readAll = async (): Promise<void> => {
    for await (const piece of reply) void piece
  }
  await expect(readAll()).rejects.toMatchObject({ code: 'ECONNRESET' })
  await sent
  expect(media.openCount).toBe(0)
})

test('a client that goes away while bytes are waited for ends the reader', async () => {
  const media = new MemoryMedia()
  media.stallAt = 1_500_000
  const { port, sent } = await serve(media)
  const reply = await request(port)
  reply.on('error', () => undefined)
  reply.once('data', () => reply.destroy())
  await sent
  expect(media.cancelCount).toBeGreaterThan(0)
  expect(media.openCount).toBe(0)
})
