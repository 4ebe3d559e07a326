/** Who left before this much had come was only passing through. */
export const passingBytes = 128 * 1024
/** So many in a row are a storm: somebody drags along the timeline. */
const stormStarts = 2
const quietMs = 50
const longestMs = 250

/** The last requests for jumps in one file. */
export interface SeekCalm {
  readonly lastStartMs: number
  /** Requests in a row that nobody waited for to the end. */
  readonly abandoned: number
}

export const calm: SeekCalm = { lastStartMs: Number.NEGATIVE_INFINITY, abandoned: 0 }

/** A storm is over when nothing began for so long. */
const overMs = 500

export const afterStart = ({ lastStartMs, abandoned }: SeekCalm, nowMs: number): SeekCalm => ({
  lastStartMs: nowMs,
  abandoned: nowMs - lastStartMs > overMs ? 0 : abandoned,
})

/** A reader left, having been brought so much of what it wanted. */
export function afterLeave(seeks: SeekCalm, readBytes: number, wantedBytes: number): SeekCalm {
  const isAbandoned = readBytes < Math.min(passingBytes, wantedBytes)
  return { ...seeks, abandoned: isAbandoned ? seeks.abandoned + 1 : 0 }
}

/**
 * Until a request for a jump may begin: at once, unless those before were left without being waited for, and the last began a moment ago. Then
 * when nobody has jumped on for 50 ms, but not later than 250 ms after the last.
 */
export function seekDelayMs({ lastStartMs, abandoned }: SeekCalm, askedMs: number, nowMs: number): number {
  if (abandoned < stormStarts || nowMs - lastStartMs >= longestMs) return 0
  return Math.max(0, Math.min(askedMs + quietMs, lastStartMs + longestMs) - nowMs)
}
