import { expect, test } from 'vitest'
import {
  type MediaVersion,
  type QualityOption,
  asMediaId,
  asQuality,
} from '../../../src-preload/contract/index.ts'
import { shelfOf } from './shelf.ts'

const option = (over: Partial<QualityOption>): QualityOption => ({
  quality: asQuality('original'),
  label: 'Original',
  detail: '',
  outcome: 'direct-play',
  bitrateKbps: null,
  bytesPresent: 0,
  bytesTotal: 100,
  bytesTotalIsEstimate: false,
  complete: false,
  state: 'none',
  isPinned: false,
  isDefault: true,
  ...over,
})

const version = (...parts: QualityOption[][]): MediaVersion => ({
  versionId: '1',
  label: '',
  parts: parts.map((qualities, index) => ({
    mediaId: asMediaId(String(index)),
    durationMs: 1000,
    qualities,
    automatic: null,
    tracks: [],
    thumbnailUrl: null,
    chosen: { audioId: null, subtitleId: null },
  })),
})

test('one part: its own rows, with shares', () => {
  const rows = shelfOf(version([option({ bytesPresent: 34 }), option({ bytesTotal: null, bytesPresent: 5 })]))
  expect(rows.map((row) => row.share)).toEqual([0.34, null])
  expect(shelfOf(version([option({ complete: true, bytesTotal: null })]))[0]?.share).toBe(1)
})

test('two parts: bytes add up, and it is whole only when both are', () => {
  const whole = option({ bytesPresent: 100, complete: true, state: 'complete', isPinned: true })
  const half = shelfOf(version([whole], [option({})]))[0]?.option
  expect(half).toMatchObject({
    bytesPresent: 100,
    bytesTotal: 200,
    complete: false,
    state: 'partial',
    isPinned: false,
  })
  expect(shelfOf(version([whole], [whole]))[0]?.option).toMatchObject({ complete: true, state: 'complete' })
  expect(shelfOf(version([whole], [option({ state: 'filling' })]))[0]?.option.state).toBe('filling')
})

test('a quality one part lacks is not whole, and says why it cannot be chosen', () => {
  const whole = option({ bytesPresent: 100, complete: true, state: 'complete' })
  expect(shelfOf(version([whole], []))[0]?.option).toMatchObject({ complete: false, bytesTotal: null })
  const gone = option({ unavailable: 'source-unreachable' })
  expect(shelfOf(version([whole], [gone]))[0]?.option.unavailable).toBe('source-unreachable')
})
