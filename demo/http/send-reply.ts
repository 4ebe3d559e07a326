import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { ByteBucket } from './byte-bucket.ts'
import type { Reply } from './reply.ts'

/** Sends an answer through the bucket, telling how many bytes of its body went out. */
export async function sendReply(
  response: ServerResponse,
  reply: Reply,
  bucket: ByteBucket,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(reply.status, reply.headers)
  // A body that is long in coming does not hold the head back.
  if (reply.body instanceof Readable) response.flushHeaders()
  const chunks = reply.body instanceof Readable ? reply.body : reply.body ? [reply.body] : []
  try {
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      if (!(await sendChunk(response, chunk, bucket, onSent, signal))) return
    }
    response.end()
  } finally {
    if (reply.body instanceof Readable) reply.body.destroy()
  }
}

/** False when the client has gone. */
async function sendChunk(
  response: ServerResponse,
  chunk: Buffer,
  bucket: ByteBucket,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<boolean> {
  for (let at = 0; at < chunk.length;) {
    const piece = chunk.subarray(at, at + Math.ceil(bucket.chunkBytes))
    if (!(await bucket.take(piece.length, signal))) return false
    const hasRoom = response.write(piece)
    onSent(piece.length)
    if (!hasRoom) await drained(response, signal)
    if (signal.aborted) return false
    at += piece.length
  }
  return true
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    response.once('drain', done)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
