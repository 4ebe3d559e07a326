import { expect, type Page } from '@playwright/test'
import { decodeFrameStrip } from '../../demo/frame-strip.ts'

/** What the picture on screen says of itself, and where the player thinks it is. */
export interface Picture {
  /** Number of the source frame on the film's timeline. */
  readonly frame: number
  readonly film: number
  /** 0 is Original; the others are numbered in `demo/README.md`. */
  readonly rung: number
  /** Presentation time of exactly this frame, seconds. */
  readonly mediaTime: number
}

const sampleWidth = 640
const sampleHeight = 360

/** Reads the frame strip of the next picture the player presents; null when it carries none. */
export async function readPicture(page: Page): Promise<Picture | null> {
  const sample = await page.evaluate(
    async ({ width, height }) => {
      const video =
        document.querySelector<HTMLVideoElement>('video[data-active="true"]') ??
        document.querySelector('video')
      if (!video) return null
      const canvas = document.createElement('canvas')
      canvas.width = width
      canvas.height = height
      const context = canvas.getContext('2d', { willReadFrequently: true })
      if (!context) return null
      const mediaTime = await new Promise<number>((resolve) => {
        const draw = (time: number): void => {
          context.drawImage(video, 0, 0, width, height)
          resolve(time)
        }
        // A paused picture presents no further frame: what stands there is what currentTime says.
        if (video.paused) draw(video.currentTime)
        else video.requestVideoFrameCallback((_now, metadata) => draw(metadata.mediaTime))
      })
      const strip = context.getImageData(0, 0, width, Math.ceil(width / 40))
      return { mediaTime, pixels: [...strip.data] }
    },
    { width: sampleWidth, height: sampleHeight },
  )
  if (!sample) return null
  const decoded = decodeFrameStrip(
    Uint8ClampedArray.from(sample.pixels),
    sampleWidth,
    Math.ceil(sampleWidth / 40),
    4,
  )
  return decoded && { ...decoded, mediaTime: sample.mediaTime }
}

/** Waits for a readable picture of this rung and returns it. */
export async function pictureOfRung(page: Page, rung: number, timeoutMs = 40_000): Promise<Picture> {
  let last: Picture | null = null
  await expect
    .poll(
      async () => {
        last = await readPicture(page)
        return last?.rung
      },
      { timeout: timeoutMs, message: `a picture of rung ${rung}` },
    )
    .toBe(rung)
  if (!last) throw new Error('unreachable: the poll above saw a picture')
  return last
}

/** The picture's frame and the player's clock agree to within a frame and a half. */
export function expectOnTime(picture: Picture, framesPerSecond: number): void {
  expect(Math.abs(picture.frame - picture.mediaTime * framesPerSecond)).toBeLessThanOrEqual(1.5)
}
