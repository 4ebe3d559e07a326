import { compareTurns, priority, type Turn } from './priority.ts'

/** A request to a source that would like to begin. */
export interface Bid extends Turn {
  readonly entryId: number
  readonly sourceId: string
}

/** One that has begun and not ended. */
export interface Holder extends Bid {
  /** It was told to end, and will. */
  readonly isLeaving: boolean
}

export interface SlotLimits {
  readonly perEntry: number
  readonly perSource: number
  /** Of those of a source, kept free for readers that have nothing. */
  readonly reservedPerSource: number
  readonly overall: number
}

export const slotLimits: SlotLimits = { perEntry: 3, perSource: 4, reservedPerSource: 1, overall: 8 }

/** Who begins now, and who has to end so that somebody more urgent can begin when it has. */
export interface SlotDecision<B extends Bid, H extends Holder> {
  readonly begin: readonly B[]
  readonly end: readonly H[]
}

/**
 * Decides who may ask its source now. Strict: whoever is more urgent goes first, and takes the place of somebody less urgent where
 * that is the only way; among equals the one that is needed first, then the one that came first.
 */
export function assignSlots<B extends Bid, H extends Holder>(
  bids: readonly B[],
  holders: readonly H[],
  limits: SlotLimits = slotLimits,
): SlotDecision<B, H> {
  const begin: B[] = []
  const end: H[] = []
  /** Places that are taken now. */
  const taken: Bid[] = [...holders]
  /** Places that will be taken once everybody who leaves has left, and those have begun for whom they leave. */
  let planned: Bid[] = holders.filter(({ isLeaving }) => !isLeaving)
  for (const bid of [...bids].sort(compareTurns)) {
    let room = planned
    const leaving: H[] = []
    for (let full = fullScope(bid, room, limits); full !== null; full = fullScope(bid, room, limits)) {
      const victim = leastUrgent(holders.filter((holder) => room.includes(holder) && full?.(holder)))
      if (victim === null || victim.priority <= bid.priority) break
      leaving.push(victim)
      room = room.filter((place) => place !== victim)
    }
    if (fullScope(bid, room, limits) !== null) continue
    end.push(...leaving)
    planned = [...room, bid]
    if (leaving.length > 0 || fullScope(bid, taken, limits) !== null) continue
    begin.push(bid)
    taken.push(bid)
  }
  return { begin, end }
}

/** Which places stand in the way of a bid; null when there is one for it. */
function fullScope(bid: Bid, taken: readonly Bid[], limits: SlotLimits): ((place: Bid) => boolean) | null {
  const reserved = bid.priority === priority.stalled ? 0 : limits.reservedPerSource
  const ofEntry = (place: Bid): boolean => place.entryId === bid.entryId
  const ofSource = (place: Bid): boolean => place.sourceId === bid.sourceId
  if (taken.filter(ofEntry).length >= limits.perEntry) return ofEntry
  if (taken.filter(ofSource).length >= limits.perSource - reserved) return ofSource
  return taken.length >= limits.overall ? () => true : null
}

const leastUrgent = <H extends Holder>(holders: readonly H[]): H | null =>
  holders.reduce<H | null>(
    (worst, holder) => (worst === null || compareTurns(worst, holder) < 0 ? holder : worst),
    null,
  )
