import {
  type ChosenTracks,
  type MediaPart,
  type MediaTrack,
  type Quality,
  asQuality,
} from '../../src-preload/contract/index.ts'
import type { SwitchTarget } from './player-state.ts'
import { bestRung } from './quality-menu-model.ts'

/** The tracks that a quality's name speaks of: `720p-4000k.a12.s14`. Null: the plain name's. */
export interface NamedTracks {
  readonly audioId: string | null
  readonly burnedId: string | null
}

const pattern = /^(?<base>.*?)(?:\.a(?<audio>\d+))?(?:\.s(?<burned>\d+))?$/

/** A quality's rung (or Original) and its tracks. */
export function splitQuality(quality: Quality): NamedTracks & { readonly base: Quality } {
  const groups = pattern.exec(quality)?.groups
  return {
    base: asQuality(groups?.['base'] ?? quality),
    audioId: groups?.['audio'] ?? null,
    burnedId: groups?.['burned'] ?? null,
  }
}

const withTracks = (base: Quality, { audioId, burnedId }: NamedTracks): Quality =>
  asQuality(base + (audioId === null ? '' : `.a${audioId}`) + (burnedId === null ? '' : `.s${burnedId}`))

const isFile = (quality: Quality): boolean => quality === 'original'

export const tracksOf = (part: MediaPart | null, kind: MediaTrack['kind']): readonly MediaTrack[] =>
  part?.tracks.filter((track) => track.kind === kind) ?? []

/** The sound that everybody gets. */
export const plainAudio = (part: MediaPart | null): MediaTrack | null => {
  const tracks = tracksOf(part, 'audio')
  return tracks.find(({ isDefault }) => isDefault) ?? tracks[0] ?? null
}

/** What a choice of tracks asks of a quality's name: the plain sound and subtitles of their own file ask nothing. */
function namedTracks(part: MediaPart | null, { audioId, subtitleId }: ChosenTracks): NamedTracks {
  const subtitle = tracksOf(part, 'subtitle').find(({ streamId }) => streamId === subtitleId)
  return {
    audioId: audioId === plainAudio(part)?.streamId ? null : audioId,
    burnedId: subtitle !== undefined && subtitle.url === null ? subtitle.streamId : null,
  }
}

/**
 * The quality to play for a wish and a choice of tracks. A browser plays one sound of a file and draws no subtitles into it, so with any
 * other the server has to make a rung: the best there is, where the wish is Original; with Automatic the one that plays already. Null when
 * there is none.
 */
export function targetFor(
  part: MediaPart | null,
  wish: SwitchTarget,
  tracks: ChosenTracks,
  playing: Quality | null = null,
): SwitchTarget | null {
  const named = namedTracks(part, tracks)
  if (named.audioId === null && named.burnedId === null) return wish
  const base = wish === 'automatic' ? (playing ?? part?.automatic ?? null) : splitQuality(wish).base
  const rung =
    base === null || isFile(base) ? (bestRung(plainOptions(part))?.quality ?? null) : splitQuality(base).base
  return rung === null ? null : withTracks(rung, named)
}

const plainOptions = (part: MediaPart | null): MediaPart['qualities'] =>
  part?.qualities.filter(({ quality }) => splitQuality(quality).base === quality) ?? []

/** The tracks that really play: those of the quality, and subtitles beside it. */
export function tracksPlaying(part: MediaPart | null, quality: Quality, asked: ChosenTracks): ChosenTracks {
  const { audioId, burnedId } = splitQuality(quality)
  const isBeside = namedTracks(part, asked).burnedId === null
  return { audioId, subtitleId: burnedId ?? (isBeside ? asked.subtitleId : null) }
}

/** `720p · 4 Mbps · German (AC-3 5.1)`: of any quality, also one that is in no menu. */
export function labelOfQuality(part: MediaPart | null, quality: Quality): string {
  const labelOf = (name: Quality): string | undefined =>
    part?.qualities.find((option) => option.quality === name)?.label
  const { base, audioId, burnedId } = splitQuality(quality)
  const known = labelOf(quality)
  if (known !== undefined) return known
  const names = [audioId, burnedId].flatMap(
    (id) => part?.tracks.find(({ streamId }) => streamId === id)?.label ?? [],
  )
  return [labelOf(base) ?? base, ...names].join(' · ')
}

/** How a track comes to be heard or seen. */
export type TrackWay =
  /** With what plays, or beside it. */
  | 'as-it-is'
  /** The server makes a rung for it. */
  | 'through-server'
  /** It would have to, and does not answer. */
  | 'needs-server'
  /** No rung can be made of this file. */
  | 'impossible'

export function trackWay(
  part: MediaPart | null,
  wish: SwitchTarget,
  tracks: ChosenTracks,
  isSourceOnline: boolean,
): TrackWay {
  const target = targetFor(part, wish, tracks)
  if (target === null) return 'impossible'
  if (target === wish || target === 'automatic') return 'as-it-is'
  const isKept = part?.qualities.find(({ quality }) => quality === target)?.complete === true
  if (isKept) return 'as-it-is'
  if (!isSourceOnline) return 'needs-server'
  return 'through-server'
}
