import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkDecision, type ExpectedTranscode } from './check-decision.ts'
import { decodeDecision, type PlexDecision } from './decode/decision.ts'

const recorded = (name: string): PlexDecision =>
  decodeDecision(
    JSON.parse(readFileSync(join(import.meta.dirname, `fixtures/decision-${name}.json`), 'utf8')),
  )

/** What the recorded decision is for, as the key of a plain quality name would have it. */
const expectedOf = (decision: PlexDecision): ExpectedTranscode => ({
  versionId: decision.versionId ?? '',
  partId: decision.partId ?? '',
  audioStreamId: decision.streams.find((stream) => stream.kind === 'audio')?.id ?? null,
  burnedSubtitleId: null,
  picture:
    decision.width === null || decision.height === null
      ? null
      : { width: decision.width, height: decision.height },
  bitrateKbps: decision.bitrateKbps ?? 4000,
})

/** Recorded with DASH; everything but the way of delivery is the same. */
const overHls = (decision: PlexDecision): PlexDecision => ({ ...decision, protocol: 'hls' })

describe('a recorded decision', () => {
  const spec = recorded('spec')

  it('to convert what was asked for is good', () => {
    expect(checkDecision(spec, expectedOf(spec))).toBe('good')
    expect(checkDecision(spec, { ...expectedOf(spec), audioStreamId: null })).toBe('good')
  })

  it('with another sound says so', () => {
    expect(checkDecision(spec, { ...expectedOf(spec), audioStreamId: '1' })).toBe('other-audio')
  })

  it.each([
    ['hevc', 'would not convert the picture'],
    ['direct-play', 'would not convert the picture'],
    ['music', 'would not convert the picture'],
    ['burn', 'insists on subtitles'],
    ['static', 'insists on subtitles'],
    ['refused', 'DoVi (Profile 5) color space is not supported'],
  ])('%s is refused: %s', (name, sentence) => {
    const decision = overHls(recorded(name))
    expect(() => checkDecision(decision, expectedOf(decision))).toThrow(
      expect.objectContaining({ code: 'unplayable', message: expect.stringContaining(sentence) }),
    )
  })

  it('that draws the subtitles which were asked for is good, with any other it is not', () => {
    const burn = overHls(recorded('burn'))
    const burned = burn.streams.find((stream) => stream.kind === 'subtitle')?.id ?? ''
    expect(checkDecision(burn, { ...expectedOf(burn), burnedSubtitleId: burned })).toBe('good')
    expect(() => checkDecision(burn, { ...expectedOf(burn), burnedSubtitleId: '1' })).toThrow(
      expect.objectContaining({ code: 'unplayable' }),
    )
  })

  it.each([
    ['delivery by DASH', { protocol: 'dash' }, 'unplayable'],
    ['another version', { versionId: '1' }, 'bad-reply'],
    ['another part', { partId: '1' }, 'bad-reply'],
    ['too little bandwidth', { code: 2001 }, 'over-limit'],
    ['an end by the owner', { code: 2006 }, 'ended-by-server'],
    ['downloads that are not allowed', { code: 2011 }, 'not-allowed'],
    ['a refusal nobody knows', { code: 2042 }, 'not-allowed'],
    ['nothing that it can do', { code: 2000 }, 'unplayable'],
    ['a broken conversion', { code: 4000 }, 'unplayable'],
    ['a smaller picture than the key says', { width: 720, height: 404 }, 'unplayable'],
    ['a larger picture than the key says', { width: 1920, height: 1080 }, 'unplayable'],
    ['more than the key says', { bitrateKbps: 12_000 }, 'unplayable'],
    ['no target for the profile', { code: 4005 }, 'unplayable'],
  ])('with %s is refused', (_, change, code) => {
    expect(() => checkDecision({ ...spec, ...change }, expectedOf(spec))).toThrow(
      expect.objectContaining({ code }),
    )
  })
})
