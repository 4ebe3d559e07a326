import type { AutomaticReason, Quality } from '../../../../src-preload/contract/index.ts'
import type { AutomaticState, Candidate, Decision, Move, Observation } from './observation.ts'

/** The figures of the rules. */
export const limits = {
  /** Between two changes; what has broken, or cannot be had any more, is left at once. */
  betweenChangesMs: 10_000,
  /** Without a stall, a slow link or a change, and with room all the while, before anything goes up. */
  calmMs: 25_000,
  /** Room: how much more the link gives than what is gone to needs. */
  headroom: 1.2,
  /** At a time. */
  maxRungs: 2,
  /** A slow link is acted on when the picture would stop within this. */
  horizonMs: 30_000,
  /** Before going up, this must be ahead. */
  cushionMs: 10_000,
  /** A wait so soon after a seek is the seek's own. */
  seekGraceMs: 8_000,
  /** A measure older than this says nothing of a link that falls. */
  freshMs: 20_000,
  /** And after this nothing of one that may have room. */
  knownMs: 300_000,
  /** Standing so long for bytes, the link counts as gone. */
  goneMs: 4_000,
  /** Copies are turned to when less than this is ahead. */
  copyAheadMs: 20_000,
  /** A copy must reach this much further. */
  copyGainMs: 3_000,
  /** What was left so soon after going up to it has disappointed. */
  disappointedMs: 60_000,
  /** How long it is left alone then, the first time; twice as long each further time. */
  shunMs: 60_000,
  /** A server that converts too slowly will not soon be faster. */
  shunBusyMs: 300_000,
  shunMaxMs: 900_000,
  /** So much of a copy is as good as all of it for now. */
  holdsMs: 60_000,
} as const

export const initialState: AutomaticState = {
  changedAtMs: null,
  wentUpTo: null,
  calmSinceMs: null,
  roomSinceMs: {},
  standingSinceMs: null,
  shunned: [],
}

interface Step {
  readonly state: AutomaticState
  readonly decision: Decision
}

/** The whole of Automatic: what was known, what is seen now → what is known, what to do, and why. Pure. */
export function decide(before: AutomaticState, seen: Observation): Step {
  const view = new View(seen)
  if (!seen.isAutomatic)
    return stay({ ...initialState, changedAtMs: before.changedAtMs, shunned: before.shunned }, 'chosen')
  const state = note(before, view)
  if (seen.failed !== null) return leaveFailed(state, view, seen.failed)
  if (seen.picture === 'resting') return goLower(state, view) ?? stay(state, 'settling')
  return turnToCopy(state, view) ?? goDown(state, view) ?? goUp(state, view)
}

/** What plays and breaks is left at once; a way up that led nowhere is not tried again soon. A way down that did is all there is. */
function leaveFailed(state: AutomaticState, view: View, failed: Quality): Step {
  const { seen } = view
  if (view.isBelow(failed)) return stay(state, 'failed')
  const shunning = shun(state, failed, seen.atMs)
  const to = failed === seen.playing ? view.pickLower(limits.maxRungs, shunning) : null
  return to === null ? stay(shunning, 'failed') : go(shunning, view, to, 'away', 'failed')
}

/** A link that has fallen further brings not even the lower quality that is on its way: a still lower one may come. */
function goLower(state: AutomaticState, view: View): Step | null {
  const { changingTo, linkKbps, linkAgeMs } = view.seen
  if (changingTo === null || !view.isBelow(changingTo) || !view.mayChange(state)) return null
  if (linkKbps === null || linkAgeMs === null || linkAgeMs > limits.freshMs) return null
  const onItsWay = new View({ ...view.seen, playing: changingTo, aheadMs: 0 })
  const to = onItsWay.isSlow ? onItsWay.pickLower(limits.maxRungs, state) : null
  return to === null ? null : go(state, view, to, 'down', 'link-slow')
}

/** What the rest of a title that cannot be had goes on with. */
function turnToCopy(state: AutomaticState, view: View): Step | null {
  const { seen } = view
  if (!view.isCutOff(state) || seen.aheadMs >= seen.leftMs) return null
  const copy = seen.aheadMs < limits.copyAheadMs ? view.pickCopy() : null
  // The picture goes on for a while: no haste.
  const mayGo = seen.connection === 'offline' || seen.picture === 'standing' || view.mayChange(state)
  if (copy !== null && mayGo) return go(state, view, copy, 'copy', 'offline')
  return seen.connection === 'offline' ? stay(state, 'offline') : null
}

