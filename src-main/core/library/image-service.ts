import type { Database } from 'better-sqlite3'
import type { Clock } from '../base/clock.ts'
import { SpoolError, toSpoolError } from '../spool-error.ts'
import { createImageStore, type StoredImage } from './image-store.ts'
import type { LibrarySources } from './library-port.ts'
import { isImagePath } from './page-urls.ts'
import { TaskQueue } from './task-queue.ts'

export type { StoredImage } from './image-store.ts'

/** Posters and art, scaled by the server, from memory once they were fetched. */
export interface ImageService {
  /**
   * Covers `width` × `height` pixels, rounded up to a few steps. While the source is off, any size that is at hand.
   * Throws `bad-params` (no picture path), `unknown-source`, `unknown-media`, `source-unreachable`, `source-refused`, `bad-reply`.
   */
  getImage(
    sourceId: string,
    path: string,
    width: number,
    height: number,
    signal?: AbortSignal,
  ): Promise<StoredImage>
}

export interface ImageServiceOptions {
  readonly db: Database
  readonly sources: LibrarySources
  readonly clock: Clock
  /** Room for pictures; default 500 MB. */
  readonly limitBytes?: number
}

/** Few sizes, so that cards of slightly different widths share pictures. */
const steps = [160, 240, 320, 480, 720, 960, 1280, 1920, 2560]
const fallbackPixels = 480
/** At once per core; a browser asks for dozens. */
const mostAtOnce = 6

const mimes: ReadonlySet<string> = new Set([
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/avif',
])

export function createImageService(options: ImageServiceOptions): ImageService {
  const { sources, clock } = options
  const store = createImageStore(options.db, options.limitBytes ?? 500e6)
  const queue = new TaskQueue<StoredImage>(mostAtOnce)

  return {
    async getImage(sourceId, path, requestedWidth, requestedHeight, signal) {
      if (!isImagePath(path)) throw new SpoolError('bad-params', { detail: 'path: not a picture' })
      const width = roundUp(requestedWidth)
      const height = roundUp(requestedHeight)
      const stored = store.get(sourceId, path, width, height, clock.now())
      if (stored) return stored
      const client = sources.getClient(sourceId)
      const fetchImage = async (ending: AbortSignal): Promise<StoredImage> => {
        const { bytes, mime } = await client.getImage(path, width, height, ending)
        if (!mimes.has(mime)) throw new SpoolError('bad-reply', { detail: `a picture of type ${mime}` })
        const image = { bytes, mime }
        store.put(sourceId, path, width, height, image, clock.now())
        return image
      }
      try {
        return await queue.run(JSON.stringify([sourceId, path, width, height]), fetchImage, signal)
      } catch (thrown) {
        const other = signal?.aborted ? null : store.getAnySize(sourceId, path, width)
        if (other && toSpoolError(thrown).code !== 'cancelled') return other
        throw thrown
      }
    },
  }
}

/** The next step at or above; the largest for what is larger, a middling one for what is no size. */
export function roundUp(pixels: number): number {
  if (!Number.isFinite(pixels) || pixels <= 0) return fallbackPixels
  return steps.find((step) => step >= pixels) ?? steps.at(-1) ?? fallbackPixels
}
