import {
  asQuality,
  type Quality,
  type QualityOption,
  type TimeRange,
} from '../../../../src-preload/contract/index.ts'
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
 * What Automatic may choose from, high to low: what plays, Original, the default rungs and everything of which something is here, all with the
 * tracks that play now. A rung that takes as much of the link as Original is none.
 */
export function buildCandidates(input: CandidatesInput): readonly Candidate[] {
  const { options, playing } = input
  const ending = endingOf(playing)
  const file = options.find(({ quality }) => quality === original)
  // A file plays its own tracks: with others it is no choice, unless it is what plays.
  const isFileOne = file !== undefined && (playing === original || ending === '') && isPlayable(file)
  const fileKbps = isFileOne ? (file.bitrateKbps ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
  const isOne = (option: QualityOption): boolean => {
    if (option.quality === playing) return true
    if (!isPlayable(option)) return false
    if (option.quality === original) return isFileOne
    if (endingOf(option.quality) !== ending) return false
    if (option.bytesPresent > 0) return true
    const isBelowFile = option.unavailable !== 'quality-above-source' && (option.bitrateKbps ?? 0) < fileKbps
    return option.isDefault && isBelowFile
  }
  return withTracks(options, ending)
    .filter(isOne)
    .map((option) => toCandidate(option, input))
}

const isPlayable = ({ outcome, unavailable }: QualityOption): boolean =>
  outcome !== 'unplayable' && unavailable !== 'unplayable'

/** Rungs of which nothing is here are listed with their usual tracks only: with others they can be had just as well. */
function withTracks(options: readonly QualityOption[], ending: string): readonly QualityOption[] {
  if (ending === '') return options
  const known = new Set<string>(options.map(({ quality }) => quality))
  return options.flatMap((option) => {
    const quality = asQuality(option.quality + ending)
    if (option.quality === original || endingOf(option.quality) !== '' || known.has(quality)) return [option]
    return [{ ...option, quality, bytesPresent: 0, complete: false }]
  })
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

/** What names tracks other than the usual ones: `.a7.s9`, or nothing. */
function endingOf(quality: Quality): string {
  const parsed = parseQuality(quality)
  return parsed?.rung ? quality.slice(parsed.rung.name.length) : ''
}
