import type {
  Item,
  MediaPart,
  MediaVersion,
  Quality,
  QualityOption,
} from '../../../src-preload/contract/index.ts'

/** What a person asked for on the details page. */
export type QualityChoice = 'automatic' | Quality

/** What pressing Play will do. */
export interface PlayPlan {
  readonly part: MediaPart
  readonly option: QualityOption
  /** Where to begin, in ms of the part; null for the beginning. */
  readonly resumeMs: number | null
}

/** Why nothing of a version can be played now. */
export type NoPlan = 'nothing-here' | 'unplayable'

export const isChoosable = (option: QualityOption): boolean => option.unavailable === undefined

/** The rows of a shelf that are shown at once; the others wait under "More qualities". */
export const isShownAtOnce = (option: QualityOption): boolean =>
  option.isDefault || option.bytesPresent > 0 || option.state === 'filling'

/** The row that Automatic stands for now. */
export const automaticOf = (part: MediaPart | undefined): QualityOption | null =>
  part?.qualities.find((option) => option.quality === part.automatic) ?? null

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
  item: Pick<Item, 'positionMs'>,
  version: MediaVersion,
  choice: QualityChoice,
): PlayPlan | NoPlan {
  const resume = resumePoint(version, item.positionMs)
  if (resume === null) return 'unplayable'
  const { qualities } = resume.part
  const chosen = qualities.find((option) => option.quality === choice && isChoosable(option))
  const option = chosen ?? automaticOf(resume.part)
  if (option !== null) return { ...resume, option }
  return qualities.some(({ unavailable }) => unavailable === 'source-unreachable')
    ? 'nothing-here'
    : 'unplayable'
}
