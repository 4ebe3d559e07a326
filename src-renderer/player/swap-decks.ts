import { bufferedAheadSeconds } from './buffered-ahead.ts'

/**
 * How far ahead of the playing element the waiting one is placed at first. Its bytes come in the meantime; when they come soon enough, the
 * other reaches the place by playing and nothing has to be sought a second time.
 */
export const firstLeadSeconds = 0.8
/** An element needs about this long from `play()` to its first new picture. */
const startLagSeconds = 0.03
/** What the waiting element should hold before it is shown: less, and the picture might stop right after the change. */
const cushionSeconds = 4
/** A source that sends no faster than this plays is not waited for any longer. */
const cushionPatienceMs = 8000

/** What two elements hold, seen from where the playing one is. */
export interface Cushion {
  /** The waiting element, from the playing one's moment on. */
  readonly nextAheadSeconds: number
  readonly oldAheadSeconds: number
  /** To the end of the title. */
  readonly leftSeconds: number
  readonly waitedMs: number
}

/** Whether the change should wait no longer: enough is there, or the old picture is about to stop anyway. */
export function isCushioned({ nextAheadSeconds, oldAheadSeconds, leftSeconds, waitedMs }: Cushion): boolean {
  return (
    nextAheadSeconds >= Math.min(cushionSeconds, leftSeconds - 0.5) ||
    oldAheadSeconds < Math.min(1, leftSeconds) ||
    waitedMs >= cushionPatienceMs
  )
}

/**
 * Brings a waiting media element to the same moment as the playing one, so that showing it instead is not seen. `wantsPlay` is asked late: the
 * person may pause in between. Resolves when `next` shows the right picture (and moves, if wanted); sound is the caller's.
 */
export async function alignWith(
  old: HTMLVideoElement,
  next: HTMLVideoElement,
  wantsPlay: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  const isMoving = (): boolean => wantsPlay() && isRunning(old)
  await gatherCushion(old, next, isMoving, signal)
  for (let attempt = 0; attempt < 3; attempt++) {
    if (isMoving()) {
      const lead = next.currentTime - old.currentTime
      // What was placed ahead is still ahead: it only has to be waited for.
      if (lead < 0 || lead > 2 * firstLeadSeconds * old.playbackRate)
        await seek(next, old.currentTime + leadSeconds * 2 ** attempt * old.playbackRate, signal)
      const target = next.currentTime
      // Too late when seeking took longer than the lead: once more, further ahead.
      if (old.currentTime > target + 0.1 && attempt < 2) continue
      const isThere = (): boolean => old.currentTime >= target - startLagSeconds * old.playbackRate
      await until(() => isThere() || !isRunning(old), 4000, signal)
    } else if (Math.abs(next.currentTime - old.currentTime) > 0.04 && !mayJump(old, next, wantsPlay()))
      await seek(next, old.currentTime, signal)
    break
  }
  if (!wantsPlay()) return
  await next.play()
  await until(() => next.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA && !next.paused, 2000, signal)
}

const leadSeconds = 0.4

const isRunning = (video: HTMLVideoElement): boolean =>
  !video.paused && !video.ended && video.readyState > HTMLMediaElement.HAVE_CURRENT_DATA

/** The old picture has stopped, and what comes just before the new one's first picture would have to be made first. */
const mayJump = (old: HTMLVideoElement, next: HTMLVideoElement, isWanted: boolean): boolean =>
  isWanted &&
  next.currentTime > old.currentTime &&
  next.currentTime - old.currentTime <= firstLeadSeconds * old.playbackRate &&
  bufferedAheadSeconds(next.buffered, old.currentTime) === 0

async function gatherCushion(
  old: HTMLVideoElement,
  next: HTMLVideoElement,
  isMoving: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  const since = performance.now()
  const isEnough = (): boolean => {
    // The waiting element may stand a little ahead: nothing before that place is needed.
    const at = Math.max(old.currentTime, Math.min(next.currentTime, old.currentTime + firstLeadSeconds))
    return isCushioned({
      nextAheadSeconds: bufferedAheadSeconds(next.buffered, at),
      oldAheadSeconds: bufferedAheadSeconds(old.buffered, old.currentTime),
      leftSeconds: next.duration - at,
      waitedMs: performance.now() - since,
    })
  }
  await until(() => !isMoving() || isEnough(), cushionPatienceMs + 1000, signal)
}

async function seek(video: HTMLVideoElement, toSeconds: number, signal: AbortSignal): Promise<void> {
  video.currentTime = toSeconds
  await until(() => !video.seeking && video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA, 10_000, signal)
}

/** Polls: the two elements' clocks have no event fine enough, and animation frames stop in hidden pages. Gives up quietly at the limit. */
function until(condition: () => boolean, limitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const since = performance.now()
    const look = (): void => {
      if (signal.aborted) reject(new DOMException('Aborted', 'AbortError'))
      else if (condition() || performance.now() - since > limitMs) resolve()
      else setTimeout(look, 10)
    }
    look()
  })
}
