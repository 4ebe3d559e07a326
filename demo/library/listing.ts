import type { ReplyObject } from '../http/containers.ts'

/** The part of a list that a client asked for. */
export interface Page {
  readonly start: number
  readonly size: number
}

/** What paging reads from a request. */
export interface PagingRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly query: URLSearchParams
}

/** The requested page, or null for all. As query parameters, a size without a start is ignored, as real servers do. */
export function pageOf({ headers, query }: PagingRequest): Page | null {
  const headerSize = toCount(headers['x-plex-container-size'])
  if (headerSize !== null) return { start: toCount(headers['x-plex-container-start']) ?? 0, size: headerSize }
  const start = toCount(query.get('X-Plex-Container-Start'))
  const size = toCount(query.get('X-Plex-Container-Size'))
  return start !== null && size !== null ? { start, size } : null
}

/** Rows cut to the page; `totalSize` appears only on paged requests, and so do the two headers. */
export function paged<Row>(rows: readonly Row[], page: Page | null) {
  if (!page)
    return { rows, fields: { size: rows.length } as ReplyObject, headers: {} as Record<string, string> }
  const slice = rows.slice(page.start, page.start + page.size)
  return {
    rows: slice,
    fields: { size: slice.length, totalSize: rows.length, offset: page.start } as ReplyObject,
    headers: {
      'X-Plex-Container-Start': `${page.start}`,
      'X-Plex-Container-Total-Size': `${rows.length}`,
    } as Record<string, string>,
  }
}

function toCount(text: string | string[] | null | undefined): number | null {
  const count = typeof text === 'string' && text !== '' ? Number(text) : NaN
  return Number.isInteger(count) && count >= 0 ? count : null
}

/** Sorts rows by `field[:desc]`, several separated by commas; unknown fields leave the order as it is. */
export function sorted(rows: readonly ReplyObject[], sort: string | null): ReplyObject[] {
  const keys = (sort ?? 'titleSort').split(',').map((each) => {
    const [field = '', direction] = each.split(':')
    return { field: field.replace(/^(movie|show|season|episode)\./, ''), sign: direction === 'desc' ? -1 : 1 }
  })
  return rows.toSorted((one, other) => {
    const differences = keys.map(
      ({ field, sign }) => sign * compare(sortValue(one, field), sortValue(other, field)),
    )
    return differences.find((difference) => difference !== 0) ?? 0
  })
}

/** Titles sort without their article, as the server's `titleSort` has it. */
export function sortTitle(row: ReplyObject): string {
  return String(row['titleSort'] ?? row['title'])
}

function sortValue(row: ReplyObject, field: string): string | number {
  if (field === 'titleSort' || field === 'title') return sortTitle(row).toLocaleLowerCase('en')
  const media = (row['Media'] as readonly ReplyObject[] | undefined)?.[0]
  const value =
    field === 'mediaHeight' ? media?.['height'] : field === 'mediaBitrate' ? media?.['bitrate'] : row[field]
  return typeof value === 'string' || typeof value === 'number' ? value : 0
}

function compare(one: string | number, other: string | number): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return String(one).localeCompare(String(other), 'en')
}

/** Rows that pass the filters clients use most; the full query grammar is not spoken. */
export function filtered(rows: readonly ReplyObject[], query: URLSearchParams): ReplyObject[] {
  const tests: ((row: ReplyObject) => boolean)[] = []
  if (query.get('unwatched') === '1') tests.push((row) => !row['viewCount'])
  if (query.get('inProgress') === '1') tests.push((row) => Boolean(row['viewOffset']))
  const ids = query.get('id')?.split(',')
  if (ids) tests.push((row) => ids.includes(String(row['ratingKey'])))
  for (const field of ['addedAt', 'updatedAt', 'lastViewedAt']) {
    const since = Number(query.get(`${field}>`)) // "addedAt>>=5" reads as name "addedAt>>" below; ">=" as "addedAt>"
    const after = Number(query.get(`${field}>>`))
    if (since) tests.push((row) => Number(row[field] ?? 0) >= since)
    if (after) tests.push((row) => Number(row[field] ?? 0) > after)
  }
  return rows.filter((row) => tests.every((test) => test(row)))
}
