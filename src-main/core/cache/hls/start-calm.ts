/** So many starts in a row that nobody waited for are a storm: somebody drags along the timeline. */
const stormStarts = 2
/** In a storm a start waits until nobody has gone on for so long: more than lies between two repeats of a held key. */
const quietMs = 80
/** But not for longer than this after the last one: whoever never stops sees something now and then. */
const longestMs = 1_000

/** The last starts of sessions for one entry. Times are monotonic ms. */
export interface StartCalm {
  readonly lastStartMs: number
  readonly lastAskedMs: number
  /** In a row, asked for and given up before they brought anything. */
  readonly overtaken: number
}

export const calmStart: StartCalm = {
  lastStartMs: Number.NEGATIVE_INFINITY,
  lastAskedMs: Number.NEGATIVE_INFINITY,
  overtaken: 0,
}

/** A start is wanted. After a second in which nobody wanted another, no storm is left. */
export const afterAsked = (calm: StartCalm, nowMs: number): StartCalm => ({
  ...calm,
  lastAskedMs: nowMs,
  overtaken: nowMs - calm.lastAskedMs > longestMs ? 0 : calm.overtaken,
})

export const afterOvertaken = (calm: StartCalm): StartCalm => ({ ...calm, overtaken: calm.overtaken + 1 })

/**
 * Until the start that is wanted now may be made: `distanceMs` after the last at least, as starting in a hurry has crashed servers. In a storm
 * only when it is over, so that the position where it ends finds neither an encoder to be stopped nor that distance to be kept.
 */
export function startDelayMs(
  { lastStartMs, overtaken }: StartCalm,
  distanceMs: number,
  nowMs: number,
): number {
  const distance = lastStartMs + distanceMs - nowMs
  const quiet = overtaken < stormStarts ? 0 : Math.min(quietMs, lastStartMs + longestMs - nowMs)
  return Math.max(0, distance, quiet)
}
