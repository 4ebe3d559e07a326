import { expect, test } from 'vitest'
import { changeControl, DEFAULT_CONTROL, refusedStatus } from './control.ts'
import { groupPath } from './counters.ts'

test('any subset changes, the rest stays', () => {
  expect(changeControl(DEFAULT_CONTROL, { mbps: 4 })).toEqual({ ...DEFAULT_CONTROL, mbps: 4 })
  expect(changeControl({ ...DEFAULT_CONTROL, mbps: 4 }, { mbps: null })).toEqual(DEFAULT_CONTROL)
})

test.each([
  { speed: 1 },
  { mbps: 'fast' },
  { serving: 1 },
  { mode: 'sulk' },
  { refuse: { '/': 200 } },
  { transcode: { gridShiftS: -1 } },
  { transcode: { sulks: true } },
  { transcode: { segmentFaults: { 5: ['late'] } } },
  { transcode: { startLimit: { starts: 2 } } },
  { decision: 1000 },
  { maxStreams: 0.5 },
  { relay: 'yes' },
  { terminate: 1 },
  [],
  null,
])('%j is refused', (change) => {
  expect(() => changeControl(DEFAULT_CONTROL, change)).toThrow(RangeError)
})

test('oddities that a change does not name are off', () => {
  const odd = changeControl(DEFAULT_CONTROL, { transcode: { copies: true, extraSegments: 1 } })
  expect(odd.transcode).toMatchObject({ copies: true, extraSegments: 1, gridShiftS: 0 })
  expect(changeControl(odd, { mbps: 4 }).transcode).toEqual(odd.transcode)
  expect(changeControl(odd, { transcode: {} }).transcode).toEqual(DEFAULT_CONTROL.transcode)
})

test('the longest refused prefix decides', () => {
  const state = changeControl(DEFAULT_CONTROL, { refuse: { '/library': 503, '/library/parts': 403 } })
  expect(refusedStatus(state, '/library/parts/1')).toBe(403)
  expect(refusedStatus(state, '/library/sections')).toBe(503)
  expect(refusedStatus(state, '/identity')).toBeNull()
  const segments = changeControl(DEFAULT_CONTROL, { refuse: { '/session/*/base/0': 503 } })
  expect(refusedStatus(segments, '/session/a.b/base/00001.ts')).toBe(503)
  expect(refusedStatus(segments, '/session/a/base/index.m3u8')).toBeNull()
  expect(refusedStatus(segments, '/session/a/b/base/00001.ts')).toBeNull()
})

test('counters put all sessions together', () => {
  expect(groupPath('/video/:/transcode/universal/session/abc/base/00001.ts')).toBe(
    '/video/:/transcode/universal/session/{session}/base/00001.ts',
  )
  expect(groupPath('/transcode/sessions/abc')).toBe('/transcode/sessions/{session}')
  expect(groupPath('/library/metadata/1')).toBe('/library/metadata/1')
})
