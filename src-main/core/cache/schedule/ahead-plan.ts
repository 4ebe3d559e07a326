const mebibyte = 1024 * 1024

/** Filled up to this much of playing ahead of who watches, and again when less than that is left. */
const highMs = 120_000
const lowMs = 45_000
const leastBytes = 8 * mebibyte
const mostBytes = 512 * mebibyte
/** Of what may still be kept: what is fetched ahead must not push out what somebody keeps. */
const mostOfFree = 0.1
/** While nothing is kept: what memory holds. */
const passingBytes = 4 * mebibyte

/** How far to fetch ahead of who watches, in bytes: one request brings it up to `high`, the next begins at `low`. */
export interface AheadPlan {
  readonly lowBytes: number
  readonly highBytes: number
}

export interface Watching {
  readonly totalBytes: number | null
  readonly durationMs: number
  /** What players take, smoothed; null while they take nothing. */
  readonly takenPerSecond: number | null
  /** Bytes that may still be kept. */
  readonly freeBytes: number
  /** False while there is no room or the disk fails. */
  readonly isKeeping: boolean
}

/** Bytes in a second of playing: by size and length, or by what is taken where that is more. Null when neither is known. */
export function playRate({ totalBytes, durationMs, takenPerSecond }: Watching): number | null {
  const mean = totalBytes === null || durationMs <= 0 ? null : (totalBytes / durationMs) * 1000
  if (mean === null || takenPerSecond === null) return mean ?? takenPerSecond
  return Math.max(mean, takenPerSecond)
}

export function aheadPlan(watching: Watching): AheadPlan {
  if (!watching.isKeeping) return { lowBytes: passingBytes / 2, highBytes: passingBytes }
  const wanted = ((playRate(watching) ?? 0) * highMs) / 1000
  const most = Math.max(leastBytes, Math.min(mostBytes, watching.freeBytes * mostOfFree))
  const highBytes = Math.round(Math.min(most, Math.max(leastBytes, wanted)))
  return { lowBytes: Math.round((highBytes * lowMs) / highMs), highBytes }
}
