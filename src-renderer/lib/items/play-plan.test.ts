import { describe, expect, test } from 'vitest'
import {
  type MediaPart,
  type MediaVersion,
  type QualityOption,
  asMediaId,
  asQuality,
} from '../../../src-preload/contract/index.ts'
import { isQualityNamed, isShownAtOnce, resolveAutomatic, resumePoint } from './play-plan.ts'

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
  ...over,
})

const defaults = { lan: 'original', wan: '720p', relay: 'automatic' }

describe('what Automatic stands for', () => {
  const shelf = [option('original'), option('1080p-8000k'), option('720p-4000k'), option('720p-2000k')]

  test('the default of the connection, also by its short name', () => {
    expect(resolveAutomatic(shelf, 'lan', defaults)?.quality).toBe('original')
    expect(resolveAutomatic(shelf, 'wan', defaults)?.quality).toBe('720p-4000k')
  })

  test('open defaults: the original on the local network, else the best default rung', () => {
    expect(resolveAutomatic(shelf, 'relay', defaults)?.quality).toBe('1080p-8000k')
    expect(resolveAutomatic(shelf, 'lan', { ...defaults, lan: 'automatic' })?.quality).toBe('original')
    expect(resolveAutomatic(shelf, 'lan', undefined)).toBeNull()
  })

  test('a whole copy that is at least as good, and no lesser one', () => {
    const whole = { complete: true, bytesPresent: 100 }
    const withOriginal = [option('original', whole), ...shelf.slice(1)]
    expect(resolveAutomatic(withOriginal, 'wan', defaults)?.quality).toBe('original')
    const withLesser = [...shelf.slice(0, 3), option('720p-2000k', whole)]
    expect(resolveAutomatic(withLesser, 'wan', defaults)?.quality).toBe('720p-4000k')
  })

  test('a default above the source: the original when it is the smaller, else the next rung down', () => {
    const above = { unavailable: 'quality-above-source' as const, bitrateKbps: 4000 }
    const small = [
      option('original', { bitrateKbps: 3000 }),
      option('720p-4000k', above),
      option('480p-1500k'),
    ]
    expect(resolveAutomatic(small, 'wan', defaults)?.quality).toBe('original')
    const dense = [
      option('original', { bitrateKbps: 9000 }),
      option('720p-4000k', above),
      option('480p-1500k'),
    ]
    expect(resolveAutomatic(dense, 'wan', defaults)?.quality).toBe('480p-1500k')
  })

  test('an original that does not play here is passed over', () => {
    const silent = [option('original', { unavailable: 'unplayable' }), ...shelf.slice(1)]
    expect(resolveAutomatic(silent, 'lan', defaults)?.quality).toBe('1080p-8000k')
  })

  test('offline: a whole copy before a part of a better one', () => {
    const gone = { unavailable: 'source-unreachable' as const }
    const offline = [
      option('original', { bytesPresent: 50 }),
      option('1080p-8000k', gone),
      option('480p-1500k', { complete: true, bytesPresent: 100 }),
    ]
    expect(resolveAutomatic(offline, 'offline', defaults)?.quality).toBe('480p-1500k')
    expect(resolveAutomatic(offline.slice(0, 2), 'offline', defaults)?.quality).toBe('original')
    const part = [option('original', gone), option('480p-1500k', { ...gone, bytesPresent: 9 })]
    expect(resolveAutomatic(part, 'offline', defaults)?.quality).toBe('480p-1500k')
    expect(resolveAutomatic([option('original', gone)], 'offline', defaults)).toBeNull()
  })
})

test('an alias names the default rung and no other', () => {
  expect(isQualityNamed(option('720p-4000k'), '720p')).toBe(true)
  expect(isQualityNamed(option('720p-2000k'), '720p')).toBe(false)
  expect(isQualityNamed(option('720p-2000k'), '720p-2000k')).toBe(true)
})

test('a shelf shows default rungs and whatever holds something', () => {
  expect(
    ['original', '1080p-8000k', '1080p-20000k', '240p-320k'].map((name) => isShownAtOnce(option(name))),
  ).toEqual([true, true, false, false])
  expect(isShownAtOnce(option('240p-320k', { bytesPresent: 1 }))).toBe(true)
})

test('a position over the whole item falls into one part', () => {
  const part = (id: string, durationMs: number): MediaPart => ({
    mediaId: asMediaId(id),
    durationMs,
    qualities: [],
    tracks: [],
  })
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
