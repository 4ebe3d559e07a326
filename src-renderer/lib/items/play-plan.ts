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

const frameOf = (option: QualityOption): string => option.quality.split('-')[0] ?? ''

/** The default rung of the tallest frame that is offered. Options come high to low. */
function bestRung(options: readonly QualityOption[]): QualityOption | undefined {
  const rungs = options.filter((option) => option.quality !== 'original' && isChoosable(option))
  const tallest = rungs.filter((option) => rungs[0] !== undefined && frameOf(option) === frameOf(rungs[0]))
  return tallest.find((option) => isDefaultRung(option.quality)) ?? tallest[0]
}

/** What the connection's default comes to with this source's rows. */
function chooseOnline(
  options: readonly QualityOption[],
  connection: ConnectionKind,
  name: string,
): QualityOption | undefined {
  const original = options.find((option) => option.quality === 'original' && isChoosable(option))
  if (name === 'automatic') {
    return connection === 'lan' ? (original ?? bestRung(options)) : (bestRung(options) ?? original)
  }
  const wanted = options.find((option) => isQualityNamed(option, name))
  if (wanted === undefined || wanted.quality === 'original') return original ?? bestRung(options)
  if (isChoosable(wanted)) return wanted
  const fitsOriginal =
    original !== undefined &&
    original.bitrateKbps !== null &&
    wanted.bitrateKbps !== null &&
    original.bitrateKbps <= wanted.bitrateKbps
  if (fitsOriginal) return original
  const lower = options
    .slice(options.indexOf(wanted))
    .find((option) => option.quality !== 'original' && isChoosable(option))
  return lower ?? original
}

/** Not to be chosen by name while the server is away, but better than nothing. */
const isPartHere = (option: QualityOption): boolean =>
  option.bytesPresent > 0 && (isChoosable(option) || option.unavailable === 'source-unreachable')

/**
 * Which row Automatic stands for before playing, by the rules of the core's planner: the connection's default, unless a whole copy here is
 * at least as good; offline, the best there is. Null leaves it to the planner.
 */
export function resolveAutomatic(
  options: readonly QualityOption[],
  connection: ConnectionKind,
  defaults: Settings['defaultQuality'] | undefined,
): QualityOption | null {
  const complete = options.find((option) => option.complete && isChoosable(option))
  if (connection === 'offline') {
    return complete ?? options.find(isPartHere) ?? null
  }
  if (defaults === undefined) return null
  const wanted = chooseOnline(options, connection, defaults[connection])
  if (wanted === undefined) return complete ?? null
  return complete !== undefined && options.indexOf(complete) <= options.indexOf(wanted) ? complete : wanted
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
  if (!qualities.some(isChoosable) && !qualities.some(isPartHere)) {
    return qualities.some((option) => option.unavailable === 'source-unreachable')
      ? 'nothing-here'
      : 'unplayable'
  }
  const chosen = qualities.find((option) => option.quality === choice && isChoosable(option))
  return { ...resume, option: chosen ?? resolveAutomatic(qualities, connection, defaults) }
}