function goDown(state: AutomaticState, view: View): Step | null {
  const { seen } = view
  const isStanding = state.standingSinceMs !== null
  // What is here is played first where even the least is too much, and right after going up: a change back would be for nothing.
  const isFresh = state.wentUpTo === seen.playing && seen.atMs - (state.changedAtMs ?? 0) < limits.calmMs
  const horizonMs = isFresh || view.isCutOff(state) ? limits.cushionMs : limits.horizonMs
  const isLate = view.isSlow && view.emptyInMs < horizonMs
  if (!isStanding && !isLate) return null
  const isServers = isStanding && seen.isServerBusy && !view.isSlow
  const why: AutomaticReason = isServers ? 'server-busy' : view.isSlow ? 'link-slow' : 'stalled'
  if (!view.mayChange(state)) return stay(state, why)
  const disappointed =
    isServers ||
    (state.wentUpTo === seen.playing && seen.atMs - (state.changedAtMs ?? 0) < limits.disappointedMs)
  const shunMs = isServers ? limits.shunBusyMs : limits.shunMs
  const next = disappointed ? shun(state, seen.playing, seen.atMs, shunMs) : state
  const to = view.pickLower(isServers || seen.linkKbps === null ? 1 : limits.maxRungs, next)
  return to === null ? stay(state, 'lowest') : go(next, view, to, 'down', why)
}

function goUp(state: AutomaticState, view: View): Step {
  const { seen } = view
  const higher = view.higher(limits.maxRungs)
  if (view.playing !== null && view.playing.hereMs >= seen.leftMs && higher.length === 0)
    return stay(state, 'here')
  if (higher.length === 0) return stay(state, 'best')
  if (seen.linkKbps === null && !higher.some((one) => one.hereMs >= seen.leftMs))
    return stay(state, 'measuring')
  const roomy = higher.filter((one) => view.hasRoomFor(one))
  if (roomy.length === 0) return stay(state, 'fits')
  const open = roomy.filter((one) => !isShunned(state, one.quality, seen.atMs))
  if (open.length === 0) return stay(state, 'shunned')
  const isLongSince = (sinceMs: number | null | undefined): boolean =>
    sinceMs != null && seen.atMs - sinceMs >= limits.calmMs
  const sure = open.find((one) => isLongSince(state.roomSinceMs[one.quality]))
  if (sure === undefined || !isLongSince(state.calmSinceMs) || !view.mayChange(state))
    return stay(state, 'waiting')
  return go(state, view, sure, 'up', 'calm')
}

/** Brings what is remembered up to this observation. */
function note(state: AutomaticState, view: View): AutomaticState {
  const { seen } = view
  const isSeeks = seen.sinceSeekMs !== null && seen.sinceSeekMs < limits.seekGraceMs
  const isStanding = seen.picture === 'standing' && !isSeeks
  const isCalm = seen.picture === 'moving' && !view.isSlow && seen.failed === null
  return {
    ...state,
    standingSinceMs: isStanding ? (state.standingSinceMs ?? seen.atMs) : null,
    calmSinceMs: isCalm ? (state.calmSinceMs ?? seen.atMs) : null,
    roomSinceMs: Object.fromEntries(
      view
        .higher(limits.maxRungs)
        .filter((one) => view.hasRoomFor(one))
        .map(({ quality }) => [quality, state.roomSinceMs[quality] ?? seen.atMs]),
    ),
  }
}

/** One observation, with what follows from it. */
class View {
  readonly seen: Observation
  readonly #at: number

  constructor(seen: Observation) {
    this.seen = seen
    this.#at = seen.candidates.findIndex(({ quality }) => quality === seen.playing)
  }

