import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseVictims, type Candidate } from './choose-victims.ts'

const plain: Candidate = {
  entryId: 0,
  title: 'a',
  bytes: 10,
  qualityRank: 1,
  isPinned: false,
  isInUse: false,
  isComplete: false,
  isFailed: false,
  isWatched: false,
  accessSeq: 0,
}
const entry = (entryId: number, fields: Partial<Candidate>): Candidate => ({
  ...plain,
  entryId,
  title: `t${entryId}`,
  accessSeq: entryId,
  ...fields,
})

const candidates = fc
  .array(
    fc.record({
      title: fc.constantFrom('a', 'b', 'c'),
      bytes: fc.nat(50),
      qualityRank: fc.nat(4),
      isPinned: fc.boolean(),
      isInUse: fc.boolean(),
      isComplete: fc.boolean(),
      isFailed: fc.boolean(),
      isWatched: fc.boolean(),
      accessSeq: fc.nat(100),
    }),
    { maxLength: 12 },
  )
  .map((list) => list.map((fields, entryId) => ({ ...fields, entryId })))

describe('chooseVictims', () => {
  it('goes failed, watched, lesser copies, least recently used', () => {
    const all = [
      entry(1, {}),
      entry(2, { isWatched: true }),
      entry(3, { title: 'film', qualityRank: 1 }),
      entry(4, { title: 'film', qualityRank: 9, isComplete: true }),
      entry(5, { isFailed: true }),
      entry(6, { isPinned: true }),
      entry(7, { isInUse: true }),
    ]
    expect(chooseVictims(all, 1000)).toEqual([
      { entryId: 5, bytes: 10, reason: 'failed' },
      { entryId: 2, bytes: 10, reason: 'watched' },
      { entryId: 3, bytes: 10, reason: 'better copy kept' },
      { entryId: 1, bytes: 10, reason: 'least recently used' },
      { entryId: 4, bytes: 10, reason: 'least recently used' },
    ])
    expect(chooseVictims(all, 15).map(({ entryId }) => entryId)).toEqual([5, 2])
  })

  it('keeps a quality whose better copy is not complete or goes itself', () => {
    const partial = [entry(1, { title: 'film' }), entry(2, { title: 'film', qualityRank: 9 }), entry(0, {})]
    expect(chooseVictims(partial, 1)).toMatchObject([{ entryId: 0, reason: 'least recently used' }])
    const watched = [
      entry(1, { title: 'film' }),
      entry(2, { title: 'film', qualityRank: 9, isComplete: true, isWatched: true }),
      entry(0, {}),
    ]
    expect(chooseVictims(watched, 11).map(({ entryId }) => entryId)).toEqual([2, 0])
  })

  it('never takes what is pinned or in use, takes enough when it can, and nothing in vain', () => {
    fc.assert(
      fc.property(candidates, fc.nat(300), (all, needed) => {
        const victims = chooseVictims(all, needed)
        const ids = new Set(victims.map(({ entryId }) => entryId))
        expect(ids.size).toBe(victims.length)
        for (const { entryId } of victims) {
          expect(all[entryId]!.isPinned || all[entryId]!.isInUse).toBe(false)
          expect(all[entryId]!.bytes).toBeGreaterThan(0)
        }
        const freed = victims.reduce((sum, { bytes }) => sum + bytes, 0)
        const possible = all
          .filter(({ isPinned, isInUse }) => !isPinned && !isInUse)
          .reduce((sum, { bytes }) => sum + bytes, 0)
        expect(freed).toBeGreaterThanOrEqual(Math.min(needed, possible))
        // Without the last one it would not have been enough.
        const last = victims.at(-1)
        expect(last === undefined || freed - last.bytes < needed).toBe(true)
      }),
    )
  })

  it('takes the same first victims when more is needed', () => {
    fc.assert(
      fc.property(candidates, fc.nat(200), fc.nat(200), (all, less, more) => {
        const few = chooseVictims(all, less)
        expect(chooseVictims(all, less + more).slice(0, few.length)).toEqual(few)
      }),
    )
  })
})
