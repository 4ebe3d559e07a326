import type { ByteReader } from '../cache/handle.ts'
import { streamOfReader } from './reader-stream.ts'

/** Media bytes on their way to one client. Whoever sends them calls `onDone` exactly once, at the end or when it is given up. */
export interface MediaBody {
  readonly reader: ByteReader
  /** Read already, to know that there is anything to send; null: nothing. */
  readonly first: Uint8Array | null
  readonly onDone: () => void
}

const bodies = new WeakMap<Response, MediaBody>()

/** A web response whose body is read on demand. A server over sockets takes the reader itself instead: `takeMediaBody`. */
export function mediaResponse(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: MediaBody | null,
): Response {
  if (body === null) return new Response(null, { status, headers })
  const response = new Response(streamOfReader(body.reader, body.first, body.onDone), { status, headers })
  bodies.set(response, body)
  return response
}

/** The body behind a media response whose stream nobody has touched. The caller sends it, and leaves the stream alone. Null for other responses. */
export function takeMediaBody(response: Response): MediaBody | null {
  const body = bodies.get(response) ?? null
  bodies.delete(response)
  return body
}
