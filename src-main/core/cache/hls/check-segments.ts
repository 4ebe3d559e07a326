import { SpoolError } from '../../spool-error.ts'
import type { CheckedPiece } from '../entry-resource.ts'
import type { SegmentLedger } from './segment-ledger.ts'
import type { SegmentShelf } from './segment-shelf.ts'

/** Reads what is kept of a rung, strand by strand, and compares it with its rows; pieces are counted from 0. See `EntryResource.check`. */
export async function* checkSegments(
  ledger: SegmentLedger,
  shelf: SegmentShelf,
  from: number,
): AsyncGenerator<CheckedPiece> {
  const pieces = ledger.strands.flatMap((strand) => [...strand.rows.values()].map((row) => ({ strand, row })))
  for (const [index, { strand, row }] of pieces.entries()) {
    // What went meanwhile was let go of.
    if (index < from || strand.rows.get(row.seq) !== row) continue
    if (ledger.isRetired) return
    const found = await shelf.verify(strand, row.seq)
    if (found === 'out-of-reach') throw new SpoolError('cache-disk-missing')
    yield { index, bytes: row.sizeBytes, result: found === 'lost' ? 'damaged' : 'sound' }
  }
}
