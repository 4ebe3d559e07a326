/**
 * How fast downloads may be together, besides the ceiling that a person set. While somebody is watching they leave a fifth of the
 * link free; when a player had to wait all the same they stop for ten seconds, begin again at half of what they had, and grow from
 * there: additive increase, multiplicative decrease. Pure: the state is a value, times are monotonic ms.
 */
export interface BackgroundRate {
  /** Nothing before this. */
  readonly heldUntilMs: number
  /** From then on, growing; null while no player had to wait. */
  readonly fromKbps: number | null
}

export const freeRate: BackgroundRate = { heldUntilMs: Number.NEGATIVE_INFINITY, fromKbps: null }

const holdMs = 10_000
const shareWhileWatched = 0.8
const leastKbps = 256
/** Per second, of what the link has; and where that is not known. */
const growthShare = 0.05
const growthKbps = 500
/** A rate to halve where neither link nor rate are known. */
const unknownKbps = 8_000

export interface LinkUse {
  readonly nowMs: number
  /** What the link gives; null while not known. */
  readonly capacityKbps: number | null
  /** Somebody is watching something. */
  readonly isWatched: boolean
}

/** What downloads may use now; null: as much as there is. */
export function allowedKbps(rate: BackgroundRate, use: LinkUse): number | null {
  if (use.nowMs < rate.heldUntilMs) return 0
  if (!use.isWatched) return null
  const share = shareOf(use)
  if (rate.fromKbps === null) return share
  const growth = use.capacityKbps === null ? growthKbps : use.capacityKbps * growthShare
  const grown = rate.fromKbps + (growth * (use.nowMs - rate.heldUntilMs)) / 1000
  return Math.round(share === null ? grown : Math.max(leastKbps, Math.min(share, grown)))
}

/** A player had to wait. */
export function afterWait(rate: BackgroundRate, use: LinkUse): BackgroundRate {
  const heldUntilMs = use.nowMs + holdMs
  // Downloads have stopped already: what they had before counts once.
  if (use.nowMs < rate.heldUntilMs) return { ...rate, heldUntilMs }
  const had = allowedKbps(rate, { ...use, isWatched: true }) ?? unknownKbps
  return { heldUntilMs, fromKbps: Math.max(leastKbps, Math.round(had / 2)) }
}

const shareOf = ({ capacityKbps }: LinkUse): number | null =>
  capacityKbps === null ? null : Math.max(leastKbps, capacityKbps * shareWhileWatched)
