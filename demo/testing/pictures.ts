import { decodeFrameStrip, type FrameMark } from '../frame-strip.ts'
import { runFfmpeg } from '../media/run-ffmpeg.ts'

const WIDTH = 640
const HEIGHT = 360

/** The marks of all pictures in some video bytes, in order. */
export async function frameMarks(video: Uint8Array): Promise<(FrameMark | null)[]> {
  const pixels = await runFfmpeg(
    ['-i', 'pipe:0', '-vf', `scale=${WIDTH}:${HEIGHT}`, '-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1'],
    video,
  )
  const size = WIDTH * HEIGHT
  return Array.from({ length: pixels.length / size }, (_, index) =>
    decodeFrameStrip(pixels.subarray(index * size, (index + 1) * size), WIDTH, HEIGHT, 1),
  )
}

/** The first presentation time of the video in an MPEG-TS segment, in seconds: read from its first PES header. */
export function firstVideoTime(segment: Uint8Array): number | null {
  for (let at = 0; at + 188 <= segment.length; at += 188) {
    const hasStart = (segment[at + 1]! & 0x40) !== 0
    const adaptation = (segment[at + 3]! >> 4) & 3
    const payload = at + 4 + (adaptation & 2 ? 1 + segment[at + 4]! : 0)
    const isVideo =
      segment[payload] === 0 &&
      segment[payload + 1] === 0 &&
      segment[payload + 2] === 1 &&
      (segment[payload + 3]! & 0xf0) === 0xe0
    if (!hasStart || !isVideo) continue
    const [a, b, c, d, e] = segment.subarray(payload + 9, payload + 14)
    const ticks = ((a! >> 1) & 7) * 2 ** 30 + b! * 2 ** 22 + (c! >> 1) * 2 ** 15 + d! * 2 ** 7 + (e! >> 1)
    return ticks / 90_000
  }
  return null
}
