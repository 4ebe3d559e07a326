import { describe, expect, test } from 'vitest'
import {
  type MediaPart,
  type MediaVersion,
  type QualityOption,
  asMediaId,
  asQuality,
} from '../../../src-preload/contract/index.ts'
import { isShownAtOnce, planPlay, resumePoint } from './play-plan.ts'

const option = (quality: string, over: Partial<QualityOption> = {}): QualityOption => ({
  quality: asQuality(quality),
  label: quality,
  detail: '',
  outcome: 'transcode',
  bitrateKbps: null,
  bytesPresent: 0,
  bytesTotal: 100,
  bytesTotalIsEstimate: true,
  complete: false,
  state: 'none',
  isPinned: false,
  isDefault: /^(?:original|2160p-20000k|1080p-8000k|720p-4000k|480p-1500k|360p-720k)$/.test(quality),
  ...over,
})

const part = (id: string, durationMs: number, over: Partial<MediaPart> = {}): MediaPart => ({
  mediaId: asMediaId(id),
  durationMs,
  automatic: null,
  qualities: [],
  tracks: [],
  thumbnailUrl: null,
  chosen: { audioId: null, subtitleId: null },
  ...over,
})

describe('what Play will do', () => {
  const gone = { unavailable: 'source-unreachable' as const }
  const planned = (qualities: readonly QualityOption[], automatic: string | null, choice = 'automatic') => {
    const only = part('a', 100, { qualities, automatic: automatic === null ? null : asQuality(automatic) })
    const version: MediaVersion = { versionId: '1', label: '', parts: [only] }
    const plan = planPlay({ positionMs: null }, version, asQuality(choice))
    return typeof plan === 'string' ? plan : plan.option.quality
  }

  test('is what was chosen while that can be had, else what the core would choose', () => {
    const shelf = [option('original'), option('720p-4000k'), option('480p-1500k', gone)]
    expect(planned(shelf, 'original')).toBe('original')
    expect(planned(shelf, 'original', '720p-4000k')).toBe('720p-4000k')
    expect(planned(shelf, 'original', '480p-1500k')).toBe('original')
  })

  test('is part of a title where no more can be had, and nothing where there is nothing', () => {
    const some = [option('original', gone), option('480p-1500k', { ...gone, bytesPresent: 9 })]
    expect(planned(some, '480p-1500k')).toBe('480p-1500k')
    expect(planned([option('original', gone)], null)).toBe('nothing-here')
    expect(planned([option('original', { unavailable: 'unplayable' })], null)).toBe('unplayable')
  })
})

test('a shelf shows default rungs and whatever holds something', () => {
  expect(
    ['original', '1080p-8000k', '1080p-20000k', '240p-320k'].map((name) => isShownAtOnce(option(name))),
  ).toEqual([true, true, false, false])
  expect(isShownAtOnce(option('240p-320k', { bytesPresent: 1 }))).toBe(true)
})

test('a position over the whole item falls into one part', () => {
  const version: MediaVersion = { versionId: '1', label: '', parts: [part('a', 100), part('b', 50)] }
  const at = (positionMs: number | null) => {
    const point = resumePoint(version, positionMs)
    return point && [point.part.mediaId, point.resumeMs]
  }
  expect(at(null)).toEqual(['a', null])
  expect(at(99)).toEqual(['a', 99])
  expect(at(100)).toEqual(['b', 0])
  expect(at(149)).toEqual(['b', 49])
  expect(at(150)).toEqual(['a', null])
  expect(resumePoint({ ...version, parts: [] }, 0)).toBeNull()
})
