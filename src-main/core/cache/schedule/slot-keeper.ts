import { assignSlots, slotLimits, type Bid, type Holder, type SlotLimits } from './assign-slots.ts'
import type { Priority } from './priority.ts'

/** Something that sends requests to a source, such as one file. */
export interface Asker {
  readonly entryId: number
  readonly sourceId: string
  /** It is the turn of a wish: the request begins now, unless it is no use any more. */
  begin(wish: Wish): SlotUser | null
}

/** A request that is wanted and has not begun. */
export interface Wish {
  /** Names it among the wishes of its asker, so that it keeps its turn when it is wished for again. */
  readonly at: number
  readonly priority: Priority
  readonly neededAtMs: number
}

/** A request under way. How urgent it is may change while it is. */
export interface SlotUser {
  readonly priority: Priority
  readonly neededAtMs: number
  /** Somebody more urgent needs the place: end soon, and say so by `leave`. */
  giveWay(): void
}

interface Waiting extends Bid {
  readonly asker: Asker
  readonly wish: Wish
}

interface Place extends Holder {
  readonly user: SlotUser
}

/** The places for requests to sources, and who waits for one. Decisions: `assignSlots`. */
export class SlotKeeper {
  readonly #limits: SlotLimits
  readonly #waiting = new Map<Asker, Waiting[]>()
  readonly #places = new Map<SlotUser, { asker: Asker; seq: number; isLeaving: boolean }>()
  #seq = 0
  #isDeciding = false
  #mustDecide = false

  constructor(limits: SlotLimits = slotLimits) {
    this.#limits = limits
  }

  /** Requests under way. */
  get used(): number {
    return this.#places.size
  }

  /** Wishes whose turn has not come. */
  get waiting(): number {
    return [...this.#waiting.values()].reduce((sum, { length }) => sum + length, 0)
  }

  /**
   * All that an asker wants to begin now. What it wished for before and does not any more is dropped, a wish repeated keeps its
   * turn, and one made twice counts once. Those whose turn it is begin before this returns.
   */
  wish(asker: Asker, wishes: readonly Wish[]): void {
    const before = this.#waiting.get(asker)
    if (wishes.length === 0 && before === undefined) return
    const merged = new Map<number, Wish>()
    for (const wish of wishes) merged.set(wish.at, moreUrgent(merged.get(wish.at), wish))
    const waiting = [...merged.values()].map((wish): Waiting => {
      const seq = before?.find(({ wish: { at } }) => at === wish.at)?.seq ?? (this.#seq += 1)
      const { entryId, sourceId } = asker
      return { asker, wish, entryId, sourceId, seq, priority: wish.priority, neededAtMs: wish.neededAtMs }
    })
    if (waiting.length === 0) this.#waiting.delete(asker)
    else this.#waiting.set(asker, waiting)
    this.#decide()
  }

  /** A request has ended. */
  leave(user: SlotUser): void {
    if (this.#places.delete(user)) this.#decide()
  }

  #decide(): void {
    // Beginning and ending may make wishes: they are part of the next decision.
    this.#mustDecide = true
    if (this.#isDeciding) return
    this.#isDeciding = true
    try {
      while (this.#mustDecide) {
        this.#mustDecide = false
        if (this.#waiting.size > 0) this.#decideOnce()
      }
    } finally {
      this.#isDeciding = false
    }
  }

  #decideOnce(): void {
    const bids = [...this.#waiting.values()].flat()
    const places = [...this.#places].map(([user, { asker, seq, isLeaving }]): Place => {
      const { entryId, sourceId } = asker
      return { user, seq, isLeaving, entryId, sourceId, priority: user.priority, neededAtMs: user.neededAtMs }
    })
    const { begin, end } = assignSlots(bids, places, this.#limits)
    for (const { user } of end) {
      const place = this.#places.get(user)
      if (place === undefined) continue
      place.isLeaving = true
      user.giveWay()
    }
    for (const bid of begin) this.#begin(bid)
  }

  #begin(bid: Waiting): void {
    const { asker, wish, seq } = bid
    const waiting = this.#waiting.get(asker)
    if (waiting?.includes(bid) !== true) return
    const others = waiting.filter((other) => other !== bid)
    if (others.length === 0) this.#waiting.delete(asker)
    else this.#waiting.set(asker, others)
    const user = asker.begin(wish)
    if (user !== null) this.#places.set(user, { asker, seq, isLeaving: false })
    // The place it did not take is for somebody else.
    else this.#mustDecide = true
  }
}

const moreUrgent = (a: Wish | undefined, b: Wish): Wish =>
  a !== undefined && (a.priority < b.priority || (a.priority === b.priority && a.neededAtMs <= b.neededAtMs))
    ? a
    : b
