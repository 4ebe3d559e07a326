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
  [],
  null,
])('%j is refused', (change) => {
  expect(() => changeControl(DEFAULT_CONTROL, change)).toThrow(RangeError)
})

test('the longest refused prefix decides', () => {
  const state = changeControl(DEFAULT_CONTROL, { refuse: { '/library': 503, '/library/parts': 403 } })
  expect(refusedStatus(state, '/library/parts/1')).toBe(403)
  expect(refusedStatus(state, '/library/sections')).toBe(503)
  expect(refusedStatus(state, '/identity')).toBeNull()
})

test('counters put all sessions together', () => {
  expect(groupPath('/video/:/transcode/universal/session/abc/base/00001.ts')).toBe(
    '/video/:/transcode/universal/session/{session}/base/00001.ts',
  )
  expect(groupPath('/transcode/sessions/abc')).toBe('/transcode/sessions/{session}')
  expect(groupPath('/library/metadata/1')).toBe('/library/metadata/1')
})
