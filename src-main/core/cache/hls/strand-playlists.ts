import { localPlaylist } from './local-playlist.ts'
import type { MediaPlaylist } from './playlist-model.ts'
import { firstPiece, type Strand } from './strand.ts'
import { initSeq, parseSegmentName, segmentName } from './segment-name.ts'

/** The strand whose grid plain names speak of: the oldest. What other grids have is named with its strand. */
const oldest = (strands: readonly Strand[]): Strand | undefined =>
  strands.reduce<Strand | undefined>((first, next) => (first && first.id < next.id ? first : next), undefined)

/** The playlist of one strand, all on one clock. Sessions fill in what is missing. `folder`: where the pieces are, seen from the playlist. */
export function strandPlaylist(strands: readonly Strand[], serving: Strand, folder = ''): MediaPlaylist {
  const isPlain = oldest(strands)?.signature === serving.signature
  const name = (seq: number): string =>
    folder + segmentName(serving.grid.container, seq, isPlain ? null : serving.id)
  return localPlaylist(serving.grid, serving.end, {
    nameOf: name,
    initNameOf: () => name(initSeq),
    isBreak: () => false,
  })
}

/**
 * A playlist of what several strands on one grid hold together, for when nothing can be fetched: what `serving` does not have comes from another
 * one where there is any, with a discontinuity at each change. Players begin a new clock and decoder there. Null when `serving` has all
 * that there is.
 */
export function patchedPlaylist(strands: readonly Strand[], serving: Strand): MediaPlaylist | null {
  const { grid } = serving
  const others = strands.filter(
    (strand) =>
      strand !== serving &&
      strand.signature === serving.signature &&
      (firstPiece(grid) !== initSeq || strand.rows.has(initSeq)),
  )
  const holders: Strand[] = []
  let isPatched = false
  for (let seq = 0; seq < serving.end; seq += 1) {
    const other = serving.rows.has(seq) ? undefined : others.find(({ rows }) => rows.has(seq))
    // What nobody has stays with its neighbour: no break for nothing.
    const holder = serving.rows.has(seq) ? serving : (other ?? holders.at(-1) ?? serving)
    holders.push(holder)
    isPatched ||= other !== undefined
  }
  if (!isPatched) return null
  const name = (seq: number, holder: Strand | undefined): string =>
    segmentName(grid.container, seq, holder?.id ?? serving.id)
  return localPlaylist(grid, serving.end, {
    nameOf: (seq) => name(seq, holders[seq]),
    initNameOf: (seq) => name(initSeq, holders[seq]),
    isBreak: (seq) => seq > 0 && holders[seq] !== holders[seq - 1],
  })
}

/** What a name in a local playlist means. */
export interface LocalPiece {
  readonly strand: Strand
  readonly seq: number
  /** This strand's and no other's. */
  readonly isExact: boolean
}

/** What a name means; null when there is no such piece. */
export function findPiece(strands: readonly Strand[], serving: Strand, name: string): LocalPiece | null {
  const parsed = parseSegmentName(name)
  if (parsed === null) return null
  const { seq, strandId } = parsed
  const signature = oldest(strands)?.signature
  const plain =
    serving.signature === signature ? serving : strands.find((each) => each.signature === signature)
  const strand = strandId === null ? plain : strands.find(({ id }) => id === strandId)
  if (strand?.grid.container !== parsed.container || seq < firstPiece(strand.grid)) return null
  return seq < strand.end ? { strand, seq, isExact: strandId !== null } : null
}
