import { beforeAll, describe, expect, test } from 'vitest'
import { setUpI18n } from '../i18n/setup.ts'
import { type DecodeProbe, cannotPlaySentence, judgeDecoding } from './silence-check.ts'

beforeAll(setUpI18n)

const fine: DecodeProbe = {
  playedMs: 2000,
  isVisible: true,
  videoWidth: 1920,
  framesDecoded: 48,
  audioBytesDecoded: 20_000,
  isAudioExpected: true,
}

describe('what a media element decoded', () => {
  test.each([
    ['picture and sound', {}, 'fine'],
    ['before enough has played', { playedMs: 1499, videoWidth: 0 }, 'too-early'],
    ['while nobody could see it', { isVisible: false, framesDecoded: 0 }, 'too-early'],
    ['HEVC without a decoder: no size', { videoWidth: 0 }, 'no-picture'],
    ['a size but no frame', { framesDecoded: 0 }, 'no-picture'],
    ['DTS: not one byte of sound', { audioBytesDecoded: 0 }, 'no-sound'],
    ['a silent film', { audioBytesDecoded: 0, isAudioExpected: false }, 'fine'],
    ['a browser that does not count', { audioBytesDecoded: null, framesDecoded: null }, 'fine'],
  ] as const)('%s', (_name, over, verdict) => {
    expect(judgeDecoding({ ...fine, ...over })).toBe(verdict)
  })
})

test('the sentence names the codec as its makers do', () => {
  expect(cannotPlaySentence('no-sound', 'dca')).toBe('This computer cannot play DTS sound.')
  expect(cannotPlaySentence('no-sound', 'eac3')).toBe('This computer cannot play E-AC-3 sound.')
  expect(cannotPlaySentence('no-picture', 'hevc')).toBe('This computer cannot play HEVC pictures.')
  expect(cannotPlaySentence('no-picture', 'vp6')).toBe('This computer cannot play VP6 pictures.')
  expect(cannotPlaySentence('no-picture', null)).toBe('This computer cannot play the picture of this file.')
})
