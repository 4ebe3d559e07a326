/**
 * Who goes first, when not all can: a reader that has nothing; what it needs within ten seconds; the rest of what is fetched ahead of it;
 * what somebody asked to keep; what the app fetches of itself; checks of what is here already.
 */
export const priority = { stalled: 0, soon: 1, ahead: 2, download: 3, fill: 4, upkeep: 5 } as const

export type Priority = (typeof priority)[keyof typeof priority]

/** Nobody is watching it. */
export const isBackground = (of: Priority): boolean => of >= priority.download

/** What a player needs sooner than this comes before what it needs later. */
const soonMs = 10_000

/** Of bytes that a reader comes to in `neededInMs`. */
export const priorityAhead = (neededInMs: number): Priority =>
  neededInMs <= 0 ? priority.stalled : neededInMs < soonMs ? priority.soon : priority.ahead

/** The order in which bids have their turn. */
export interface Turn {
  readonly priority: Priority
  /** When a player comes to it, monotonic ms; infinite when nobody waits. */
  readonly neededAtMs: number
  /** Grows with every bid: who came first. */
  readonly seq: number
}

/** Negative when `a` goes first. */
export const compareTurns = (a: Turn, b: Turn): number =>
  a.priority - b.priority || compare(a.neededAtMs, b.neededAtMs) || a.seq - b.seq

/** Two infinite times are equal, which their difference is not. */
const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1)
