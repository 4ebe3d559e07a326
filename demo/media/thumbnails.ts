import { runFfmpeg } from './run-ffmpeg.ts'

/** Originals have a key frame so often (`film-recipe.ts`). */
const EVERY_MS = 4000

/**
 * Seek-bar thumbnails of films in the BIF format: 64 bytes of header, pairs of time and offset, an end mark, then JPEGs. Made when first
 * asked for, from key frames alone, and kept while the server runs.
 */
export class Thumbnails {
  readonly #made = new Map<string, Promise<Buffer>>()

  /** The whole index of a film. */
  bif(filmPath: string): Promise<Buffer> {
    let made = this.#made.get(filmPath)
    if (!made) {
      made = makeFrames(filmPath).then(bifOf)
      this.#made.set(filmPath, made)
    }
    return made
  }
}

async function makeFrames(filmPath: string): Promise<Buffer[]> {
  const output = await runFfmpeg([
    ...['-skip_frame', 'nokey', '-i', filmPath, '-an', '-sn', '-vsync', '0', '-vf', 'scale=320:-2'],
    ...['-q:v', '6', '-f', 'image2pipe', '-c:v', 'mjpeg', 'pipe:1'],
  ])
  const starts: number[] = []
  for (let at = output.indexOf('ffd8ff', 0, 'hex'); at >= 0; at = output.indexOf('ffd8ff', at + 3, 'hex'))
    starts.push(at)
  return starts.map((start, index) => output.subarray(start, starts[index + 1] ?? output.length))
}

/** Pictures as one file; the index of each times the interval is its time. */
export function bifOf(frames: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(64)
  header.set([0x89, 0x42, 0x49, 0x46, 0x0d, 0x0a, 0x1a, 0x0a])
  header.writeUInt32LE(frames.length, 12)
  header.writeUInt32LE(EVERY_MS, 16)
  const table = Buffer.alloc((frames.length + 1) * 8)
  let offset = header.length + table.length
  frames.forEach((frame, index) => {
    table.writeUInt32LE(index, index * 8)
    table.writeUInt32LE(offset, index * 8 + 4)
    offset += frame.length
  })
  table.writeUInt32LE(0xffffffff, frames.length * 8)
  table.writeUInt32LE(offset, frames.length * 8 + 4)
  return Buffer.concat([header, table, ...frames])
}
