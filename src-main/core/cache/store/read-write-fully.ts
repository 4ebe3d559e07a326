import type { CacheFile } from './cache-fs.ts'

/** Fills `buffer` from `position` on; answers how much there was, less only at the end of the file. */
export async function readFully(file: CacheFile, buffer: Buffer, position: number): Promise<number> {
  let done = 0
  while (done < buffer.length) {
    const { bytesRead } = await file.read(buffer, done, buffer.length - done, position + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done
}

/** Writes all of it, however little the disk takes at a time. Rejects with what the disk says. */
export async function writeFully(
  file: CacheFile,
  pieces: readonly Uint8Array[],
  position: number,
): Promise<void> {
  let rest = splitAt(pieces, Number.POSITIVE_INFINITY)[0]
  let at = position
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev(rest, at)
    // A disk that is nearly full takes a part; the next attempt says why. One that takes nothing and says nothing would be asked for ever.
    if (bytesWritten === 0) throw Object.assign(new Error('the disk takes nothing'), { code: 'EIO' })
    at += bytesWritten
    rest = splitAt(rest, bytesWritten)[1]
  }
}

/** The first `bytes` of the pieces, and what is left. */
export function splitAt(
  pieces: readonly Uint8Array[],
  bytes: number,
): readonly [readonly Uint8Array[], readonly Uint8Array[]] {
  const first: Uint8Array[] = []
  const rest: Uint8Array[] = []
  let space = bytes
  for (const piece of pieces) {
    const taken = Math.min(space, piece.length)
    space -= taken
    if (taken > 0) first.push(piece.subarray(0, taken))
    if (taken < piece.length) rest.push(piece.subarray(taken))
  }
  return [first, rest]
}
