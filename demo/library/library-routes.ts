import type { DemoContext } from '../demo-context.ts'
import type { ReplyObject } from '../http/containers.ts'
import { containerReply, HttpError, type Reply } from '../http/reply.ts'
import type { RequestContext } from '../http/request-context.ts'
import { route, type Route } from '../http/router.ts'
import { MOVIES_SECTION, SHOWS_SECTION, type LibraryEntry } from './library-index.ts'
import { filtered, paged, pageOf, sorted, sortTitle } from './listing.ts'
import { metadataRow } from './metadata-rows.ts'

const COMMON = {
  allowSync: false,
  identifier: 'com.plexapp.plugins.library',
  mediaTagPrefix: '/system/bundle/media/flags/',
  mediaTagVersion: 1_767_000_000,
}

/** Sections, lists and single items. */
export function libraryRoutes(demo: DemoContext): Route[] {
  const rowsOf = (entries: readonly LibraryEntry[]): ReplyObject[] =>
    entries.map((entry) => metadataRow(entry, demo.rowFacts))
  const entryOf = (ratingKey: string): LibraryEntry => {
    const entry = demo.index.find(Number(ratingKey))
    if (!entry) throw new HttpError(404)
    return entry
  }

  return [
    route('GET', '/library/sections', ({ isJson }) => containerReply(sectionsContainer(), isJson)),
    route('GET', '/library/sections/all', ({ isJson }) => containerReply(sectionsContainer(), isJson)),
    route('GET', '/library/sections/{section}/all', (context) => {
      const { section, title } = sectionOf(context)
      const type = context.query.get('type')
      const rows = rowsOf(demo.index.listing(section, type ? Number(type) : null))
      return listReply(context, sorted(filtered(rows, context.query), context.query.get('sort')), {
        ...sectionFields(section, title),
        title2: `All ${title}`,
      })
    }),
    route('GET', '/library/sections/{section}/recentlyAdded', (context) => {
      const { section, title } = sectionOf(context)
      const rows = rowsOf(demo.index.listing(section, section === SHOWS_SECTION ? 4 : null))
      return listReply(context, sorted(rows, 'addedAt:desc'), sectionFields(section, title))
    }),
    route('GET', '/library/sections/{section}/allLeaves', (context) => {
      const { section, title } = sectionOf(context)
      const rows = rowsOf(demo.index.listing(section, section === SHOWS_SECTION ? 4 : null))
      return listReply(context, rows, sectionFields(section, title))
    }),
    route('GET', '/library/sections/{section}/firstCharacter', (context) => {
      const { section, title } = sectionOf(context)
      const Directory = firstCharacters(rowsOf(demo.index.listing(section, null)))
      return containerReply(
        { size: Directory.length, ...COMMON, title1: title, title2: 'By First Letter', Directory },
        context.isJson,
      )
    }),
    route('GET', '/library/metadata/{ids}', (context) => {
      const flag = (name: string): boolean => context.query.get(name) === '1'
      const detail = {
        isFull: true,
        withChapters: flag('includeChapters'),
        withMarkers: flag('includeMarkers'),
      }
      const entries = context.params['ids']!.split(',').map(entryOf)
      const rows = entries.map((entry) => metadataRow(entry, demo.rowFacts, detail))
      return containerReply(
        { size: rows.length, ...COMMON, ...hoisted(rows), Metadata: rows },
        context.isJson,
      )
    }),
    route('GET', '/library/metadata/{id}/children', (context) => {
      const entry = entryOf(context.params['id']!)
      return listReply(context, rowsOf(demo.index.children(entry)), parentContainer(entry))
    }),
    route('GET', '/library/metadata/{id}/allLeaves', (context) => {
      const entry = entryOf(context.params['id']!)
      return listReply(context, rowsOf(demo.index.leaves(entry)), parentContainer(entry))
    }),
    route('GET', '/library/onDeck', (context) => listReply(context, rowsOf(continueWatching(demo)), COMMON)),
    route('GET', '/library/recentlyAdded', (context) => {
      const entries = [...demo.index.listing(MOVIES_SECTION, null), ...demo.index.listing(SHOWS_SECTION, 4)]
      return listReply(context, sorted(rowsOf(entries), 'addedAt:desc'), COMMON)
    }),
    route('GET', '/hubs/continueWatching', (context) => {
      const rows = rowsOf(continueWatching(demo))
      return containerReply({ size: 1, ...COMMON, Hub: [continueWatchingHub(rows)] }, context.isJson)
    }),
    route('GET', '/hubs/search', (context) => searchReply(demo, context, rowsOf)),
  ]
}

function sectionsContainer(): ReplyObject {
  const section = (
    key: number,
    type: string,
    title: string,
    agent: string,
    scanner: string,
  ): ReplyObject => ({
    allowSync: false,
    art: `/:/resources/${type}-fanart.jpg`,
    composite: `/library/sections/${key}/composite/1766500000`,
    filters: true,
    refreshing: false,
    thumb: `/:/resources/${type}.png`,
    key: `${key}`,
    type,
    title,
    agent,
    scanner,
    language: 'en-US',
    uuid: `b0d1c5a0-0000-4000-8000-00000000000${key}`,
    updatedAt: 1_766_000_000,
    createdAt: 1_764_000_000,
    scannedAt: 1_766_500_000,
    content: true,
    directory: true,
    contentChangedAt: 4821,
    hidden: 0,
    Location: [{ id: key, path: `/srv/media/${type === 'movie' ? 'Films' : 'Shows'}` }],
  })
  return {
    size: 2,
    allowSync: false,
    title1: 'Plex Library',
    Directory: [
      section(MOVIES_SECTION, 'movie', 'Movies', 'tv.plex.agents.movie', 'Plex Movie'),
      section(SHOWS_SECTION, 'show', 'TV Shows', 'tv.plex.agents.series', 'Plex TV Series'),
    ],
  }
}

