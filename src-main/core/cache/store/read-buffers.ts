/** Size of every buffer, bytes. */
export const readBufferBytes = 256 * 1024
/** Kept for the next reads: enough for some players at once. */
const mostIdle = 16

/**
 * Memory that reads from the disk go into. Fresh memory costs more than reading into it, because the system clears every page first;
 * so whoever is done with a buffer gives it back. One that never comes back is simply collected.
 */
export class ReadBuffers {
  readonly #idle: Buffer[] = []
  readonly #lent = new WeakMap<ArrayBufferLike, Buffer>()

  /** At least `length` bytes, not cleared. */
  take(length: number): Buffer {
    if (length > readBufferBytes) return Buffer.allocUnsafeSlow(length)
    const buffer = this.#idle.pop() ?? Buffer.allocUnsafeSlow(readBufferBytes)
    this.#lent.set(buffer.buffer, buffer)
    return buffer.subarray(0, length)
  }

  /** `piece` is a buffer that was taken, or a part of one; anything else is left alone, as is one given back before. */
  release(piece: Uint8Array): void {
    const buffer = this.#lent.get(piece.buffer)
    if (buffer === undefined) return
    this.#lent.delete(piece.buffer)
    if (this.#idle.length < mostIdle) this.#idle.push(buffer)
  }
}
