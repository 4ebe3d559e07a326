import { expect, test } from 'vitest'
import {
  type CacheEntry,
  type EntryState,
  asMediaId,
  asQuality,
  asSourceId,
} from '../../../src-preload/contract/index.ts'
import { groupEntries, keyText } from './group-entries.ts'

const entry = (title: string, state: EntryState, isPinned: boolean): CacheEntry => ({
  key: { sourceId: asSourceId('attic'), mediaId: asMediaId(title), quality: asQuality('original') },
  kind: 'file',
  title,
  state,
  isPinned,
  bytesPresent: 1,
  bytesTotal: 2,
  bytesTotalIsEstimate: false,
  lastUsedAt: 0,
})

test('what is pinned is in one group or among the downloads', () => {
  const entries = [
    entry('runs', 'filling', true),
    entry('stopped', 'partial', true),
    entry('broken', 'failed', true),
    entry('kept', 'complete', true),
    entry('only watched', 'partial', false),
    entry('watched to the end', 'complete', false),
  ]
  const downloads = new Set(entries.filter(({ title }) => title === 'runs').map(({ key }) => keyText(key)))
  const titles = groupEntries(entries, downloads).map(({ name, entries: some }) => [
    name,
    some.map((each) => each.title),
  ])
  expect(titles).toEqual([
    ['stopped', ['stopped', 'broken']],
    ['pinned', ['kept']],
  ])
})
