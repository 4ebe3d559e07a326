import type { Quality, QualityOption, TimeRange } from '../../../../src-preload/contract/index.ts'
import { original, parseQuality } from '../quality-name.ts'
import type { Candidate } from './observation.ts'
import { reachFrom } from './reach.ts'

/** What the qualities of one part are, and where the picture is. */
export interface CandidatesInput {
  readonly options: readonly QualityOption[]
  readonly playing: Quality
  readonly isReachable: boolean
  readonly positionMs: number
  readonly durationMs: number
  /** Where the playing quality's own stretch ends. */
  readonly endMs: number
  /** What of each quality is on this computer. */
  readonly present: ReadonlyMap<Quality, readonly TimeRange[]>
}

/**
 * What Automatic may choose from, high to low: what plays, Original, the default rungs and everything of which something is here, with the tracks
 * that play now. A rung that takes as much of the link as Original is none.
 */
export function buildCandidates(input: CandidatesInput): readonly Candidate[] {
  const { options, playing } = input
  const tracks = tracksOf(playing)
  const file = options.find(({ quality }) => quality === original)
  const isFilePlayable = file !== undefined && file.outcome !== 'unplayable' && file.unavailable === undefined
  const fileKbps = isFilePlayable ? (file.bitrateKbps ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
  const isOne = (option: QualityOption): boolean => {
    if (option.quality === playing) return true
    if (option.outcome === 'unplayable' || option.unavailable === 'unplayable') return false
    if (option.quality !== original && tracksOf(option.quality) !== tracks) return false
    if (option.bytesPresent > 0) return true
    return option.isDefault && (option.quality === original || (option.bitrateKbps ?? 0) < fileKbps)
  }
  return options.filter(isOne).map((option) => toCandidate(option, input))
}

function toCandidate(option: QualityOption, input: CandidatesInput): Candidate {
  const { positionMs, durationMs, endMs, isReachable } = input
  const ranges = input.present.get(option.quality) ?? []
  const isPlaying = option.quality === input.playing
  return {
    quality: option.quality,
    needKbps: option.bitrateKbps,
    hereMs: option.complete
      ? Math.max(0, durationMs - positionMs)
      : reachFrom(ranges, positionMs, durationMs),
    beyondMs: option.complete ? Math.max(0, durationMs - endMs) : reachFrom(ranges, endMs, durationMs),
    isServed: isReachable && (isPlaying || option.unavailable === undefined),
    isConverted: option.outcome !== 'direct-play',
  }
}

/** The suffix that names tracks other than the usual ones. */
function tracksOf(quality: Quality): string {
  const parsed = parseQuality(quality)
  return `${parsed?.audioStreamId ?? ''}/${parsed?.burnedSubtitleId ?? ''}`
}
