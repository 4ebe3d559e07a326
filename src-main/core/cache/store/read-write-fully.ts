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
  let rest = [...pieces]
  let at = position
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev(rest, at)
    at += bytesWritten
    // A disk that is nearly full takes a part; the next attempt says why.
    rest = without(rest, bytesWritten)
  }
}

/** What is left of the pieces after their first `bytes`. */
function without(pieces: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes
  return pieces.flatMap((piece) => {
    const skipped = Math.min(skip, piece.length)
    skip -= skipped
    return skipped === piece.length ? [] : [piece.subarray(skipped)]
  })
}
