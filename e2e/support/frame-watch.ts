import type { Page } from '@playwright/test'

/** A picture that the player put on screen. */
export interface ShownFrame {
  /** On the page's clock, in ms. */
  readonly atMs: number
  /** On the title's timeline, in seconds. */
  readonly mediaTime: number
}

/** Notes every picture that is shown, whichever element shows it, from the next page on. */
export async function watchFrames(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shown: ShownFrame[] = []
    Object.assign(window, { shown })
    const watched = new WeakSet<HTMLVideoElement>()
    const watch = (video: HTMLVideoElement): void => {
      if (watched.has(video)) return
      watched.add(video)
      const note = (_now: number, { presentationTime, mediaTime }: VideoFrameCallbackMetadata): void => {
        if (!('standby' in video.dataset)) shown.push({ atMs: presentationTime, mediaTime })
        video.requestVideoFrameCallback(note)
      }
      video.requestVideoFrameCallback(note)
    }
    new MutationObserver(() => document.querySelectorAll('video').forEach(watch)).observe(document, {
      subtree: true,
      childList: true,
    })
  })
}

/** What was shown since the last call; the last picture stays, as the first of the next. */
export function takeFrames(page: Page): Promise<readonly ShownFrame[]> {
  return page.evaluate(() => {
    const { shown } = window as unknown as { shown: ShownFrame[] }
    return shown.splice(0, Math.max(0, shown.length - 1)).concat(shown)
  })
}

const steps = <T>(frames: readonly ShownFrame[], of: (from: ShownFrame, to: ShownFrame) => T): readonly T[] =>
  frames.slice(1).map((to, at) => of(frames[at] ?? to, to))

/** The longest time that one picture stood, in ms. */
export const longestGapMs = (frames: readonly ShownFrame[]): number =>
  Math.max(0, ...steps(frames, (from, to) => to.atMs - from.atMs))

/** Of so many pictures one at least came in time, on a busy machine too. */
const enough = 8

/**
 * How far playing jumped at most: shown again, or shown earlier than the time that passed allows, in seconds. A picture that comes late is
 * no jump, nor is the next one that comes in time: each is held against the best of those before it.
 */
export function largestJumpSeconds(frames: readonly ShownFrame[]): number {
  const back = steps(frames, (from, to) => from.mediaTime - to.mediaTime)
  const ahead = frames.map(({ atMs, mediaTime }) => mediaTime - atMs / 1000)
  const skipped = ahead.slice(enough).map((own, at) => own - Math.max(...ahead.slice(at, at + enough)))
  return Math.max(0, ...back, ...skipped)
}
