import { describe, expect, it } from 'vitest'
import { makeMedia } from '../quality/test-support/make-media.ts'
import { groupByTitle, KeptIndex, keptQualities } from './kept-index.ts'
import { ListedCache } from './test-support/library-rig.ts'
import { makeItem } from './test-support/memory-server.ts'

const twoParts = makeMedia().media
const item = makeItem({
  ratingKey: '1',
  media: [{ ...twoParts, parts: [twoParts.parts[0]!, { ...twoParts.parts[0]!, id: '21' }] }],
})
const kept = (cache: ListedCache) => keptQualities(item, groupByTitle(cache.entries).get('s', '1'))

describe('what is kept of a title', () => {
  it('is complete when every part is, and ordered from the best down', () => {
    const cache = new ListedCache()
    cache.keep('1:10:20', '480p-1500k')
    cache.keep('1:10:20', 'original')
    cache.keep('1:10:21', 'original')
    cache.keep('1:10:21', '720p-4000k', { state: 'partial' })
    expect(kept(cache).map(({ quality, complete }) => [quality, complete])).toEqual([
      ['original', true],
      ['720p-4000k', false],
      ['480p-1500k', false],
    ])
  })

  it('counts copies of files the server no longer has', () => {
    const cache = new ListedCache()
    cache.keep('1:9:9', '720p-4000k')
    expect(kept(cache)).toEqual([{ quality: '720p-4000k', label: '720p · 4 Mbps', complete: true }])
  })

  it('is nothing when nothing is here yet, or the id is not ours', () => {
    const cache = new ListedCache()
    cache.keep('1:10:20', 'original', { state: 'filling', bytesPresent: 0 })
    cache.keep('nonsense', 'original')
    expect(groupByTitle(cache.entries).titles).toEqual([])
  })
})

it('reads the entries again only after a change', async () => {
  const cache = new ListedCache()
  let asked = 0
  const getEntries = cache.getEntries.bind(cache)
  cache.getEntries = () => ((asked += 1), getEntries())
  using index = new KeptIndex(cache)
  await index.get()
  await index.get()
  expect(asked).toBe(1)
  cache.keep('1:10:20', 'original')
  expect((await index.get()).titles).toEqual([{ sourceId: 's', ratingKey: '1' }])
  expect(asked).toBe(2)
})
