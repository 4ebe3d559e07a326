import type { CheckedPiece, EntryContext } from '../entry-resource.ts'
import { chunkStatements } from '../index/chunks.ts'
import type { FileBytes } from './file-bytes.ts'

/** Reads the recorded chunks of a file from number `from` on and compares them with their rows; see `EntryResource.check`. */
export async function* checkChunks(
  { db, generation }: EntryContext,
  bytes: FileBytes,
  from: number,
): AsyncGenerator<CheckedPiece> {
  const chunks = chunkStatements(db)
  // Before the files are looked at: what is missing then has been recorded until now.
  const ids = chunks.idsFrom(generation.id, from)
  await bytes.prepare()
  for (const index of ids) {
    if (bytes.isRetired) return
    const row = chunks.get(generation.id, index)
    const result = row === null ? 'missing' : await bytes.check(row)
    const span = bytes.chunkSpan(index)
    yield { index, bytes: span === null ? 0 : span.end - span.start, result }
  }
}
