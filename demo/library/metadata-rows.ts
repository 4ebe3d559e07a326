import type { ReplyObject } from '../http/containers.ts'
import type { WatchRecord } from '../state/watch-state.ts'
import type { Movie, Playable, Show } from './catalogue-types.ts'
import { MOVIES_SECTION, SHOWS_SECTION, type LibraryEntry, type LibraryIndex } from './library-index.ts'
import { mediaRow, type PartFacts } from './media-rows.ts'

/** What rows are made from besides the catalogue. */
export interface RowFacts extends PartFacts {
  readonly index: LibraryIndex
  watched(ratingKey: number): WatchRecord
}

/** How much of an item to show. */
export interface RowDetail {
  /** Streams, cast and all: only on `/library/metadata/{id}`. */
  readonly isFull: boolean
  readonly withChapters?: boolean
  readonly withMarkers?: boolean
}

export const LIST_DETAIL: RowDetail = { isFull: false }

/** A row of `Metadata[]`. */
export function metadataRow(
  entry: LibraryEntry,
  facts: RowFacts,
  detail: RowDetail = LIST_DETAIL,
): ReplyObject {
  const { item } = entry
  const isFolder = item.type === 'show' || item.type === 'season'
  return {
    ratingKey: `${item.ratingKey}`,
    key: `/library/metadata/${item.ratingKey}${isFolder ? '/children' : ''}`,
    guid: `plex://${item.type}/5d7768${item.ratingKey.toString(16).padStart(18, '0')}`,
    ...('studio' in item ? { studio: item.studio } : {}),
    type: item.type,
    title: item.title,
    ...(item.sortTitle ? { titleSort: item.sortTitle } : {}),
    ...sectionFields(entry),
    ...parentFields(entry),
    ...('contentRating' in item ? { contentRating: item.contentRating } : {}),
    summary: item.summary,
    ...('audienceRating' in item
      ? { audienceRating: item.audienceRating, audienceRatingImage: AUDIENCE_IMAGE }
      : {}),
    year: item.year,
    ...('tagline' in item ? { tagline: item.tagline } : {}),
    ...pictureFields(entry),
    originallyAvailableAt: item.releasedOn,
    addedAt: item.addedAt,
    updatedAt: item.updatedAt,
    ...(isFolder ? folderFields(entry, facts) : playableFields(item, facts, detail)),
    ...('genres' in item ? tagFields(item, detail) : {}),
    ...(item.type === 'movie' || item.type === 'episode' ? crewFields(item) : {}),
  }
}

const AUDIENCE_IMAGE = 'themoviedb://image.rating'

function sectionFields({ item }: LibraryEntry): ReplyObject {
  const isMovie = item.type === 'movie'
  const id = isMovie ? MOVIES_SECTION : SHOWS_SECTION
  return {
    librarySectionTitle: isMovie ? 'Movies' : 'TV Shows',
    librarySectionID: id,
    librarySectionKey: `/library/sections/${id}`,
  }
}

/** A picture's address ends in the time of its last change, so that it may be kept for ever. */
export function pictureKey(ratingKey: number, kind: 'thumb' | 'art', updatedAt: number): string {
  return `/library/metadata/${ratingKey}/${kind}/${updatedAt}`
}

function pictureFields(entry: LibraryEntry): ReplyObject {
  const { item } = entry
  const artOwner = 'show' in entry ? entry.show : item
  return {
    thumb: pictureKey(item.ratingKey, 'thumb', item.updatedAt),
    art: pictureKey(artOwner.ratingKey, 'art', artOwner.updatedAt),
  }
}

