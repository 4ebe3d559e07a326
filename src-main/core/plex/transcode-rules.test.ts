import { describe, expect, it } from 'vitest'
import { admitTranscode, decideUpkeep } from './transcode-rules.ts'

describe('who makes room for whom', () => {
  it.each([
    [false, false, 'play', { end: [] }],
    [false, false, 'fill', { end: [] }],
    [true, false, 'play', { end: ['play'] }],
    [true, false, 'fill', 'busy'],
    [false, true, 'play', { end: ['fill'] }],
    [false, true, 'fill', { end: ['fill'] }],
    [true, true, 'play', { end: ['play', 'fill'] }],
    [true, true, 'fill', 'busy'],
  ] as const)('play %s, fill %s: %s', (play, fill, purpose, expected) => {
    expect(admitTranscode({ play, fill }, purpose)).toEqual(expected)
  })
})

describe('what runs', () => {
  it.each([
    ['play', 'shown', 3_600_000, 'ping'],
    ['play', 'other', 9_999, 'leave'],
    ['play', 'other', 10_000, 'stop'],
    ['play', 'nothing', 59_999, 'leave'],
    ['play', 'nothing', 60_000, 'stop'],
    ['fill', 'shown', 59_999, 'leave'],
    ['fill', 'other', 60_000, 'stop'],
    ['fill', 'nothing', 60_000, 'stop'],
  ] as const)('%s, %s, idle %i ms: %s', (purpose, relation, idleMs, expected) => {
    expect(decideUpkeep(purpose, relation, idleMs)).toBe(expected)
  })
})
