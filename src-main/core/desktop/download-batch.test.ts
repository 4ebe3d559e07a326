import fc from 'fast-check'
import { expect, it } from 'vitest'
import { asMediaId, asQuality, asSourceId, type Download } from '../../../src-preload/contract/index.ts'
import { fractionOf, hasWork, nameOf, nextBatch, noticeOf, type DownloadBatch } from './download-batch.ts'

const download = (
  id: string,
  state: Download['state'],
  present = 0,
  total: number | null = 100,
): Download => ({
  key: { sourceId: asSourceId('s'), mediaId: asMediaId(id), quality: asQuality('720p') },
  title: `Film ${id}`,
  isPinned: false,
  state,
  reason: null,
  madeShare: null,
  bytesPresent: present,
  bytesTotal: total,
  bytesTotalIsEstimate: false,
  bytesPerSecond: null,
  remainingMs: null,
})
const nothing: DownloadBatch = new Map()
const whole = (...ids: string[]): ReadonlySet<string> =>
  new Set(ids.map((id) => nameOf(download(id, 'running').key)))

it('counts what is finished for as long as something is left', () => {
  let batch = nextBatch(nothing, [download('1', 'running', 50), download('2', 'waiting')], whole())
  expect(fractionOf(batch)).toBe(0.25)
  batch = nextBatch(batch, [download('2', 'running', 50)], whole('1'))
  expect(fractionOf(batch)).toBe(0.75)
  expect(noticeOf(batch)).toBeNull()
  batch = nextBatch(batch, [], whole('1', '2'))
  expect(fractionOf(batch)).toBeNull()
  expect(noticeOf(batch)).toEqual({ title: 'Ready to watch offline', body: 'Film 1 and Film 2' })
})

it('says nothing of what somebody gave up or paused, and what failed once', () => {
  const begun = nextBatch(nothing, [download('1', 'running'), download('2', 'running')], whole())
  expect(noticeOf(nextBatch(begun, [download('2', 'paused')], whole()))).toBeNull()
  const failed = nextBatch(begun, [download('2', 'failed')], whole('1'))
  expect(noticeOf(failed)?.body).toBe('Ready: Film 1. Failed: Film 2.')
  const next = nextBatch(
    nextBatch(nothing, [download('2', 'failed'), download('3', 'running')], whole()),
    [],
    whole('3'),
  )
  expect(noticeOf(next)).toEqual({ title: 'Ready to watch offline', body: 'Film 3' })
})

it('names three, and how many more', () => {
  const ids = ['1', '2', '3', '4', '5']
  const begun = nextBatch(
    nothing,
    ids.map((id) => download(id, 'running')),
    whole(),
  )
  expect(noticeOf(nextBatch(begun, [], whole(...ids)))?.body).toBe('Film 1, Film 2, Film 3 and 2 more')
})

it('shows a share between 0 and 1, and one only while there is work', () => {
  const one = fc.record({
    id: fc.constantFrom('1', '2', '3'),
    state: fc.constantFrom<Download['state']>('running', 'waiting', 'parked', 'paused', 'failed'),
    present: fc.nat(200),
    total: fc.option(fc.nat(100)),
  })
  const list = fc.uniqueArray(one, { selector: ({ id }) => id })
  fc.assert(
    fc.property(fc.array(list), fc.subarray(['1', '2', '3']), (lists, done) => {
      let batch = nothing
      for (const each of lists)
        batch = nextBatch(
          batch,
          each.map(({ id, state, present, total }) => download(id, state, present, total)),
          whole(...done),
        )
      const fraction = fractionOf(batch)
      expect(fraction === null || (hasWork(batch) && fraction >= 0 && fraction <= 1)).toBe(true)
      expect(hasWork(batch) && noticeOf(batch) !== null).toBe(false)
    }),
  )
})
