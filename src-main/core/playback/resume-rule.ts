/** Where a title was left, as this computer remembers it. */
export interface LeftHere {
  readonly positionMs: number
  /** Epoch ms. */
  readonly updatedAt: number
}

/** Where it was left, as the server remembers it: from whatever device. */
export interface LeftThere {
  /** Null when not begun, or watched to the end. */
  readonly viewOffsetMs: number | null
  /** Epoch ms, to the second. */
  readonly lastViewedAt: number | null
}

/** As little as this is not a beginning. */
const begunMs = 5_000
/** From here on it has been seen. */
const seenFraction = 0.95
/** Our own last report comes back with the server's clock, in whole seconds: that is not another device. */
const sameReportMs = 5_000

/** Where to go on, in ms of the item: whichever of the two is newer, from the start when hardly begun or nearly over. */
export function resumePosition(here: LeftHere | null, there: LeftThere, durationMs: number | null): number {
  const isThereNewer =
    here === null || (there.lastViewedAt !== null && there.lastViewedAt > here.updatedAt + sameReportMs)
  const positionMs = isThereNewer ? (there.viewOffsetMs ?? 0) : here.positionMs
  if (positionMs <= begunMs) return 0
  if (durationMs !== null && durationMs > 0 && positionMs >= durationMs * seenFraction) return 0
  return positionMs
}

/** Plex's own threshold, and its default. */
const watchedFraction = 0.9

/** True once this much has been reached. */
export const isWatchedAt = (positionMs: number, durationMs: number): boolean =>
  durationMs > 0 && positionMs >= durationMs * watchedFraction
