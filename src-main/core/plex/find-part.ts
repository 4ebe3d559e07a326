import type { MediaAddress } from '../library/media-id.ts'
import type { PlexItem, PlexMedia, PlexPart, PlexStream } from './model.ts'

/** One file of an item, with the positions that transcode calls name it by. */
export interface FoundPart {
  readonly version: PlexMedia
  readonly part: PlexPart
  readonly mediaIndex: number
  readonly partIndex: number
}

/** Positions change when versions come and go: look them up right before they are used. */
export function findPart(item: PlexItem, address: MediaAddress): FoundPart | null {
  const mediaIndex = item.media.findIndex((version) => version.id === address.versionId)
  const version = item.media[mediaIndex]
  const partIndex = version?.parts.findIndex((part) => part.id === address.partId) ?? -1
  const part = version?.parts[partIndex]
  return version && part ? { version, part, mediaIndex, partIndex } : null
}

/** The sound a plain quality name means: the track flagged default, else the one of lowest index. */
export function defaultAudio(part: PlexPart): PlexStream | null {
  const tracks = soundsByIndex(part)
  return tracks.find((stream) => stream.isDefault) ?? tracks[0] ?? null
}

/** The sound of lowest index: what a browser plays of a file with several. */
export const firstAudio = (part: PlexPart): PlexStream | null => soundsByIndex(part)[0] ?? null

const soundsByIndex = (part: PlexPart): readonly PlexStream[] =>
  part.streams
    .filter((stream) => stream.kind === 'audio')
    .toSorted((a, b) => (a.index ?? Number.MAX_SAFE_INTEGER) - (b.index ?? Number.MAX_SAFE_INTEGER))

/** Length of one part in ms; 0 when nobody knows. */
export function partDurationMs(item: PlexItem, version: PlexMedia, part: PlexPart): number {
  if (part.durationMs !== null) return part.durationMs
  // Only of a version in one part are the longer durations the part's.
  return version.parts.length === 1 ? (version.durationMs ?? item.durationMs ?? 0) : 0
}

/** `Title`, or `Show – S1 E2 – Title`. */
export function fullTitle(item: PlexItem): string {
  if (item.type !== 'episode') return item.title
  const place =
    item.parentIndex !== null && item.index !== null ? [`S${item.parentIndex} E${item.index}`] : []
  return [...(item.grandparentTitle === null ? [] : [item.grandparentTitle]), ...place, item.title].join(
    ' – ',
  )
}
