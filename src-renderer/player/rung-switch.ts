import type { CacheKey, Stream } from '../../src-preload/contract/index.ts'
import { bufferedAheadSeconds } from './buffered-ahead.ts'
import type { CoreCalls } from './core-calls.ts'
import type { Deck, Rungs } from './deck.ts'

/** Segments of the new rung that must be here before it is changed to. */
const heldSegments = 2
/** From a change that is asked for to its first segment in the element's memory, when nothing has to be waited for. */
const appendSeconds = 0.8
/** Less than this before a boundary, the next one is taken. */
const latestSeconds = 0.5
/** The old rung needs about this long to be on again. */
const wayBackSeconds = 10
/**
 * When the server lets go of the old rung, that should last this much longer than the new one is expected to take: it is waited for, while
 * it comes quickly.
 */
const reserveSeconds = 5
const reservePatienceMs = 10_000
/** How much more of it than is played must come in this time, or it is not waited for. */
const growth = { overMs: 1500, seconds: 0.5 } as const
/** A rung that nobody has asked for within this has failed; the core holds a segment for 25 s and may do so twice. */
const patienceMs = 75_000
const lookMs = 200

/** The old rung plays on: the new one was not ready in time. */
export class SwitchGivenUp extends Error {
  override readonly name = 'SwitchGivenUp'
}

export interface RungOrder {
  readonly core: CoreCalls
  readonly deck: Deck
  readonly rungs: Rungs
  readonly key: CacheKey
  readonly stream: Stream
  /** Where the person sought to meanwhile: all anew from there. */
  readonly atMs: number | null
  /** How long a rung that is not kept took to be ready the last time, in seconds. */
  readonly expectedSeconds: number
}

/** What the old rung still has, and had when the change was asked for; all in seconds of playing. */
export interface SwitchReserve {
  readonly aheadAtStart: number
  readonly ahead: number
  /** To the end of the title. */
  readonly left: number
}

/**
 * Whether the change must be given up so that the old rung can be fetched again before its picture stops: ten seconds before, or at
 * half of what there was. A rung that had no more than that anyway is not gone back to, nor is one that lasts to the end.
 */
export function mustGiveUp({ aheadAtStart, ahead, left }: SwitchReserve): boolean {
  if (aheadAtStart < wayBackSeconds || ahead >= left - 0.5) return false
  return ahead < Math.min(wayBackSeconds, aheadAtStart / 2)
}

/**
 * Changes rung inside the deck. Its next segments are made ready first, from what is kept or else by the server, while the old rung plays on
 * from memory and from what is kept of it. Resolves to the seconds until they were ready; null when none had to be asked for.
 * Rejects with `SwitchGivenUp`, and with what the core says; then the old rung has only to be held back no longer.
 */
export async function switchRung(order: RungOrder, signal: AbortSignal): Promise<number | null> {
  const { deck, rungs, stream } = order
  const { video } = deck
  if (order.atMs !== null) {
    video.currentTime = order.atMs / 1000
    await rungs.change(stream, 'at-once', signal)
    return null
  }
  const isMoving = (): boolean => !video.paused && video.readyState > HTMLMediaElement.HAVE_CURRENT_DATA
  /** The end of the segment that is on then; where there is none to come, or the picture stands, the present moment. */
  const placeFor = (leadSeconds: number): Place => {
    const now = video.currentTime
    const boundary = isMoving() ? rungs.boundaryAfter(now + leadSeconds * video.playbackRate) : now
    return boundary > now ? { at: boundary, isBoundary: true } : { at: now, isBoundary: false }
  }
  const isStillRight = ({ at, isBoundary }: Place): boolean => {
    const away = at - video.currentTime
    return isBoundary ? isMoving() && away > latestSeconds * video.playbackRate : Math.abs(away) < 1
  }

  let place = placeFor(appendSeconds)
  const isKept = await hold(order, place.at, true, signal)
  if (!isKept && isMoving()) await gatherReserve(video, order.expectedSeconds + reserveSeconds, signal)
  const since = performance.now()
  const aheadAtStart = aheadOf(video)
  if (!isKept) place = placeFor(order.expectedSeconds)
  for (let isReady = isKept; !(isReady && isStillRight(place)); isReady = true) {
    if (isReady) place = placeFor(appendSeconds)
    deck.holdBack(true)
    const tooLate = (): boolean =>
      performance.now() - since > patienceMs ||
      mustGiveUp({ aheadAtStart, ahead: aheadOf(video), left: leftOf(video) })
    await unless(tooLate, (inner) => hold(order, place.at, false, inner), signal)
  }
  const readySeconds = (performance.now() - since) / 1000
  await rungs.change(stream, place.isBoundary ? place.at : 'at-once', signal)
  return isKept ? null : readySeconds
}

/** Lets the old rung get ahead, as long as the server sends it faster than it plays. */
async function gatherReserve(video: HTMLVideoElement, seconds: number, signal: AbortSignal): Promise<void> {
  const since = performance.now()
  let last = { atMs: since, ahead: aheadOf(video) }
  const isEnough = (): boolean => {
    const ahead = aheadOf(video)
    const now = performance.now()
    if (ahead >= Math.min(seconds, leftOf(video) - 0.5) || now - since > reservePatienceMs) return true
    if (now - last.atMs < growth.overMs) return false
    const hasGrown = ahead - last.ahead >= growth.seconds
    last = { atMs: now, ahead }
    return !hasGrown
  }
  while (!isEnough()) {
    await new Promise((resolve) => setTimeout(resolve, lookMs))
    signal.throwIfAborted()
  }
}

/** Where a change begins, in seconds. */
interface Place {
  readonly at: number
  readonly isBoundary: boolean
}

async function hold(
  { core, key }: RungOrder,
  fromSeconds: number,
  keptOnly: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  // A boundary is a moment of two segments: the one that begins there is meant.
  const fromMs = Math.round(fromSeconds * 1000) + 20
  const { held } = await core.call(
    'cache.holdAhead',
    { ...key, fromMs, segments: heldSegments, keptOnly },
    signal,
  )
  return held !== null
}

/** Does the work, and breaks it off as `SwitchGivenUp` as soon as it is too late for it. */
async function unless<T>(
  tooLate: () => boolean,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const givenUp = new AbortController()
  const timer = setInterval(() => {
    if (tooLate()) givenUp.abort()
  }, lookMs)
  try {
    return await work(AbortSignal.any([signal, givenUp.signal]))
  } catch (error) {
    if (givenUp.signal.aborted && !signal.aborted) throw new SwitchGivenUp('not ready in time')
    throw error
  } finally {
    clearInterval(timer)
  }
}

const aheadOf = (video: HTMLVideoElement): number =>
  bufferedAheadSeconds(video.buffered, video.currentTime) / video.playbackRate

const leftOf = (video: HTMLVideoElement): number => (video.duration - video.currentTime) / video.playbackRate
