/**
 * The machine-readable strip along the top of every demo picture: 32 black or white cells, each a fortieth of the
 * picture wide and as tall, carrying (most significant bit first) 4 sync bits 1010, 20 bits frame number, 4 bits
 * film, 4 bits rung. It imports nothing, so that a test may run it inside a page as well.
 */

/** Cells in the strip; the remaining eight fortieths of the width stay picture. */
export const STRIP_CELLS = 32
/** A cell's width and height are `pictureWidth / CELLS_PER_WIDTH`. */
export const CELLS_PER_WIDTH = 40
/** Frame numbers wrap here (20 bits: 12 hours at 24 frames a second). */
export const FRAME_NUMBER_LIMIT = 2 ** 20

const SYNC = 0b1010
/** Less difference than this between the darkest and the lightest cell is no strip. */
const MIN_CONTRAST = 60

/** What one picture says about itself. */
export interface FrameMark {
  /** `round(seconds on the part's timeline * frames per second)`, modulo 2^20. */
  readonly frame: number
  /** The film's code, 0..15 (see the catalogue). */
  readonly film: number
  /** 0 for an original, else the rung's number (see `quality-rungs.ts`). */
  readonly rung: number
}

/** The strip's 32 bits as an unsigned number. */
export function encodeFrameMark(mark: FrameMark): number {
  return SYNC * 2 ** 28 + (mark.frame % FRAME_NUMBER_LIMIT) * 2 ** 8 + mark.film * 2 ** 4 + mark.rung
}

/** The inverse of `encodeFrameMark`; null when the sync bits are wrong. */
export function decodeFrameMark(bits: number): FrameMark | null {
  if (Math.floor(bits / 2 ** 28) !== SYNC) return null
  return {
    frame: Math.floor(bits / 2 ** 8) % FRAME_NUMBER_LIMIT,
    film: Math.floor(bits / 16) % 16,
    rung: bits % 16,
  }
}

/** What an encoder needs to draw the strip. */
export interface StripDrawing {
  readonly framesPerSecond: number
  readonly film: number
  readonly rung: number
  /** Width of the encoded picture in pixels, after scaling. */
  readonly width: number
}

/**
 * An ffmpeg filter graph that draws the strip on `input` and calls the result `output`.
 *
 * The frame number comes from each picture's own timestamp, so it stays right after a seek as long as timestamps are
 * those of the source (`-copyts`). Only 32x2 pixels are computed; the rest is scaling and copying, which is cheap.
 */
export function stripFilter(input: string, output: string, drawing: StripDrawing): string {
  const { framesPerSecond, film, rung, width } = drawing
  const constantBits = encodeFrameMark({ frame: 0, film, rung })
  const frame = `mod(round(T*${framesPerSecond}),${FRAME_NUMBER_LIMIT})`
  const bit = `mod(floor((${constantBits}+256*${frame})/pow(2,${STRIP_CELLS - 1}-X)),2)`
  const stripWidth = evenNear((width * STRIP_CELLS) / CELLS_PER_WIDTH)
  const stripHeight = evenNear(width / CELLS_PER_WIDTH)
  return [
    `[${input}]split[picture][seed]`,
    `[seed]crop=${STRIP_CELLS}:2:0:0,geq=lum='16+219*${bit}':cb=128:cr=128,` +
      `scale=${stripWidth}:${stripHeight}:flags=neighbor[strip]`,
    `[picture][strip]overlay=0:0[${output}]`,
  ].join(';')
}

/** Reads the strip from a decoded picture (rows of `channels` bytes a pixel: 1 grey, 3 RGB, 4 RGBA). */
export function decodeFrameStrip(
  pixels: Uint8ClampedArray | Uint8Array,
  width: number,
  height: number,
  channels = 4,
): FrameMark | null {
  const cell = width / CELLS_PER_WIDTH
  if (cell < 2 || height < cell || pixels.length < width * height * channels) return null
  const levels = Array.from({ length: STRIP_CELLS }, (_, index) =>
    meanLevel(pixels, width, channels, (index + 0.5) * cell, 0.45 * cell, cell),
  )
  const darkest = Math.min(...levels)
  const lightest = Math.max(...levels)
  if (lightest - darkest < MIN_CONTRAST) return null
  const threshold = (darkest + lightest) / 2
  return decodeFrameMark(levels.reduce((bits, level) => bits * 2 + (level > threshold ? 1 : 0), 0))
}

/** Mean brightness of the middle of a cell, away from edges that scaling and compression blur. */
function meanLevel(
  pixels: Uint8ClampedArray | Uint8Array,
  width: number,
  channels: number,
  centreX: number,
  centreY: number,
  cell: number,
): number {
  const reach = cell / 4
  let sum = 0
  let count = 0
  for (let y = Math.floor(centreY - reach); y <= centreY + reach; y++) {
    for (let x = Math.floor(centreX - reach); x <= centreX + reach; x++) {
      const at = (y * width + x) * channels
      sum +=
        channels < 3 ? pixels[at]! : 0.299 * pixels[at]! + 0.587 * pixels[at + 1]! + 0.114 * pixels[at + 2]!
      count += 1
    }
  }
  return sum / count
}

function evenNear(value: number): number {
  return Math.max(2, Math.round(value / 2) * 2)
}
