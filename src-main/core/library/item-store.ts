import type { Database } from 'better-sqlite3'
import type { PlexItem, PlexSection } from '../plex/model.ts'
import { foldText } from './fold-text.ts'
import { hasAllStreams, mergeListRow } from './merge-item.ts'

/** One remembered item. Times are epoch ms. */
export interface StoredItem {
  readonly item: PlexItem
  readonly hasStreams: boolean
  /** Last time it was asked for by its own address. */
  readonly detailAt: number | null
  readonly isGone: boolean
}

interface ItemRow {
  readonly json: string
  readonly has_streams: 0 | 1
  readonly detail_at: number | null
  readonly gone_at: number | null
}

/** Ways to order a section, as the ends of SQL statements. */
const orders = {
  title: 'li.position',
  addedAt: 'i.added_at DESC, li.position',
  year: 'i.year DESC, li.position',
} as const

export type StoredOrder = keyof typeof orders

/** Items, sections and lists in library.db. Synchronous; writes of several rows are one transaction. */
export interface ItemStore {
  get(sourceId: string, ratingKey: string): StoredItem | null
  /** Remembers items a list named. Returns true when anything differs from before. */
  putListed(sourceId: string, items: readonly PlexItem[], sectionId: string | null, now: number): boolean
  /** Remembers an item that was asked for by its own address. Returns true when it differs from before. */
  putDetailed(sourceId: string, item: PlexItem, now: number): boolean
  /** The server no longer has it, nor what is below it. */
  markGone(sourceId: string, ratingKeys: readonly string[], now: number): void
  /** Marks an item and all below it, as the server does when told. */
  patchWatched(sourceId: string, ratingKey: string, isWatched: boolean, now: number): void
  getSections(sourceId: string): readonly PlexSection[]
  /** Returns true when they differ from before. */
  putSections(sourceId: string, sections: readonly PlexSection[]): boolean
  hasList(sourceId: string, listId: string): boolean
  getListKeys(sourceId: string, listId: string): readonly string[]
  /** The list's items that are still there, in order. */
  getListItems(sourceId: string, listId: string): readonly PlexItem[]
  /** Returns true when it differs from before. */
  putList(sourceId: string, listId: string, ratingKeys: readonly string[], now: number): boolean
  /** Keys of the items of a section that are still there: of its whole list, or of what was seen of it. */
  getSectionKeys(sourceId: string, sectionId: string, order: StoredOrder): readonly string[]
  countSection(sourceId: string, sectionId: string): number | null
  getByParent(sourceId: string, parentKey: string): readonly PlexItem[]
  /** Films, shows and episodes by title or people. */
  search(sourceId: string, foldedQuery: string, limit: number): readonly PlexItem[]
}

