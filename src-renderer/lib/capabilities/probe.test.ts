import { expect, test } from 'vitest'
import { type EngineAnswers, probeCapabilities } from './probe.ts'

/** Chromium 156 in software, as it answered on 2026-11-23; `extra` is what hardware adds. */
const chromium = (extra: (type: string, height: number) => boolean = () => false): EngineAnswers => {
  const decoded = /avc1|av01|vp09|vp8|mp4a\.40\.2|audio\/(?:mpeg|flac|wav)|"(?:flac|opus|vorbis|mp3)"/
  const answer = (config: { video?: VideoConfiguration; audio?: AudioConfiguration }): boolean => {
    const type = config.video?.contentType ?? config.audio?.contentType ?? ''
    return decoded.test(type) || extra(type, config.video?.height ?? 0)
  }
  return {
    decodes: (config) => Promise.resolve(answer(config)),
    canPlayType: (type) => /mp4|matroska|webm/.test(type),
    canAppend: (type) => decoded.test(type),
  }
}

test('asks in the engine’s words and answers in Plex’s', async () => {
  const found = await probeCapabilities(chromium())
  expect(found.containers).toEqual(['mp4', 'm4v', 'mov', 'mkv', 'webm'])
  expect(found.audio).toEqual(['aac', 'mp3', 'opus', 'vorbis', 'flac', 'pcm'])
  expect(new Set(found.video.map(({ codec }) => codec))).toEqual(new Set(['h264', 'av1', 'vp9', 'vp8']))
  expect(found.video.find(({ codec, bitDepth }) => codec === 'h264' && bitDepth === 10)).toMatchObject({
    width: 7680,
  })
  expect(found.playsRungs).toBe(true)
})

test('finds the largest frame of a decoder that has a limit', async () => {
  const hardware = chromium(
    (type, height) => (type.includes('hev1.1.6') && height <= 1088) || type.includes('"ac-3"'),
  )
  const found = await probeCapabilities(hardware)
  expect(found.video.filter(({ codec }) => codec === 'hevc')).toEqual([
    { codec: 'hevc', bitDepth: 8, width: 1920, height: 1088 },
  ])
  expect(found.audio).toContain('ac3')
})

test('an engine without the codecs of rungs says so', async () => {
  const free: EngineAnswers = { ...chromium(), canAppend: (type) => type.includes('vp09') }
  expect((await probeCapabilities(free)).playsRungs).toBe(false)
})
