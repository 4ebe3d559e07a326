import { expect, it } from 'vitest'
import type { MediaTrack } from '../../../src-preload/contract/index.ts'
import { unplayableCause } from './unplayable-cause.ts'

const audio = (codec: string, isDefault = true): MediaTrack => ({
  streamId: codec,
  kind: 'audio',
  label: codec,
  language: null,
  codec,
  isDefault,
  url: null,
})

it('names the sound that stays silent, of the track that would play', () => {
  const tracks = [audio('aac', false), audio('eac3')]
  expect(unplayableCause({ tracks }, '720p H.264 · 917 kbps')).toEqual({
    of: 'sound',
    codec: 'Dolby Digital Plus',
  })
  expect(unplayableCause({ tracks: [audio('aac')] }, '720p H.264')).toBeNull()
})

it('names the picture before the sound', () => {
  expect(unplayableCause({ tracks: [audio('dca')] }, '720p HEVC · 264 kbps')).toEqual({
    of: 'picture',
    codec: 'HEVC',
  })
  expect(unplayableCause(undefined, '720p H.264')).toBeNull()
})