export function createItemStore(db: Database): ItemStore {
  const select = db.prepare<[string, string], ItemRow>(
    'SELECT json, has_streams, detail_at, gone_at FROM library_items WHERE source_id = ? AND rating_key = ?',
  )
  const upsert = db.prepare(`
    INSERT INTO library_items (source_id, rating_key, type, section_id, parent_key, show_key, title_sort, added_at, year,
      search_title, search_people, json, has_streams, seen_at, detail_at, gone_at)
    VALUES (@sourceId, @ratingKey, @type, @sectionId, @parentKey, @showKey, @titleSort, @addedAt, @year,
      @searchTitle, @searchPeople, @json, @hasStreams, @now, @detailAt, NULL)
    ON CONFLICT (source_id, rating_key) DO UPDATE SET type = @type, section_id = coalesce(@sectionId, section_id),
      parent_key = @parentKey, show_key = @showKey, title_sort = @titleSort, added_at = @addedAt, year = @year,
      search_title = @searchTitle, search_people = @searchPeople, json = @json, has_streams = @hasStreams, seen_at = @now,
      detail_at = coalesce(@detailAt, detail_at), gone_at = NULL`)
  const gone = db.prepare(`
    UPDATE library_items SET gone_at = @now
    WHERE source_id = @sourceId AND gone_at IS NULL AND (rating_key = @key OR parent_key = @key OR show_key = @key)`)
  const selectSections = db.prepare<[string], PlexSection>(
    'SELECT section_id AS key, type, title FROM library_sections WHERE source_id = ? ORDER BY position',
  )
  const deleteSections = db.prepare('DELETE FROM library_sections WHERE source_id = ?')
  const insertSection = db.prepare(
    'INSERT INTO library_sections (source_id, section_id, type, title, position) VALUES (?, ?, ?, ?, ?)',
  )
  const selectList = db.prepare<[string, string], { n: number }>(
    'SELECT 1 AS n FROM library_lists WHERE source_id = ? AND list_id = ?',
  )
  const selectKeys = db
    .prepare<[string, string], string>(
      'SELECT rating_key FROM library_list_items WHERE source_id = ? AND list_id = ? ORDER BY position',
    )
    .pluck()
  const selectListItems = db
    .prepare<[string, string], string>(
      `SELECT i.json FROM library_list_items li JOIN library_items i USING (source_id, rating_key)
       WHERE source_id = ? AND list_id = ? AND i.gone_at IS NULL ORDER BY li.position`,
    )
    .pluck()
  const upsertList = db.prepare(
    `INSERT INTO library_lists (source_id, list_id, fetched_at) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET fetched_at = excluded.fetched_at`,
  )
  const deleteListItems = db.prepare('DELETE FROM library_list_items WHERE source_id = ? AND list_id = ?')
  const insertListItem = db.prepare(
    'INSERT INTO library_list_items (source_id, list_id, position, rating_key) VALUES (?, ?, ?, ?)',
  )
  const count = db
    .prepare<[string, string], number>(
      `SELECT count(*) FROM library_list_items JOIN library_items i USING (source_id, rating_key)
       WHERE source_id = ? AND list_id = ? AND i.gone_at IS NULL`,
    )
    .pluck()
  const sectionKeys = (order: StoredOrder) =>
    db
      .prepare<[string, string], string>(
        `SELECT rating_key FROM library_list_items li JOIN library_items i USING (source_id, rating_key)
         WHERE source_id = ? AND li.list_id = ? AND i.gone_at IS NULL ORDER BY ${orders[order]}`,
      )
      .pluck()
  const byOrder = {
    title: sectionKeys('title'),
    addedAt: sectionKeys('addedAt'),
    year: sectionKeys('year'),
  }
  const seenOf = (order: string) =>
    db
      .prepare<[string, string], string>(
        `SELECT rating_key FROM library_items WHERE source_id = ? AND section_id = ? AND type IN ('movie', 'show')
         AND gone_at IS NULL ORDER BY ${order}`,
      )
      .pluck()
  const seenByOrder = {
    title: seenOf('title_sort COLLATE NOCASE'),
    addedAt: seenOf('added_at DESC, title_sort COLLATE NOCASE'),
    year: seenOf('year DESC, title_sort COLLATE NOCASE'),
  }
  const children = db
    .prepare<[string, string], string>(
      'SELECT json FROM library_items WHERE source_id = ? AND parent_key = ? AND gone_at IS NULL',
    )
    .pluck()
  const searching = db
    .prepare<[string, string, string, number], string>(
      `SELECT json FROM library_items WHERE source_id = ? AND gone_at IS NULL AND type <> 'season'
       AND (instr(search_title, ?) > 0 OR instr(search_people, ?) > 0)
       ORDER BY length(search_title) LIMIT ?`,
    )
    .pluck()

  const family = db.prepare<{ sourceId: string; key: string }, { json: string }>(
    `SELECT json FROM library_items
     WHERE source_id = @sourceId AND (rating_key = @key OR parent_key = @key OR show_key = @key)`,
  )
  const patch = db.prepare(
    'UPDATE library_items SET json = @json WHERE source_id = @sourceId AND rating_key = @ratingKey',
  )

  const parse = (json: string): PlexItem => JSON.parse(json) as PlexItem
  const get = (sourceId: string, ratingKey: string): StoredItem | null => {
    const row = select.get(sourceId, ratingKey)
    if (!row) return null
    return {
      item: parse(row.json),
      hasStreams: row.has_streams === 1,
      detailAt: row.detail_at,
      isGone: row.gone_at !== null,
    }
  }

  const put = (
    sourceId: string,
    item: PlexItem,
    isDetail: boolean,
    sectionId: string | null,
    now: number,
  ): boolean => {
    const known = get(sourceId, item.ratingKey)
    const merged = isDetail ? { item, hasStreams: hasAllStreams(item) } : mergeListRow(known, item)
    const json = JSON.stringify(merged.item)
    const hasChanged = known === null || known.isGone || JSON.stringify(known.item) !== json
    // A row that says nothing new is not written: listings are read again often.
    if (!hasChanged && !isDetail) return false
    const { parentRatingKey, grandparentRatingKey, directors, cast } = merged.item
    upsert.run({
      sourceId,
      ratingKey: item.ratingKey,
      type: item.type,
      sectionId: sectionId ?? merged.item.librarySectionId,
      parentKey: parentRatingKey,
      showKey: item.type === 'season' ? parentRatingKey : grandparentRatingKey,
      titleSort: merged.item.titleSort,
      addedAt: merged.item.addedAt,
      year: merged.item.year,
      searchTitle: foldText(merged.item.title),
      searchPeople: foldText([...directors, ...cast].join(' / ')),
      json,
      hasStreams: merged.hasStreams ? 1 : 0,
      now,
      detailAt: isDetail ? now : null,
    })
    return hasChanged
  }

  return {
    get,
    putListed: db.transaction(
      (sourceId: string, items: readonly PlexItem[], sectionId: string | null, now: number) => {
        let hasChanged = false
        for (const item of items) hasChanged = put(sourceId, item, false, sectionId, now) || hasChanged
        return hasChanged
      },
    ),
    putDetailed: db.transaction((sourceId: string, item: PlexItem, now: number) =>
      put(sourceId, item, true, null, now),
    ),
    markGone: db.transaction((sourceId: string, ratingKeys: readonly string[], now: number) => {
      for (const key of ratingKeys) gone.run({ sourceId, key, now })
    }),
    patchWatched: db.transaction((sourceId: string, key: string, isWatched: boolean, now: number) => {
      for (const row of family.all({ sourceId, key })) {
        const item = parse(row.json)
        const patched: PlexItem = {
          ...item,
          viewOffsetMs: null,
          viewCount: isWatched ? Math.max(1, item.viewCount) : 0,
          viewedLeafCount: item.leafCount === null ? item.viewedLeafCount : isWatched ? item.leafCount : 0,
          // Newer than any position kept on this computer.
          lastViewedAt: now,
        }
        patch.run({ sourceId, ratingKey: item.ratingKey, json: JSON.stringify(patched) })
      }
    }),
    getSections: (sourceId) => selectSections.all(sourceId),
    putSections: db.transaction((sourceId: string, sections: readonly PlexSection[]) => {
      const known = selectSections.all(sourceId)
      const browsable = sections
        .filter(({ type }) => type === 'movie' || type === 'show')
        .map(({ key, type, title }) => ({ key, type, title }))
      if (JSON.stringify(known) === JSON.stringify(browsable)) return false
      deleteSections.run(sourceId)
      for (const [position, { key, type, title }] of browsable.entries())
        insertSection.run(sourceId, key, type, title, position)
      return true
    }),
    hasList: (sourceId, listId) => selectList.get(sourceId, listId) !== undefined,
    getListKeys: (sourceId, listId) => selectKeys.all(sourceId, listId),
    getListItems: (sourceId, listId) => selectListItems.all(sourceId, listId).map(parse),
    putList: db.transaction(
      (sourceId: string, listId: string, ratingKeys: readonly string[], now: number) => {
        const isNew = selectList.get(sourceId, listId) === undefined
        const known = selectKeys.all(sourceId, listId)
        upsertList.run(sourceId, listId, now)
        const isSame = known.length === ratingKeys.length && known.every((key, at) => key === ratingKeys[at])
        if (isSame) return isNew
        deleteListItems.run(sourceId, listId)
        for (const [position, key] of ratingKeys.entries())
          insertListItem.run(sourceId, listId, position, key)
        return true
      },
    ),
    getSectionKeys(sourceId, sectionId, order) {
      const listId = sectionListId(sectionId)
      if (selectList.get(sourceId, listId)) return byOrder[order].all(sourceId, listId)
      return seenByOrder[order].all(sourceId, sectionId)
    },
    countSection(sourceId, sectionId) {
      const listId = sectionListId(sectionId)
      return selectList.get(sourceId, listId) ? (count.get(sourceId, listId) ?? 0) : null
    },
    getByParent: (sourceId, parentKey) =>
      children
        .all(sourceId, parentKey)
        .map(parse)
        .sort((a, b) => (a.index ?? 0) - (b.index ?? 0)),
    search: (sourceId, foldedQuery, limit) =>
      searching.all(sourceId, foldedQuery, foldedQuery, limit).map(parse),
  }
}

export const sectionListId = (sectionId: string): string => `section:${sectionId}`
export const childrenListId = (ratingKey: string): string => `children:${ratingKey}`
export const recentListId = (sectionId: string): string => `recent:${sectionId}`
export const continueListId = 'continue'
/** Not items: a mark that the sections were read. */
export const sectionsListId = 'sections'
