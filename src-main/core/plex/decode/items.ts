import { z } from 'zod'
import { SpoolError } from '../../spool-error.ts'
import type { PlexItem, PlexItemPage, PlexItemType } from '../model.ts'
import { openContainer, type PlexContainer } from './container.ts'
import { media } from './media.ts'
import { count, epochSeconds, filledText, id, list, number, readNumber, readText } from './tolerant.ts'

const itemTypes: ReadonlySet<string> = new Set<PlexItemType>(['movie', 'show', 'season', 'episode'])
const isItemType = (type: string | null): type is PlexItemType => type !== null && itemTypes.has(type)

/** Attributes that all rows share stand on the container only. */
const hoisted = [
  'librarySectionID',
  'parentTitle',
  'parentIndex',
  'parentRatingKey',
  'grandparentTitle',
  'grandparentRatingKey',
  'grandparentThumb',
] as const

const tag = z.object({ tag: id }).transform((row) => row.tag)

const chapter = z
  .object({ tag: filledText, index: count, startTimeOffset: count, endTimeOffset: count })
  .transform((row, context) => {
    if (row.startTimeOffset === null || row.endTimeOffset === null) {
      context.addIssue({ code: 'custom', message: 'a chapter without times' })
      return z.NEVER
    }
    return { title: row.tag ?? '', startMs: row.startTimeOffset, endMs: row.endTimeOffset }
  })

const marker = z
  .object({ type: id, startTimeOffset: count, endTimeOffset: count })
  .transform((row, context) => {
    if (row.startTimeOffset === null || row.endTimeOffset === null) {
      context.addIssue({ code: 'custom', message: 'a marker without times' })
      return z.NEVER
    }
    return { type: row.type, startMs: row.startTimeOffset, endMs: row.endTimeOffset }
  })

const item = z
  .object({
    ratingKey: id,
    type: filledText,
    title: filledText,
    titleSort: filledText,
    summary: filledText,
    tagline: filledText,
    contentRating: filledText,
    rating: number,
    audienceRating: number,
    year: count,
    duration: count,
    viewOffset: count,
    viewCount: count,
    addedAt: epochSeconds,
    lastViewedAt: epochSeconds,
    index: count,
    parentIndex: count,
    parentRatingKey: filledText,
    parentTitle: filledText,
    grandparentRatingKey: filledText,
    grandparentTitle: filledText,
    leafCount: count,
    viewedLeafCount: count,
    librarySectionID: filledText,
    thumb: filledText,
    art: filledText,
    grandparentThumb: filledText,
    Genre: list(tag),
    Director: list(tag),
    Role: list(tag),
    Chapter: list(chapter),
    Marker: list(marker),
    Media: list(media),
  })
  .transform((row, context): PlexItem => {
    const { type } = row
    if (!isItemType(type)) {
      context.addIssue({ code: 'custom', message: 'a type Spool does not show' })
      return z.NEVER
    }
    return {
      ratingKey: row.ratingKey,
      type,
      title: row.title ?? row.ratingKey,
      titleSort: row.titleSort ?? row.title ?? row.ratingKey,
      summary: row.summary ?? '',
      tagline: row.tagline,
      contentRating: row.contentRating,
      rating: row.rating ?? row.audienceRating,
      year: row.year,
      durationMs: row.duration,
      // 0 is "not begun": the server leaves it out.
      viewOffsetMs: row.viewOffset === 0 ? null : row.viewOffset,
      viewCount: row.viewCount ?? 0,
      addedAt: row.addedAt,
      lastViewedAt: row.lastViewedAt,
      index: row.index,
      parentIndex: row.parentIndex,
      parentRatingKey: row.parentRatingKey,
      parentTitle: row.parentTitle,
      grandparentRatingKey: row.grandparentRatingKey,
      grandparentTitle: row.grandparentTitle,
      leafCount: row.leafCount,
      viewedLeafCount: row.viewedLeafCount,
      librarySectionId: row.librarySectionID,
      thumb: row.thumb,
      art: row.art,
      grandparentThumb: row.grandparentThumb,
      genres: row.Genre,
      directors: row.Director,
      cast: row.Role,
      chapters: row.Chapter.toSorted((a, b) => a.startMs - b.startMs),
      markers: row.Marker.toSorted((a, b) => a.startMs - b.startMs),
      media: row.Media,
    }
  })

/** Films, shows, seasons and episodes of a container; anything else in it is left out. */
export function readItems(container: PlexContainer): readonly PlexItem[] {
  const shared = Object.fromEntries(
    hoisted.flatMap((name) => (container[name] === undefined ? [] : [[name, container[name]]])),
  )
  const { Metadata } = z.object({ Metadata: list(z.record(z.string(), z.unknown())) }).parse(container)
  return Metadata.flatMap((row) => {
    const parsed = item.safeParse({ ...shared, ...row })
    return parsed.success ? [parsed.data] : []
  })
}

export const decodeItems = (json: unknown): readonly PlexItem[] => readItems(openContainer(json))

/** `/library/metadata/{ratingKey}`. Throws `unknown-media` when there is no such film, show, season or episode in it. */
export function decodeItem(json: unknown, ratingKey: string): PlexItem {
  const items = decodeItems(json)
  const found = items.find((candidate) => candidate.ratingKey === ratingKey) ?? items[0]
  if (found === undefined) throw new SpoolError('unknown-media')
  return found
}

/** `/library/metadata/{ratingKey}/children`: the container names the parent by its own `key`. */
export function decodeChildren(json: unknown, parentRatingKey: string): readonly PlexItem[] {
  return readItems({ parentRatingKey, ...openContainer(json) })
}

/** One page of a listing. `totalSize` is there only when paging was asked for. */
export function decodePage(json: unknown, offset: number): PlexItemPage {
  const container = openContainer(json)
  const items = readItems(container)
  const at = readNumber(container['offset']) ?? offset
  return { items, offset: at, total: readNumber(container['totalSize']) ?? at + items.length }
}

const hub = z.record(z.string(), z.unknown())

/** Items of all hubs in order, each once; also those of a container that has none and lists items itself. */
export function decodeHubItems(json: unknown): readonly PlexItem[] {
  const container = openContainer(json)
  const { Hub } = z.object({ Hub: list(hub) }).parse(container)
  const seen = new Set<string>()
  return [...readItems(container), ...Hub.flatMap((row) => readItems(row))].filter((found) => {
    if (seen.has(found.ratingKey)) return false
    seen.add(found.ratingKey)
    return true
  })
}

/** `terminationText` of a timeline's answer, when the server ended the playback. */
export function decodeTermination(json: unknown): string | null {
  const container = openContainer(json)
  if (readNumber(container['terminationCode']) === null) return null
  return readText(container['terminationText']) ?? 'ended by the server'
}
