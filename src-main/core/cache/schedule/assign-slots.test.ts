import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assignSlots, slotLimits, type Bid, type Holder } from './assign-slots.ts'
import { compareTurns, priority, type Priority } from './priority.ts'

const classes = Object.values(priority)
const bidOf = fc.record({
  entryId: fc.nat(4),
  priority: fc.constantFrom<Priority>(...classes),
  neededAtMs: fc.constantFrom(0, 5, 1_000, Number.POSITIVE_INFINITY),
})
const sourceOf = (entryId: number): string => `s${entryId % 2}`

/** Bids, and places held within the limits. */
const cases = fc
  .tuple(fc.array(bidOf, { maxLength: 12 }), fc.array(fc.tuple(bidOf, fc.boolean()), { maxLength: 12 }))
  .map(([bids, held]) => {
    let seq = 0
    const holders: Holder[] = []
    for (const [bid, isLeaving] of held) {
      const holder = { ...bid, sourceId: sourceOf(bid.entryId), seq: (seq += 1), isLeaving }
      if (isWithin([...holders, holder])) holders.push(holder)
    }
    return {
      holders,
      bids: bids.map((bid): Bid => ({ ...bid, sourceId: sourceOf(bid.entryId), seq: (seq += 1) })),
    }
  })

function isWithin(places: readonly Bid[]): boolean {
  const most = (key: (place: Bid) => string | number, limit: number): boolean => {
    const counts = Map.groupBy(places, key)
    return [...counts.values()].every(({ length }) => length <= limit)
  }
  return (
    places.length <= slotLimits.overall &&
    most(({ entryId }) => entryId, slotLimits.perEntry) &&
    most(({ sourceId }) => sourceId, slotLimits.perSource)
  )
}

const check = (
  property: (decision: ReturnType<typeof assignSlots>, bids: Bid[], holders: Holder[]) => void,
) =>
  fc.assert(
    fc.property(cases, ({ bids, holders }) => property(assignSlots(bids, holders), bids, holders)),
    { numRuns: 2_000 },
  )

describe('assignSlots', () => {
  it('never lets more begin than the limits allow, also before those who leave have left', () => {
    check(({ begin }, _, holders) => {
      expect(isWithin([...holders, ...begin])).toBe(true)
    })
  })

  it('keeps a place of every source for a reader that has nothing', () => {
    check(({ begin }, _, holders) => {
      for (const bid of begin) {
        if (bid.priority === priority.stalled) continue
        const earlier = begin.filter((other) => compareTurns(other, bid) < 0)
        const before = [...holders, ...earlier].filter(({ sourceId }) => sourceId === bid.sourceId)
        expect(before.length).toBeLessThan(slotLimits.perSource - slotLimits.reservedPerSource)
      }
    })
  })

  it('ends only what is less urgent than somebody who waits, nobody twice, and not more than wait', () => {
    check(({ begin, end }, bids, holders) => {
      expect(new Set(end).size).toBe(end.length)
      const waiting = bids.filter((bid) => !begin.includes(bid))
      expect(end.length).toBeLessThanOrEqual(waiting.length * 3)
      for (const holder of end) {
        expect(holders).toContain(holder)
        expect(holder.isLeaving).toBe(false)
        expect(waiting.some((bid) => bid.priority < holder.priority)).toBe(true)
      }
    })
  })

  it('leaves no reader waiting that has nothing, while a download of its source has a place', () => {
    check(({ begin, end }, bids, holders) => {
      const stalled = bids.filter((bid) => bid.priority === priority.stalled)
      const staying = holders.filter((holder) => !end.includes(holder) && !holder.isLeaving)
      const leaving = holders.length - staying.length
      for (const bid of stalled) {
        if (begin.includes(bid)) continue
        // It waits for one that leaves, or all places it could have are of those at least as urgent.
        const ofEntry = staying.filter(({ entryId }) => entryId === bid.entryId)
        const ofSource = staying.filter(({ sourceId }) => sourceId === bid.sourceId)
        const isBlockedByEqual = (places: readonly Bid[], limit: number): boolean =>
          places.length + stalled.length >= limit && places.every((place) => place.priority === 0)
        expect(
          leaving > 0 ||
            isBlockedByEqual(ofEntry, slotLimits.perEntry) ||
            isBlockedByEqual(ofSource, slotLimits.perSource) ||
            isBlockedByEqual(staying, slotLimits.overall),
        ).toBe(true)
      }
    })
  })

  it('lets nobody pass another of its entry that is as urgent and was there first', () => {
    check(({ begin }, bids) => {
      for (const late of begin)
        for (const early of bids)
          if (early.entryId === late.entryId && compareTurns(early, late) < 0)
            expect(begin.includes(early)).toBe(true)
    })
  })

  it('lets all begin while there is room, whatever their class', () => {
    const bids = classes.slice(0, 3).map((of, seq): Bid => ({
      entryId: seq,
      sourceId: `s${seq}`,
      priority: of,
      neededAtMs: 0,
      seq,
    }))
    expect(assignSlots(bids, [])).toEqual({ begin: bids, end: [] })
  })
})
