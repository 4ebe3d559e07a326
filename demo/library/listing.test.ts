import { expect, test } from 'vitest'
import { filtered, paged, pageOf, sorted } from './listing.ts'

function query(text: string) {
  return { headers: {}, query: new URLSearchParams(text) }
}

test('as query parameters, a size without a start is ignored', () => {
  expect(pageOf(query('X-Plex-Container-Size=5'))).toBeNull()
  expect(pageOf(query('X-Plex-Container-Start=2&X-Plex-Container-Size=5'))).toEqual({ start: 2, size: 5 })
  expect(pageOf({ headers: { 'x-plex-container-size': '5' }, query: new URLSearchParams() })).toEqual({
    start: 0,
    size: 5,
  })
})

test('totalSize and the two headers are there only on a page', () => {
  const rows = ['a', 'b', 'c']
  expect(paged(rows, null)).toEqual({ rows, fields: { size: 3 }, headers: {} })
  expect(paged(rows, { start: 2, size: 5 })).toEqual({
    rows: ['c'],
    fields: { size: 1, totalSize: 3, offset: 2 },
    headers: { 'X-Plex-Container-Start': '2', 'X-Plex-Container-Total-Size': '3' },
  })
  expect(paged(rows, { start: 0, size: 0 }).fields).toEqual({ size: 0, totalSize: 3, offset: 0 })
})

test('rows sort by title without article, by number, and downwards', () => {
  const rows = [
    { title: 'The Orchardist', titleSort: 'Orchardist', addedAt: 3 },
    { title: 'Nightbus', addedAt: 1 },
    { title: 'Saltwater', addedAt: 2 },
  ]
  const titles = (sort: string | null) => sorted(rows, sort).map((row) => row['title'])
  expect(titles(null)).toEqual(['Nightbus', 'The Orchardist', 'Saltwater'])
  expect(titles('addedAt:desc')).toEqual(['The Orchardist', 'Saltwater', 'Nightbus'])
  expect(titles('titleSort:desc')).toEqual(['Saltwater', 'The Orchardist', 'Nightbus'])
})

test('incremental filters compare times', () => {
  const rows = [{ addedAt: 5 }, { addedAt: 9 }]
  expect(filtered(rows, new URLSearchParams('addedAt>>=5'))).toEqual([{ addedAt: 9 }])
  expect(filtered(rows, new URLSearchParams('addedAt>=5'))).toHaveLength(2)
})