function sectionOf({ params }: RequestContext): { section: number; title: string } {
  const section = Number(params['section'])
  if (section !== MOVIES_SECTION && section !== SHOWS_SECTION) throw new HttpError(404)
  return { section, title: section === MOVIES_SECTION ? 'Movies' : 'TV Shows' }
}

function sectionFields(section: number, title: string): ReplyObject {
  return {
    ...COMMON,
    librarySectionID: section,
    librarySectionTitle: title,
    librarySectionUUID: `b0d1c5a0-0000-4000-8000-00000000000${section}`,
    title1: title,
    viewGroup: section === MOVIES_SECTION ? 'movie' : 'show',
  }
}

function listReply(context: RequestContext, rows: readonly ReplyObject[], fields: ReplyObject): Reply {
  const page = paged(rows, pageOf(context))
  return containerReply({ ...page.fields, ...fields, Metadata: page.rows }, context.isJson, page.headers)
}

/** Attributes that a single item's container repeats. */
function hoisted(rows: readonly ReplyObject[]): ReplyObject {
  return {
    librarySectionID: rows[0]?.['librarySectionID'],
    librarySectionTitle: rows[0]?.['librarySectionTitle'],
  }
}

function parentContainer({ item }: LibraryEntry): ReplyObject {
  return {
    ...COMMON,
    key: `${item.ratingKey}`,
    librarySectionID: item.type === 'movie' ? MOVIES_SECTION : SHOWS_SECTION,
    parentTitle: item.title,
    parentYear: item.year,
    title2: item.title,
    viewGroup: item.type === 'show' ? 'season' : 'episode',
  }
}

function firstCharacters(rows: readonly ReplyObject[]): ReplyObject[] {
  const letters = rows.map((row) => sortTitle(row).normalize('NFD').charAt(0).toUpperCase())
  const keys = letters.map((letter) => (/[A-Z]/.test(letter) ? letter : '#'))
  return [...new Set(keys)].toSorted().map((key) => ({
    size: keys.filter((each) => each === key).length,
    key: encodeURIComponent(key),
    title: key,
  }))
}

/** Begun items and each show's next episode, the last viewed first; at most one episode of a show. */
function continueWatching({ index, watchState }: DemoContext): LibraryEntry[] {
  const lastViewed = ({ item }: LibraryEntry): number => watchState.of(item.ratingKey).lastViewedAt ?? 0
  const isBegun = ({ item }: LibraryEntry): boolean => Boolean(watchState.of(item.ratingKey).viewOffsetMs)
  const movies = index.listing(MOVIES_SECTION, null).filter(isBegun)
  const episodes = index.listing(SHOWS_SECTION, null).flatMap((show) => {
    const leaves = index.leaves(show)
    const begun = leaves.filter(isBegun).toSorted((one, other) => lastViewed(other) - lastViewed(one))
    const lastWatched = leaves.findLastIndex(({ item }) => watchState.of(item.ratingKey).viewCount)
    const next = begun[0] ?? (lastWatched >= 0 ? leaves[lastWatched + 1] : undefined)
    return next ? [next] : []
  })
  return [...movies, ...episodes].toSorted((one, other) => lastViewed(other) - lastViewed(one))
}

function continueWatchingHub(rows: readonly ReplyObject[]): ReplyObject {
  return {
    key: '/hubs/home/continueWatching',
    hubKey: `/library/metadata/${rows.map((row) => row['ratingKey']).join(',')}`,
    title: 'Continue Watching',
    type: 'mixed',
    hubIdentifier: 'home.continue',
    context: 'hub.home.continue',
    size: rows.length,
    more: false,
    style: 'hero',
    promoted: true,
    Metadata: rows,
  }
}

/** A hub for each type; a blank query is 400. */
function searchReply(
  demo: DemoContext,
  { query, isJson }: RequestContext,
  rowsOf: (entries: readonly LibraryEntry[]) => ReplyObject[],
): Reply {
  const words = query.get('query')?.trim().toLowerCase() ?? ''
  const limit = Number(query.get('limit') ?? 3)
  if (words === '') throw new HttpError(400)
  if (limit === 0) throw new HttpError(500)
  const hub = (type: string, title: string, entries: readonly LibraryEntry[]): ReplyObject => {
    const found = entries.filter(({ item }) => words.length > 1 && item.title.toLowerCase().includes(words))
    const Metadata = rowsOf(found.slice(0, limit))
    const more = found.length > limit
    return {
      title,
      type,
      hubIdentifier: type,
      context: 'hub.search',
      size: Metadata.length,
      more,
      style: 'shelf',
      Metadata,
    }
  }
  const Hub = [
    hub('movie', 'Movies', demo.index.listing(MOVIES_SECTION, null)),
    hub('show', 'Shows', demo.index.listing(SHOWS_SECTION, 2)),
    hub('episode', 'Episodes', demo.index.listing(SHOWS_SECTION, 4)),
  ]
  return containerReply({ size: Hub.length, ...COMMON, Hub }, isJson)
}