function parentFields(entry: LibraryEntry): ReplyObject {
  if (!('show' in entry)) return {}
  const { show } = entry
  const above = (
    prefix: string,
    item: { ratingKey: number; title: string; updatedAt: number },
  ): ReplyObject => ({
    [`${prefix}RatingKey`]: `${item.ratingKey}`,
    [`${prefix}Key`]: `/library/metadata/${item.ratingKey}`,
    [`${prefix}Title`]: item.title,
    [`${prefix}Thumb`]: pictureKey(item.ratingKey, 'thumb', item.updatedAt),
  })
  if (!('season' in entry))
    return { ...above('parent', show), parentYear: show.year, index: entry.item.index }
  return {
    ...above('grandparent', show),
    grandparentArt: pictureKey(show.ratingKey, 'art', show.updatedAt),
    ...above('parent', entry.season),
    index: entry.item.index,
    parentIndex: entry.season.index,
  }
}

function folderFields(entry: LibraryEntry, facts: RowFacts): ReplyObject {
  const leaves = facts.index.leaves(entry)
  const viewed = leaves.filter(({ item }) => facts.watched(item.ratingKey).viewCount)
  const lastViewedAt = Math.max(
    0,
    ...leaves.map(({ item }) => facts.watched(item.ratingKey).lastViewedAt ?? 0),
  )
  const { item } = entry
  return {
    ...(item.type === 'show'
      ? { index: 1, childCount: item.seasons.length, seasonCount: item.seasons.length }
      : {}),
    leafCount: leaves.length,
    viewedLeafCount: viewed.length,
    ...(lastViewedAt > 0 ? { lastViewedAt } : {}),
  }
}

function playableFields(item: Playable, facts: RowFacts, detail: RowDetail): ReplyObject {
  const { viewOffsetMs, viewCount, lastViewedAt } = facts.watched(item.ratingKey)
  const chapters = item.versions[0]?.parts[0]?.chapters ?? []
  return {
    duration: item.durationMs,
    ...(viewOffsetMs ? { viewOffset: viewOffsetMs } : {}),
    ...(viewCount ? { viewCount } : {}),
    ...(lastViewedAt ? { lastViewedAt } : {}),
    ...(chapters.length > 0 ? { chapterSource: 'media' } : {}),
    Media: item.versions.map((version) => mediaRow(version, facts, detail.isFull)),
    ...(detail.withChapters && chapters.length > 0 ? { Chapter: chapterRows(item) } : {}),
    ...(detail.withMarkers && item.markers.length > 0 ? { Marker: markerRows(item) } : {}),
  }
}

function chapterRows(item: Playable): ReplyObject[] {
  return item.versions[0]!.parts[0]!.chapters.map(({ title, startMs, endMs }, index) => ({
    id: item.ratingKey * 100 + index + 1,
    filter: `thumb=${item.ratingKey * 100 + index + 1}`,
    tag: title,
    index: index + 1,
    startTimeOffset: startMs,
    endTimeOffset: endMs,
  }))
}

/** Marker ids are not unique on real servers either: all of an item share one. */
function markerRows(item: Playable): ReplyObject[] {
  return item.markers.toReversed().map(({ type, startMs, endMs, isFinal }) => ({
    id: item.ratingKey * 10,
    type,
    startTimeOffset: startMs,
    endTimeOffset: endMs,
    ...(isFinal ? { final: true } : {}),
    Attributes: { id: item.ratingKey * 10, version: 4 },
  }))
}

function tagFields(item: Movie | Show, detail: RowDetail): ReplyObject {
  const cast = detail.isFull ? item.cast : item.cast.slice(0, 3)
  return {
    Genre: item.genres.map((tag) => tagRow('genre', tag, detail)),
    ...('countries' in item ? { Country: item.countries.map((tag) => tagRow('country', tag, detail)) } : {}),
    Role: cast.map(([tag, role]) => ({
      ...tagRow('actor', tag, detail),
      ...(detail.isFull ? { role } : {}),
    })),
  }
}

function crewFields(item: Playable): ReplyObject {
  return {
    Director: item.directors.map((tag) => ({ tag })),
    Writer: item.writers.map((tag) => ({ tag })),
  }
}

/** Lists carry only a tag's name, single items its id and filter too. */
function tagRow(filter: string, tag: string, detail: RowDetail): ReplyObject {
  const id = [...tag].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 90_000, 7) + 1000
  return detail.isFull ? { id, filter: `${filter}=${id}`, tag } : { tag }
}
