import { areOddities, NO_ODDITIES, type Oddities } from '../transcode/oddities.ts'

/** What `/demo/control` sets; its names and meanings are those of the surface document. */
export interface ControlState {
  /** Added before the first byte of an answer. */
  readonly latencyMs: number
  /** Megabits a second for all connections together; null for no limit. */
  readonly mbps: number | null
  readonly serving: boolean
  /** How a server that is not serving behaves: resets connections, or accepts and never answers. */
  readonly mode: 'reset' | 'hang'
  /** A multiple of real time; null for as fast as the machine can. */
  readonly encoderSpeed: number | null
  /** Whether there is a download queue, as servers from 1.41.9 on have one. */
  readonly queue: boolean
  /** How transcodes misbehave. A change names some oddities; the others are off. */
  readonly transcode: Oddities
  /** Statuses to answer with, by the beginning of the path. */
  readonly refuse: Readonly<Record<string, number>>
}

export const DEFAULT_CONTROL: ControlState = {
  latencyMs: 0,
  mbps: null,
  serving: true,
  mode: 'reset',
  encoderSpeed: null,
  queue: true,
  transcode: NO_ODDITIES,
  refuse: {},
}

type Check = (value: unknown) => boolean

const isPositive: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value > 0
const isBoolean: Check = (value) => typeof value === 'boolean'

const CHECKS: Record<keyof ControlState, Check> = {
  latencyMs: (value) => value === 0 || isPositive(value),
  mbps: (value) => value === null || isPositive(value),
  serving: isBoolean,
  mode: (value) => value === 'reset' || value === 'hang',
  encoderSpeed: (value) => value === null || isPositive(value),
  queue: isBoolean,
  transcode: areOddities,
  refuse: (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((status) => Number.isInteger(status) && status >= 400 && status < 600),
}

/** The state after a change; throws a `RangeError` that names an unknown key or a bad value. */
export function changeControl(state: ControlState, change: unknown): ControlState {
  if (typeof change !== 'object' || change === null || Array.isArray(change))
    throw new RangeError('not an object')
  for (const [key, value] of Object.entries(change)) {
    const check = (CHECKS as Record<string, Check | undefined>)[key]
    if (!check) throw new RangeError(`unknown key ${key}`)
    if (!check(value)) throw new RangeError(`bad value for ${key}`)
  }
  const { transcode, ...rest } = change as Partial<ControlState>
  return { ...state, ...rest, ...(transcode && { transcode: { ...NO_ODDITIES, ...transcode } }) }
}

/** The status that `refuse` has for a path, or null. The longest prefix wins. */
export function refusedStatus(state: ControlState, path: string): number | null {
  const prefixes = Object.keys(state.refuse).filter((prefix) => path.startsWith(prefix))
  const longest = prefixes.toSorted((one, other) => other.length - one.length)[0]
  return longest === undefined ? null : state.refuse[longest]!
}
