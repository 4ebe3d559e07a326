import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { slotLimits } from './assign-slots.ts'
import { priority, type Priority } from './priority.ts'
import { SlotKeeper, type Asker, type SlotUser, type Wish } from './slot-keeper.ts'

class Request implements SlotUser {
  readonly neededAtMs = 0
  readonly asker: TestAsker
  priority: Priority
  wasAsked = 0

  constructor(asker: TestAsker, of: Priority) {
    this.asker = asker
    this.priority = of
  }

  giveWay(): void {
    this.wasAsked += 1
  }
}

class TestAsker implements Asker {
  readonly entryId: number
  readonly sourceId: string
  readonly begun: number[] = []
  readonly #under: Request[]
  wishes: Wish[] = []
  refuses = false

  constructor(entryId: number, under: Request[]) {
    this.entryId = entryId
    this.sourceId = `s${entryId % 2}`
    this.#under = under
  }

  begin(wish: Wish): SlotUser | null {
    this.wishes = this.wishes.filter(({ at }) => at !== wish.at)
    if (this.refuses) return null
    this.begun.push(wish.at)
    const request = new Request(this, wish.priority)
    this.#under.push(request)
    return request
  }
}

const wishAt = (at: number, of: Priority = priority.download): Wish => ({
  at,
  priority: of,
  neededAtMs: Number.POSITIVE_INFINITY,
})

describe('SlotKeeper', () => {
  it('lets wishes begin at once while there is room, and the next when one has ended', () => {
    const under: Request[] = []
    const keeper = new SlotKeeper()
    const asker = new TestAsker(0, under)
    keeper.wish(
      asker,
      [1, 2, 3, 4].map((at) => wishAt(at)),
    )
    expect(asker.begun).toEqual([1, 2, 3])
    expect([keeper.used, keeper.waiting]).toEqual([3, 1])
    keeper.leave(under[1] as Request)
    expect(asker.begun).toEqual([1, 2, 3, 4])
    expect([keeper.used, keeper.waiting]).toEqual([3, 0])
  })

  it('drops what is not wished for any more, and counts twice the same once', () => {
    const under: Request[] = []
    const keeper = new SlotKeeper()
    const asker = new TestAsker(0, under)
    keeper.wish(
      asker,
      [1, 2, 3].map((at) => wishAt(at)),
    )
    keeper.wish(asker, [wishAt(7), wishAt(8), wishAt(8, priority.soon)])
    expect(keeper.waiting).toBe(1 + 1)
    keeper.wish(asker, [wishAt(9)])
    keeper.leave(under[0] as Request)
    expect(asker.begun).toEqual([1, 2, 3, 9])
  })

  it('a wish repeated keeps its turn before those that came later', () => {
    const under: Request[] = []
    const keeper = new SlotKeeper()
    const [full, first, second] = [new TestAsker(0, under), new TestAsker(2, under), new TestAsker(4, under)]
    keeper.wish(
      full,
      [1, 2, 3].map((at) => wishAt(at)),
    )
    keeper.wish(first, [wishAt(10)])
    keeper.wish(second, [wishAt(20)])
    keeper.wish(first, [wishAt(11), wishAt(10)])
    keeper.leave(under[0] as Request)
    expect([first.begun, second.begun]).toEqual([[10], []])
  })

  it('goes on to somebody else when a wish turns out to be no use', () => {
    const under: Request[] = []
    const keeper = new SlotKeeper()
    const [full, gone, other] = [new TestAsker(0, under), new TestAsker(2, under), new TestAsker(4, under)]
    keeper.wish(
      full,
      [1, 2, 3].map((at) => wishAt(at)),
    )
    keeper.wish(gone, [wishAt(10)])
    keeper.wish(other, [wishAt(20)])
    gone.refuses = true
    keeper.leave(under[0] as Request)
    expect(other.begun).toEqual([20])
  })

  it('asks a download to give way to a reader, once, and lets the reader begin when it has', () => {
    const under: Request[] = []
    const keeper = new SlotKeeper()
    const downloads = [0, 2, 4, 6].map((entryId) => new TestAsker(entryId, under))
    for (const asker of downloads) keeper.wish(asker, [wishAt(1, priority.stalled)])
    for (const request of under) request.priority = priority.download
    const reader = new TestAsker(8, under)
    keeper.wish(reader, [wishAt(5, priority.stalled)])
    keeper.wish(reader, [wishAt(5, priority.stalled)])
    // The one that came last of those as urgent.
    expect(under.map(({ wasAsked }) => wasAsked)).toEqual([0, 0, 0, 1])
    expect(reader.begun).toEqual([])
    keeper.leave(under[3] as Request)
    expect(reader.begun).toEqual([5])
  })

  it('whatever happens, keeps to the limits, and no reader waits behind a download that could give way', () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant('wish' as const),
        entry: fc.nat(5),
        wishes: fc.array(
          fc.record({
            at: fc.nat(6),
            priority: fc.constantFrom<Priority>(...Object.values(priority)),
            neededAtMs: fc.nat(3),
          }),
          { maxLength: 4 },
        ),
      }),
      fc.record({ do: fc.constant('end' as const), which: fc.nat(9) }),
      fc.record({
        do: fc.constant('change' as const),
        which: fc.nat(9),
        to: fc.constantFrom<Priority>(...Object.values(priority)),
      }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const under: Request[] = []
        const keeper = new SlotKeeper()
        const askers = [0, 1, 2, 3, 4, 5].map((entryId) => new TestAsker(entryId, under))
        for (const now of steps) {
          const asker = now.do === 'wish' ? askers[now.entry] : undefined
          const request = now.do === 'wish' ? undefined : under[now.which % Math.max(1, under.length)]
          if (now.do === 'wish' && asker !== undefined) {
            asker.wishes = now.wishes
            keeper.wish(asker, now.wishes)
          } else if (now.do === 'end' && request !== undefined) {
            under.splice(under.indexOf(request), 1)
            keeper.leave(request)
          } else if (now.do === 'change' && request !== undefined) request.priority = now.to
          expectSound(keeper, askers, under)
        }
        // Everything ends, so everybody has a turn.
        while (under.length > 0) {
          const request = under.shift() as Request
          keeper.leave(request)
        }
        expect([keeper.used, keeper.waiting]).toEqual([0, 0])
      }),
      { numRuns: 500 },
    )
  })
})

function expectSound(keeper: SlotKeeper, askers: readonly TestAsker[], under: readonly Request[]): void {
  expect(keeper.used).toBe(under.length)
  expect(under.length).toBeLessThanOrEqual(slotLimits.overall)
  for (const asker of askers) {
    const own = under.filter((request) => request.asker === asker)
    const ofSource = under.filter((request) => request.asker.sourceId === asker.sourceId)
    expect(own.length).toBeLessThanOrEqual(slotLimits.perEntry)
    expect(ofSource.length).toBeLessThanOrEqual(slotLimits.perSource)
    const isStalled = asker.wishes.some((wish) => wish.priority === priority.stalled)
    // A reader without a place: one is being made for it, or there is none that a download holds.
    const isFreeing = under.some(({ wasAsked }) => wasAsked > 0)
    const isFull = own.length >= slotLimits.perEntry || ofSource.length >= slotLimits.perSource
    if (isStalled && !isFreeing) expect(isFull || under.length >= slotLimits.overall).toBe(true)
  }
}
