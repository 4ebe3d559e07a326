import type { ServerResponse } from 'node:http'
import type { MediaBody } from './media-body.ts'

/**
 * Sends a body over a socket, whose headers are written already: no web stream in between, and memory that was sent is used again.
 * Resolves when all is sent or the client has gone; a failure tears the connection down, so that the client never takes a part for the
 * whole. Never rejects.
 */
export async function sendBody(body: MediaBody, outgoing: ServerResponse): Promise<void> {
  const { reader, first } = body
  let drained: (() => void) | null = null
  const wake = (): void => drained?.()
  const onClose = (): void => {
    reader.cancel()
    wake()
  }
  outgoing.on('drain', wake)
  outgoing.once('close', onClose)
  try {
    for (let piece = first; piece !== null; piece = await reader.read()) {
      const sent = piece
      const hasRoom = outgoing.write(sent, () => reader.release?.(sent))
      if (outgoing.destroyed) break
      if (!hasRoom)
        await new Promise<void>((resolve) => {
          drained = resolve
        })
    }
    outgoing.end()
  } catch {
    outgoing.destroy()
  } finally {
    outgoing.off('drain', wake)
    outgoing.off('close', onClose)
    // Gone before the end, or gone before we listened: nobody reads the rest.
    if (outgoing.destroyed) reader.cancel()
    body.onDone()
  }
}
