import {
  asQuality,
  type CacheKey,
  type Item,
  type MediaId,
  type SourceId,
} from '../../src-preload/contract/index.ts'
import { FILMS } from '../../demo/library/films.ts'
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
  /** 20 minutes, 1080p MP4 at a low rate. */
  long: '101',
  /** 60 s, 1080p MP4 at 14 Mbit/s. */
  heavy: '102',
  /** Two minutes, 720p MP4 at 6 Mbit/s and 8 pictures a second: cheap to convert, dear to send. */
  dear: '114',
  /** 1080p MKV of about a minute, with subtitles of their own. */
  short: '104',
  /** 720p MKV whose sound is AC-3. */
  dolby: '108',
  /** 720p MKV whose picture is HEVC. */
  hevc: '111',
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

/** Of a film's first file, from the demo's own catalogue. */
export function framesPerSecondOf(ratingKey: string): number {
  const part = FILMS.find((film) => String(film.ratingKey) === ratingKey)?.versions[0]?.parts[0]
  if (!part) throw new Error(`${ratingKey} is not a demo film`)
  return part.framesPerSecond
}

export const keyOf = (title: Playable, quality: string): CacheKey => ({
  sourceId: title.sourceId,
  mediaId: title.mediaId,
  quality: asQuality(quality),
})
