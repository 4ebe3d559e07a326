import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bytesAt, sizeOfPath } from './origin-file.ts'
import { listing } from './listing.ts'
import { Link, unshaped, type Shape } from './shape.ts'

/** A server of files with a latency and a rate, which counts what is asked of it. Runs alone: `node bench/origin/origin.ts`. */
let shape = unshaped
let link = new Link()
const counters = { requests: 0, bytes: 0 }

const sleepUntil = (at: number): Promise<void> | null => {
  const delayMs = at - performance.now()
  return delayMs < 0.5 ? null : new Promise((resolve) => setTimeout(resolve, Math.floor(delayMs)))
}

async function control(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  if (incoming.method === 'POST') {
    const pieces: Buffer[] = []
    for await (const piece of incoming) pieces.push(piece as Buffer)
    shape = { ...unshaped, ...(JSON.parse(Buffer.concat(pieces).toString()) as Partial<Shape>) }
    link = new Link()
    counters.requests = 0
    counters.bytes = 0
  }
  outgoing.setHeader('content-type', 'application/json')
  outgoing.end(JSON.stringify(counters))
}

function rangeOf(header: string | undefined, size: number): { start: number; end: number } | null {
  const match = /^bytes=(?<first>\d+)-(?<last>\d*)$/.exec(header ?? '')?.groups
  if (match === undefined) return null
  const last = match['last'] ?? ''
  return { start: Number(match['first']), end: last === '' ? size : Math.min(size, Number(last) + 1) }
}

async function serveFile(incoming: IncomingMessage, outgoing: ServerResponse, size: number): Promise<void> {
  const range = rangeOf(incoming.headers.range, size)
  const { start, end } = range ?? { start: 0, end: size }
  const common = {
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
    'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
    etag: `"${size}"`,
  }
  if (incoming.method === 'HEAD')
    return void outgoing.writeHead(200, { ...common, 'content-length': size }).end()
  counters.requests += 1
  if (shape.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, shape.latencyMs))
  if (outgoing.destroyed) return
  if (start >= size) return void outgoing.writeHead(416, { 'content-range': `bytes */${size}` }).end()
  const head = { ...common, 'content-length': end - start }
  if (range === null) outgoing.writeHead(200, head)
  else outgoing.writeHead(206, { ...head, 'content-range': `bytes ${start}-${end - 1}/${size}` })
  await sendBytes(outgoing, start, end)
}

async function sendBytes(outgoing: ServerResponse, start: number, end: number): Promise<void> {
  const { linkMbps, connectionMiBps } = shape
  const pieceBytes = linkMbps === null ? 64 * 1024 : 4 * 1024
  const startedAt = performance.now()
  let position = start
  while (position < end && !outgoing.destroyed) {
    const piece = bytesAt(position, Math.min(pieceBytes, end - position))
    if (linkMbps !== null) await sleepUntil(link.take(piece.length, linkMbps))
    if (connectionMiBps !== null)
      await sleepUntil(startedAt + ((position - start) / (connectionMiBps * 1024 * 1024)) * 1000)
    position += piece.length
    await new Promise<void>((resolve) => {
      const onClose = (): void => resolve()
      outgoing.once('close', onClose)
      outgoing.write(piece, (error) => {
        outgoing.off('close', onClose)
        // What the system took counts as sent, also when nobody ever reads it.
        if (!error) counters.bytes += piece.length
        resolve()
      })
    })
  }
  outgoing.end()
}

const server = createServer((incoming, outgoing) => {
  const path = incoming.url ?? '/'
  outgoing.on('error', () => undefined)
  const size = sizeOfPath(path)
  if (path === '/.origin') void control(incoming, outgoing)
  else if (size !== null) void serveFile(incoming, outgoing, size)
  else {
    const page = listing(path)
    outgoing.writeHead(page === null ? 404 : 200, { 'content-type': 'text/html' }).end(page ?? '')
  }
})
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  process.stdout.write(`${JSON.stringify({ url, pid: process.pid })}\n`)
})
process.on('SIGTERM', () => process.exit(0))
