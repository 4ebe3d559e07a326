import { beforeAll, expect, test } from 'vitest'
import { type Download, asMediaId, asQuality, asSourceId } from '../../../src-preload/contract/index.ts'
import { setUpI18n } from '../../i18n/setup.ts'
import { downloadWords } from './download-words.ts'

beforeAll(setUpI18n)

const download = (over: Partial<Download>): Download => ({
  key: { sourceId: asSourceId('attic'), mediaId: asMediaId('1'), quality: asQuality('720p-4000k') },
  title: 'Nine Winters',
  isPinned: true,
  state: 'running',
  reason: null,
  madeShare: null,
  bytesPresent: 0,
  bytesTotal: 40e6,
  bytesTotalIsEstimate: false,
  bytesPerSecond: null,
  remainingMs: null,
  ...over,
})

test.each<[string, Partial<Download>, RegExp]>([
  ['running', { bytesPresent: 10e6, bytesPerSecond: 2e6, remainingMs: 15_000 }, /^10 of 40 MB.*MB\/s.*left$/],
  ['giving way', { bytesPresent: 10e6, reason: 'player-first' }, /waits while something plays/i],
  ['waiting', { state: 'waiting' }, /^Waiting for its turn$/],
  ['paused', { state: 'paused', bytesPresent: 10e6 }, /^10 of 40 MB.*Paused$/],
  [
    'being made',
    { state: 'parked', reason: 'server-preparing', madeShare: 0.436 },
    /^Attic is making the file: 43 %$/,
  ],
  ['to be made', { state: 'parked', reason: 'server-preparing' }, /^Attic will make the file/],
  ['paced', { state: 'parked', reason: 'server-paces' }, /^The server paces this/],
  ['without its server', { state: 'parked', reason: 'source-unreachable' }, /^Attic does not answer/],
  ['without room', { state: 'parked', reason: 'disk-full' }, /^There is no room/],
  ['after an error', { state: 'parked', reason: 'retrying' }, /tries again/],
  ['failed', { state: 'failed', reason: 'unknown-media' }, /no longer has this title/],
])('%s', (_name, over, words) => expect(downloadWords(download(over), 'Attic')).toMatch(words))
