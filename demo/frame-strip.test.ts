import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  CELLS_PER_WIDTH,
  decodeFrameMark,
  decodeFrameStrip,
  encodeFrameMark,
  FRAME_NUMBER_LIMIT,
  STRIP_CELLS,
  stripFilter,
  type FrameMark,
} from './frame-strip.ts'
import { runFfmpeg } from './media/run-ffmpeg.ts'
import { frameMarks } from './testing/pictures.ts'

const anyMark: fc.Arbitrary<FrameMark> = fc.record({
  frame: fc.nat(FRAME_NUMBER_LIMIT - 1),
  film: fc.nat(15),
  rung: fc.nat(15),
})

test('every mark survives its bits', () => {
  fc.assert(
    fc.property(anyMark, (mark) => {
      expect(decodeFrameMark(encodeFrameMark(mark))).toEqual(mark)
    }),
  )
})

test('every mark survives a picture of any size and any number of channels', () => {
  const anySize = fc.integer({ min: 240, max: 1000 })
  fc.assert(
    fc.property(anyMark, anySize, fc.constantFrom(1, 3, 4), (mark, width, channels) => {
      const height = Math.ceil(width / CELLS_PER_WIDTH)
      expect(decodeFrameStrip(draw(mark, width, height, channels), width, height, channels)).toEqual(mark)
    }),
    { numRuns: 40 },
  )
})

test('a picture without a strip is null', () => {
  expect(decodeFrameStrip(new Uint8Array(640 * 360 * 4).fill(90), 640, 360)).toBeNull()
  expect(decodeFrameStrip(new Uint8Array(10), 640, 360)).toBeNull()
})

test('the strip survives 180 lines at 250 kbit/s, and counts from the timestamps of the source', async () => {
  const drawing = { framesPerSecond: 24, film: 9, rung: 13, width: 320 }
  const noisy = 'testsrc2=size=320x180:rate=24:duration=3,noise=alls=30:allf=t,setpts=PTS+1000/TB'
  const encoder = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-b:v',
    '250k',
    '-maxrate',
    '250k',
    '-bufsize',
    '250k',
  ]
  const graph = `${noisy}[in];${stripFilter('in', 'out', drawing)}`
  const video = await runFfmpeg([
    ...['-filter_complex', graph, '-map', '[out]', ...encoder, '-f', 'mpegts', 'pipe:1'],
  ])
  const marks = await frameMarks(video)
  expect(marks).toEqual(
    Array.from({ length: 72 }, (_, index) => ({ frame: 24_000 + index, film: 9, rung: 13 })),
  )
})

function draw(mark: FrameMark, width: number, height: number, channels: number): Uint8Array {
  const pixels = new Uint8Array(width * height * channels)
  const bits = encodeFrameMark(mark)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = Math.floor((x * CELLS_PER_WIDTH) / width)
      const isWhite = cell < STRIP_CELLS && Math.floor(bits / 2 ** (STRIP_CELLS - 1 - cell)) % 2 === 1
      pixels.fill(isWhite ? 235 : 16, (y * width + x) * channels, (y * width + x + 1) * channels)
    }
  }
  return pixels
}
