import { runFfmpeg } from './run-ffmpeg.ts'

/** How a picture is to be scaled. */
export interface PhotoFit {
  readonly width: number
  readonly height: number
  /** Fill the box on both sides (`minSize=1`) instead of fitting inside it. */
  readonly covers: boolean
  readonly enlarges: boolean
  readonly format: 'jpg' | 'png'
}

const CONCURRENT = 2
const KEPT_PICTURES = 300

/** Scales pictures with ffmpeg, a few at a time, and keeps the last results. */
export class PhotoScaler {
  readonly #results = new Map<string, Promise<Buffer>>()
  readonly #waiting: (() => void)[] = []
  #running = 0

  scale(path: string, fit: PhotoFit): Promise<Buffer> {
    const key = JSON.stringify([path, fit])
    const known = this.#results.get(key)
    if (known) return known
    const result = this.#run(path, fit)
    this.#results.set(key, result)
    result.catch(() => this.#results.delete(key))
    if (this.#results.size > KEPT_PICTURES) this.#results.delete(this.#results.keys().next().value!)
    return result
  }

  async #run(path: string, fit: PhotoFit): Promise<Buffer> {
    if (this.#running >= CONCURRENT) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#running += 1
    try {
      const codec = fit.format === 'png' ? ['-c:v', 'png'] : ['-c:v', 'mjpeg', '-q:v', '3']
      return await runFfmpeg(['-i', path, '-vf', scaleFilter(fit), ...codec, '-f', 'image2pipe', 'pipe:1'])
    } finally {
      this.#running -= 1
      this.#waiting.shift()?.()
    }
  }
}

function scaleFilter({ width, height, covers, enlarges }: PhotoFit): string {
  const factor = `${covers ? 'max' : 'min'}(${width}/iw,${height}/ih)`
  const limited = enlarges ? factor : `min(1,${factor})`
  return `scale=w='trunc(iw*${limited}+0.5)':h='trunc(ih*${limited}+0.5)':flags=lanczos`
}
