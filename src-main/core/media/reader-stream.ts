import type { ByteReader } from '../cache/handle.ts'

/**
 * A reader as a response body: read on demand, one piece at a time, without a copy. `onDone` is called exactly once, at the end,
 * on failure, or when the client breaks off. `first` was read already, to know that there is anything to send.
 */
export function streamOfReader(
  reader: ByteReader,
  first: Uint8Array | null,
  onDone: () => void,
): ReadableStream<Uint8Array> {
  let next = first
  let isDone = false
  const done = (): void => {
    if (isDone) return
    isDone = true
    onDone()
  }
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const piece = next ?? (await reader.read())
          next = null
          if (piece !== null) return controller.enqueue(piece)
          controller.close()
          done()
        } catch (error) {
          done()
          // With a length announced, this tears the connection down: the client sees a failure, never a short file.
          controller.error(error)
        }
      },
      // Electron never aborts a request's signal: this is the one sign that the player went elsewhere.
      cancel() {
        reader.cancel()
        done()
      },
    },
    // Nothing is read ahead: how far ahead to fetch is the cache's decision.
    { highWaterMark: 0 },
  )
}
