import type { Page } from '@playwright/test'
import { decodeFrameStrip } from '../../demo/frame-strip.ts'

const width = 640
const height = width / 40

/** Seeks the player on screen and records the frame number of every picture that it then shows for a while. */
export async function watchStretch(page: Page, fromS: number, durationS: number): Promise<number[]> {
  const strips = await page.evaluate(
    async ({ from, duration, size }) => {
      const video = document.querySelector<HTMLVideoElement>(
        '[data-testid="player"] video:not([data-standby])',
      )
      if (!video) throw new Error('no player')
      const canvas = document.createElement('canvas')
      canvas.width = size.width
      canvas.height = (size.width * 9) / 16
      const context = canvas.getContext('2d', { willReadFrequently: true })
      if (!context) throw new Error('no canvas')
      video.currentTime = from
      await new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }))
      await video.play()
      const pixels: number[][] = []
      for (let time = from; time < from + duration;) {
        time = await new Promise<number>((resolve) =>
          video.requestVideoFrameCallback((_now, { mediaTime }) => {
            context.drawImage(video, 0, 0, canvas.width, canvas.height)
            resolve(mediaTime)
          }),
        )
        pixels.push([...context.getImageData(0, 0, size.width, size.height).data])
      }
      return pixels
    },
    { from: fromS, duration: durationS, size: { width, height } },
  )
  return strips.map((pixels) => {
    const mark = decodeFrameStrip(Uint8ClampedArray.from(pixels), width, height, 4)
    if (mark === null) throw new Error('a picture without a strip')
    return mark.frame
  })
}
