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
  for (let attempt = 0; attempt < 3; attempt++) {
    const isMoving =
      wantsPlay() && !old.paused && !old.ended && old.readyState > HTMLMediaElement.HAVE_CURRENT_DATA
    const target = isMoving ? old.currentTime + leadSeconds * old.playbackRate : old.currentTime
    if (Math.abs(next.currentTime - target) > 0.04) {
      next.currentTime = target
      await until(() => !next.seeking && next.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA, 10_000, signal)
    }
    if (!isMoving) break
    // Too late when seeking took longer than the lead: once more, further ahead.
    if (old.currentTime > target + 0.1 && attempt < 2) continue
    await until(() => old.currentTime >= target - startLagSeconds || old.paused || old.ended, 2000, signal)
    break
  }
  if (!wantsPlay()) return
  await next.play()
  await until(() => next.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA && !next.paused, 2000, signal)
}

/** How far ahead of the playing element the waiting one is placed: time for its seek. */
const leadSeconds = 0.4
/** An element needs about this long from `play()` to its first new picture. */
const startLagSeconds = 0.03

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
