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
  /** The most that the owner lets one stream take; null for no limit. */
  readonly maxKbps: number | null
  /** How many clients may watch conversions at once; null for any number. */
  readonly maxStreams: number | null
  /** As if by Plex Relay: 2 Mbit/s for all together, and nothing that takes more. */
  readonly relay: boolean
  /** The code that every decision answers, 2000 and above; null to decide. */
  readonly decision: number | null
  /** What the owner says to whoever plays, which ends it; null to let them. */
  readonly terminate: string | null
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
  maxKbps: null,
  maxStreams: null,
  relay: false,
  decision: null,
  terminate: null,
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
  maxKbps: (value) => value === null || isPositive(value),
  maxStreams: (value) => value === null || (Number.isInteger(value) && Number(value) >= 0),
  relay: isBoolean,
  decision: (value) =>
    value === null || (Number.isInteger(value) && Number(value) >= 2000 && Number(value) < 5000),
  terminate: (value) => value === null || typeof value === 'string',
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

/** The status that `refuse` has for a path, or null. The longest prefix wins; `*` stands for anything but a slash. */
export function refusedStatus(state: ControlState, path: string): number | null {
  const prefixes = Object.keys(state.refuse).filter((prefix) => beginsWith(path, prefix))
  const longest = prefixes.toSorted((one, other) => other.length - one.length)[0]
  return longest === undefined ? null : state.refuse[longest]!
}

function beginsWith(path: string, prefix: string): boolean {
  if (!prefix.includes('*')) return path.startsWith(prefix)
  const pattern = prefix
    .split('*')
    .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^/]*')
  return new RegExp(`^${pattern}`).test(path)
}
