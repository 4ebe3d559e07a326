import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAboveSource, ladder } from './ladder.ts'
import { parseQuality } from './quality-name.ts'

describe('parseQuality', () => {
  it.each([
    ['original', 'original'],
    ['2160p', '2160p-20000k'],
    ['1080p', '1080p-8000k'],
    ['720p', '720p-4000k'],
    ['480p', '480p-1500k'],
    ['360p', '360p-720k'],
    ['240p-320k', '240p-320k'],
    ['720p.a12', '720p-4000k.a12'],
    ['720p-3000k.s4', '720p-3000k.s4'],
    ['720p.a1.s2', '720p-4000k.a1.s2'],
  ])('%s is %s', (name, canonical) => expect(parseQuality(name)?.quality).toBe(canonical))

  const none = [
    '',
    'Original',
    'original.a1',
    '240p',
    '720',
    '720p-4001k',
    '720p.s2.a1',
    '720p.a',
    '720p.a1.a2',
  ]
  it.each([...none, '720p ', ' 720p', 'constructor', '__proto__', '720p.a1234567890123456', '720p\n'])(
    '%j is none',
    (name) => expect(parseQuality(name)).toBeNull(),
  )

  it('leaves canonical names as they are', () => {
    const base = fc.constantFrom(...ladder.map((step) => step.name as string), '720p', '360p')
    const suffix = fc.option(fc.nat())
    fc.assert(
      fc.property(base, suffix, suffix, (name, audio, subtitle) => {
        const full = name + (audio === null ? '' : `.a${audio}`) + (subtitle === null ? '' : `.s${subtitle}`)
        const parsed = parseQuality(full)
        expect(parsed).toMatchObject({
          audioStreamId: audio === null ? null : String(audio),
          burnedSubtitleId: subtitle === null ? null : String(subtitle),
        })
        expect(parseQuality(parsed?.quality ?? '')?.quality).toBe(parsed?.quality)
      }),
    )
  })
})

describe('isAboveSource', () => {
  const rung = (name: string) => ladder.find((step) => step.name === name) ?? ladder[0]!
  it.each([
    ['1080p-8000k', 1280, 720, 9000, true],
    ['1080p-8000k', 1920, 1080, 8000, true],
    ['1080p-8000k', 1920, 1080, 8001, false],
    ['1080p-8000k', 1920, 800, 12_400, false],
    ['1080p-10000k', 1920, 800, 9000, true],
    ['720p-4000k', 1920, 800, 3000, false],
    ['2160p-20000k', 1920, 1080, 50_000, true],
    ['2160p-20000k', 3840, 1608, 50_000, false],
    ['480p-1500k', null, null, null, false],
    ['480p-1500k', null, 480, 1500, true],
  ] as const)('%s of %s×%s at %s: %s', (name, width, height, bitrateKbps, isAbove) => {
    expect(isAboveSource(rung(name), { width, height, bitrateKbps })).toBe(isAbove)
  })
})