  get playing(): Candidate | null {
    return this.seen.candidates[this.#at] ?? null
  }

  /** The link gives less than what plays takes, and what plays has to come over it. */
  get isSlow(): boolean {
    const { linkKbps, linkAgeMs, leftMs, aheadMs } = this.seen
    const needKbps = this.#needOf(this.playing)
    if (linkKbps === null || linkAgeMs === null || needKbps === null || aheadMs >= leftMs) return false
    return linkAgeMs <= limits.freshMs && linkKbps < needKbps
  }

  /** When a slow link lets the picture stop. */
  get emptyInMs(): number {
    const { linkKbps, aheadMs } = this.seen
    const needKbps = this.#needOf(this.playing)
    if (!this.isSlow || linkKbps === null || needKbps === null) return Number.POSITIVE_INFINITY
    return aheadMs / (1 - linkKbps / needKbps)
  }

  isBelow(quality: Quality): boolean {
    return this.seen.candidates.slice(this.#at + 1).some((one) => one.quality === quality)
  }

  mayChange({ changedAtMs }: AutomaticState): boolean {
    return changedAtMs === null || this.seen.atMs - changedAtMs >= limits.betweenChangesMs
  }

  /** What is missing cannot be had: the source is off, or nothing comes, or too little even for the least. */
  isCutOff({ standingSinceMs }: AutomaticState): boolean {
    const { connection, candidates, linkKbps, isServerBusy, atMs } = this.seen
    if (connection === 'offline') return true
    if (standingSinceMs !== null && !isServerBusy && atMs - standingSinceMs >= limits.goneMs) return true
    const served = candidates.filter((one) => one.isServed)
    return this.isSlow && served.every((one) => (this.#needOf(one) ?? 0) > (linkKbps ?? 0))
  }

  /** The copy that reaches furthest; of equals the better one. */
  pickCopy(): Candidate | null {
    const { candidates, aheadMs, leftMs, picture } = this.seen
    const isAtEnd = picture === 'standing' || aheadMs < limits.copyGainMs / 3
    const reachOf = (one: Candidate): number =>
      Math.max(one.hereMs, isAtEnd && one.beyondMs > 0 ? aheadMs + one.beyondMs : 0)
    const enough = Math.min(leftMs, aheadMs + limits.copyGainMs)
    return candidates
      .filter((one) => one !== this.playing && reachOf(one) >= enough)
      .reduce<Candidate | null>((best, one) => (best && reachOf(best) >= reachOf(one) ? best : one), null)
  }

  /** Of the next few below, the best that can be kept up; else the last of them. Null when there is none. */
  pickLower(rungs: number, state: AutomaticState): Candidate | null {
    const { candidates, atMs } = this.seen
    const lower = candidates
      .slice(this.#at + 1)
      .filter((one) => one.isServed || this.#isHere(one))
      .slice(0, rungs)
      .filter((one) => !isShunned(state, one.quality, atMs))
    return (
      lower.find((one) => this.#isHere(one) || this.#isWithin(one, limits.headroom)) ?? lower.at(-1) ?? null
    )
  }

  /** The next few above that can be had at all, highest first. */
  higher(rungs: number): readonly Candidate[] {
    if (this.#at <= 0) return []
    return this.seen.candidates
      .slice(0, this.#at)
      .filter((one) => one.isServed || one.hereMs >= this.seen.leftMs)
      .slice(-rungs)
  }

  hasRoomFor(one: Candidate): boolean {
    const { leftMs, aheadMs, linkAgeMs, isServerBusy } = this.seen
    if (one.hereMs >= leftMs) return true
    if (one.isConverted && isServerBusy && aheadMs < limits.horizonMs) return false
    const isKnown = linkAgeMs !== null && linkAgeMs <= limits.knownMs
    return isKnown && this.#isWithin(one, limits.headroom) && aheadMs >= Math.min(limits.cushionMs, leftMs)
  }

  #isHere(one: Candidate): boolean {
    return one.hereMs >= Math.min(this.seen.leftMs, limits.holdsMs)
  }

  #isWithin(one: Candidate, headroom: number): boolean {
    const needKbps = this.#needOf(one)
    const { linkKbps } = this.seen
    return needKbps !== null && linkKbps !== null && needKbps * headroom <= linkKbps
  }

  #needOf(one: Candidate | null): number | null {
    return one?.needKbps == null ? null : one.needKbps * this.seen.speed
  }
}

function isShunned({ shunned }: AutomaticState, quality: Quality, atMs: number): boolean {
  return shunned.some((one) => one.quality === quality && atMs < one.untilMs)
}

function shun(
  state: AutomaticState,
  quality: Quality,
  atMs: number,
  forMs: number = limits.shunMs,
): AutomaticState {
  const times = (state.shunned.find((one) => one.quality === quality)?.times ?? 0) + 1
  const untilMs = atMs + Math.min(forMs * 2 ** (times - 1), limits.shunMaxMs)
  const others = state.shunned.filter((one) => one.quality !== quality)
  return { ...state, shunned: [...others, { quality, untilMs, times }] }
}

const stay = (state: AutomaticState, why: AutomaticReason): Step => ({ state, decision: { do: 'stay', why } })

function go(state: AutomaticState, { seen }: View, to: Candidate, move: Move, why: AutomaticReason): Step {
  return {
    state: {
      ...state,
      changedAtMs: seen.atMs,
      wentUpTo: move === 'up' ? to.quality : null,
      calmSinceMs: null,
      roomSinceMs: {},
      standingSinceMs: null,
    },
    decision: { do: 'go', to: to.quality, move, why },
  }
}
