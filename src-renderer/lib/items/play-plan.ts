import type {
  ConnectionKind,
  Item,
  MediaPart,
  MediaVersion,
  Quality,
  QualityOption,
  Settings,
} from '../../../src-preload/contract/index.ts'

/** What a person asked for on the details page. */
export type QualityChoice = 'automatic' | Quality

/** What pressing Play will do. */
export interface PlayPlan {
  readonly part: MediaPart
  /** Null: the planner decides while it plays. */
  readonly option: QualityOption | null
  /** Where to begin, in ms of the part; null for the beginning. */
  readonly resumeMs: number | null
}

/** Why nothing of a version can be played now. */
export type NoPlan = 'nothing-here' | 'unplayable'

export const isChoosable = (option: QualityOption): boolean => option.unavailable === undefined

/** Canonical name or alias (`720p` for `720p-4000k`). */
export const isQualityNamed = (option: QualityOption, name: string): boolean =>
  option.quality === name ||
  (/^\d+p$/.test(name) && option.quality.startsWith(`${name}-`) && isDefaultRung(option.quality))

const defaultRungs: ReadonlySet<string> = new Set([
  '2160p-20000k',
  '1080p-8000k',
  '720p-4000k',
  '480p-1500k',
  '360p-720k',
])

/** The rungs that are offered without asking for more. */
export const isDefaultRung = (quality: string): boolean => defaultRungs.has(quality)

/** The rows of a shelf that are shown at once; the others wait under "More qualities". */
export const isShownAtOnce = (option: QualityOption): boolean =>
  option.quality === 'original' ||
  option.bytesPresent > 0 ||
  option.state === 'filling' ||
  isDefaultRung(option.quality)

/** The whole of it is here, best first in the order the core gave. */
const firstComplete = (options: readonly QualityOption[]): QualityOption | undefined =>
  options.find((option) => option.complete && isChoosable(option))

/**
 * Which row Automatic stands for before playing: a complete copy costs nothing; else the default of the connection; else, on the local
 * network, the original. Null leaves it to the planner.
 */
export function resolveAutomatic(
  options: readonly QualityOption[],
  connection: ConnectionKind,
  defaults: Settings['defaultQuality'] | undefined,
): QualityOption | null {
  const choosable = options.filter(isChoosable)
  const complete = firstComplete(options)
  if (connection === 'offline') {
    return complete ?? choosable.find((option) => option.bytesPresent > 0) ?? null
  }
  const wanted = defaults?.[connection]
  if (wanted !== undefined && wanted !== 'automatic') {
    const named = choosable.find((option) => isQualityNamed(option, wanted))
    if (named !== undefined) return named
    // The default lies above this source: the original is the nearest there is.
    const original = choosable.find((option) => option.quality === 'original')
    if (original !== undefined) return original
  }
  return complete ?? null
}

/** The part and the place in it where the item was left. Positions count over the whole item. */
export function resumePoint(
  version: MediaVersion,
  positionMs: number | null,
): { readonly part: MediaPart; readonly resumeMs: number | null } | null {
  const [first] = version.parts
  if (first === undefined) return null
  if (positionMs === null) return { part: first, resumeMs: null }
  let startMs = 0
  for (const part of version.parts) {
    if (positionMs < startMs + part.durationMs) return { part, resumeMs: positionMs - startMs }
    startMs += part.durationMs
  }
  return { part: first, resumeMs: null }
}

export function planPlay(
  item: Item,
  version: MediaVersion,
  choice: QualityChoice,
  connection: ConnectionKind,
  defaults: Settings['defaultQuality'] | undefined,
): PlayPlan | NoPlan {
  const resume = resumePoint(version, item.positionMs)
  if (resume === null) return 'unplayable'
  const { qualities } = resume.part
  const choosable = qualities.filter(isChoosable)
  if (choosable.length === 0) {
    return qualities.some((option) => option.unavailable === 'source-unreachable')
      ? 'nothing-here'
      : 'unplayable'
  }
  const chosen = choice === 'automatic' ? undefined : choosable.find((option) => option.quality === choice)
  return { ...resume, option: chosen ?? resolveAutomatic(qualities, connection, defaults) }
}
