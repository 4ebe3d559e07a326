import { expect, test } from 'vitest'
import {
  type CacheEntry,
  type EntryState,
  asMediaId,
  asQuality,
  asSourceId,
} from '../../../src-preload/contract/index.ts'
import { groupEntries } from './group-entries.ts'

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

test('every entry that is somebody’s download is in exactly one group', () => {
  const entries = [
    entry('runs', 'filling', true),
    entry('waits', 'filling', true),
    entry('stopped', 'partial', true),
    entry('broken', 'failed', false),
    entry('kept', 'complete', true),
    entry('only watched', 'partial', false),
    entry('watched to the end', 'complete', false),
  ]
  const job = {
    key: entry('runs', 'filling', true).key,
    title: 'runs',
    bytesPresent: 1,
    bytesTotal: 2,
    bytesPerSecond: null,
    remainingMs: null,
  }
  const titles = groupEntries(entries, job).map(({ name, entries: some }) => [
    name,
    some.map((each) => each.title),
  ])
  expect(titles).toEqual([
    ['running', ['runs']],
    ['waiting', ['waits']],
    ['stopped', ['stopped', 'broken']],
    ['pinned', ['kept']],
  ])
  expect(groupEntries(entries, null)[1]?.entries).toHaveLength(2)
})
