/** What may come instead of a segment: an empty packet, half of it, nothing after the head, no such thing. */
export type SegmentFault = 'blank' | 'truncated' | 'hang' | 'missing'

/** Ways in which real servers' transcodes differ from what clients hope for. Those of a session hold for its life. */
export interface Oddities {
  /** Sessions cut so much later in the film than their playlist says, with true time stamps. */
  readonly gridShiftS: number
  /** Their time stamps run so much further ahead of the film. */
  readonly clockShiftS: number
  /** They encode with other settings, as when another encoder had to take over. */
  readonly otherSettings: boolean
  /** They copy the source's pictures whatever was decided: cut at its key frames, under a playlist that says otherwise. */
  readonly copies: boolean
  /** Playlists list so many segments more than come. */
  readonly extraSegments: number
  /** What the next requests for a segment get, one after the other, by its number. */
  readonly segmentFaults: Readonly<Record<string, readonly SegmentFault[]>>
  /** After so many starts within ten seconds, decisions and starts are refused with 400 for a while. */
  readonly startLimit: { readonly starts: number; readonly refusedS: number } | null
}

export const NO_ODDITIES: Oddities = {
  gridShiftS: 0,
  clockShiftS: 0,
  otherSettings: false,
  copies: false,
  extraSegments: 0,
  segmentFaults: {},
  startLimit: null,
}

const FAULTS: readonly unknown[] = ['blank', 'truncated', 'hang', 'missing'] satisfies SegmentFault[]

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isSeconds = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value)
const isBoolean = (value: unknown): boolean => typeof value === 'boolean'
const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0

const CHECKS: Record<keyof Oddities, (value: unknown) => boolean> = {
  gridShiftS: (value) => isSeconds(value) && Number(value) >= 0,
  clockShiftS: isSeconds,
  otherSettings: isBoolean,
  copies: isBoolean,
  extraSegments: isCount,
  segmentFaults: (value) =>
    isObject(value) &&
    Object.entries(value).every(
      ([index, faults]) =>
        /^\d+$/.test(index) && Array.isArray(faults) && faults.every((fault) => FAULTS.includes(fault)),
    ),
  startLimit: (value) =>
    value === null ||
    (isObject(value) &&
      Object.keys(value).toSorted().join() === 'refusedS,starts' &&
      Object.values(value).every((number) => typeof number === 'number' && number > 0)),
}

/** Whether a value names some oddities, each soundly. */
export function areOddities(value: unknown): value is Partial<Oddities> {
  if (!isObject(value)) return false
  const checks: Record<string, ((each: unknown) => boolean) | undefined> = CHECKS
  return Object.entries(value).every(([key, each]) => checks[key]?.(each) ?? false)
}
