import type { Quality } from '../../../src-preload/contract/index.ts'
import type { ShelfEntry } from '../cache/handle.ts'
import { defaultAudio } from '../plex/find-part.ts'
import type { PlexMedia, PlexPart } from '../plex/model.ts'
import { isAboveSource, ladder, type Rung, type SourcePicture } from './ladder.ts'
import { parseQuality } from './quality-name.ts'
import { is4k } from './quality-options.ts'

/** A quality that can be played as segments. */
export interface LadderVariant {
  readonly quality: Quality
  readonly bitrateKbps: number
  /** Of the picture that comes; null when the source's is not known. */
  readonly size: { readonly width: number; readonly height: number } | null
}

export interface LadderInput {
  /** Null when nobody knows the title any more: then only what is kept can be played. */
  readonly found: { readonly media: PlexMedia; readonly part: PlexPart } | null
  /** What is kept of this part. */
  readonly shelf: ReadonlyMap<Quality, ShelfEntry>
  /** The quality that the ladder is for: always in it. */
  readonly own: Quality
}

/**
 * Every quality of a part among which a player can change from one segment to the next, low to high: the rungs that a server can make or
 * that are kept, each with the sound everybody gets, with every other track of the file, and with the tracks of `own`. Rungs kept as a
 * finished file play like Original and are left out.
 */
export function ladderVariants({ found, shelf, own }: LadderInput): readonly LadderVariant[] {
  const endings = new Set(['', endingOf(own), ...[...shelf.keys()].map(endingOf)])
  if (found !== null) for (const id of furtherAudio(found.part)) endings.add(`.a${id}`)
  return ladder.toReversed().flatMap((rung) => {
    const isOffered =
      found !== null && !isAboveSource(rung, found.media) && (rung.height <= 1080 || is4k(found.media))
    return [...endings].flatMap((ending): readonly LadderVariant[] => {
      const quality = parseQuality(rung.name + ending)?.quality
      if (quality === undefined) return []
      const kept = shelf.get(quality)
      const isIn = quality === own || (kept === undefined ? isOffered : kept.kind === 'hls')
      return isIn ? [{ quality, bitrateKbps: rung.bitrateKbps, size: fitInto(rung, found?.media) }] : []
    })
  })
}

/** The tracks that the plain name does not mean. */
const furtherAudio = (part: PlexPart): readonly string[] => {
  const plain = defaultAudio(part)
  return part.streams.filter((stream) => stream.kind === 'audio' && stream !== plain).map(({ id }) => id)
}

const endingOf = (quality: Quality): string => {
  const parsed = parseQuality(quality)
  return parsed?.rung == null ? '' : parsed.quality.slice(parsed.rung.name.length)
}

/** The largest picture of the source's shape in the rung's box, both sides even. */
function fitInto(rung: Rung, source: SourcePicture | undefined): LadderVariant['size'] {
  const { width, height } = source ?? { width: null, height: null }
  if (width === null || height === null || width < 2 || height < 2) return null
  const scale = Math.min(1, rung.width / width, rung.height / height)
  const even = (side: number): number => Math.max(2, Math.round((side * scale) / 2) * 2)
  return { width: even(width), height: even(height) }
}
