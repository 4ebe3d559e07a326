import type { UpstreamReply } from '../cache/upstream.ts'
import { SpoolError } from '../spool-error.ts'

/** What a status that is not a success means. Plex's error bodies are small HTML pages: only the status tells. */
export function statusError(status: number, retryAfter?: string): SpoolError {
  const detail = `HTTP ${status}`
  if (status === 401 || status === 403) return new SpoolError('source-refused', { detail })
  if (status === 404) return new SpoolError('unknown-media', { detail })
  // Starting, in maintenance, or busy: it will answer again.
  if (status === 502 || status === 503 || status === 504) {
    const seconds = Number(retryAfter)
    const wait = Number.isFinite(seconds) && seconds > 0 ? seconds : 5
    return new SpoolError('source-unreachable', { detail, retryAfterSeconds: wait })
  }
  return new SpoolError('bad-reply', { detail })
}

/** Reads a whole small body. Throws `bad-reply` when it is longer than `maxBytes`. */
export async function readBody(reply: UpstreamReply, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of reply.body) {
    size += chunk.byteLength
    if (size > maxBytes) {
      reply.discard()
      throw new SpoolError('bad-reply', { detail: `more than ${maxBytes} bytes` })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Gives the reply back when it is a success; else closes it and throws. */
export function expectSuccess(reply: UpstreamReply): UpstreamReply {
  if (reply.status >= 200 && reply.status < 300) return reply
  reply.discard()
  throw statusError(reply.status, reply.headers['retry-after'])
}
