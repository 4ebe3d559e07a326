import { spawn } from 'node:child_process'
import { decodeFrameStrip } from '../../demo/frame-strip.ts'
import { findFfmpeg } from '../../demo/media/run-ffmpeg.ts'

const width = 640
const height = width / 40

/** What one decoded picture says of itself; null when its strip cannot be read. */
export type StripFrame = { readonly frame: number; readonly rung: number } | null

/** Decodes a whole playlist or file with ffmpeg and reads the strip of every picture, in order. */
export async function readStripFrames(url: string): Promise<StripFrame[]> {
  const filter = `crop=iw:iw/40:0:0,scale=${width}:${height}:flags=area`
  const child = spawn(
    findFfmpeg(),
    [
      '-v',
      'error',
      '-i',
      url,
      '-an',
      '-vsync',
      'passthrough',
      '-vf',
      filter,
      '-f',
      'rawvideo',
      '-pix_fmt',
      'gray',
      '-',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const frames: StripFrame[] = []
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= width * height) {
      frames.push(decodeFrameStrip(rest.subarray(0, width * height), width, height, 1))
      rest = rest.subarray(width * height)
    }
  }
  return frames
}
