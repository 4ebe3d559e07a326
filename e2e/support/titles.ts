import {
  asQuality,
  type CacheKey,
  type Item,
  type MediaId,
  type SourceId,
} from '../../src-preload/contract/index.ts'
import type { App } from './app-process.ts'

/** One part of a title, ready to be played. */
export interface Playable {
  readonly sourceId: SourceId
  readonly ratingKey: string
  readonly mediaId: MediaId
  readonly item: Item
}

/** Films of the demo library that tests play, by ratingKey; see `demo/library/`. */
export const films = {
  /** 20 minutes, 10 frames a second, 1080p MP4. */
  long: '101',
  /** 60 s, 1080p MP4 at 14 Mbit/s. */
  heavy: '102',
  /** 1080p MKV of about a minute, with subtitles of their own. */
  short: '104',
} as const

/** Finds the first part of a title's first version through the library, as the page does. */
export async function findTitle(app: App, ratingKey: string): Promise<Playable> {
  const [source] = await app.call('library.getSources', {})
  if (!source) throw new Error('the app knows no server')
  const item = await app.call('library.getItem', { sourceId: source.sourceId, ratingKey })
  const mediaId = item.versions[0]?.parts[0]?.mediaId
  if (mediaId === undefined) throw new Error(`${ratingKey} has no parts`)
  return { sourceId: source.sourceId, ratingKey, mediaId, item }
}

export const keyOf = (title: Playable, quality: string): CacheKey => ({
  sourceId: title.sourceId,
  mediaId: title.mediaId,
  quality: asQuality(quality),
})
