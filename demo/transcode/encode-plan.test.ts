import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CATALOGUE, partsOf } from '../library/catalogue.ts'
import { QUALITY_RUNGS } from '../quality-rungs.ts'
import { transcodeQuery } from '../testing/test-server.ts'
import { planEncode } from './encode-plan.ts'
import { parseTranscodeRequest } from './request.ts'

const parts = partsOf(CATALOGUE).map(({ part }) => part)

function plan(overrides: Record<string, string | null>, part = parts[0]!, kbps = 50_000) {
  const rawQuery = transcodeQuery('s', overrides)
  const query = new URLSearchParams(rawQuery)
  const request = parseTranscodeRequest({ rawQuery, query, parameter: (name) => query.get(name) })
  return planEncode(request, { part, kbps, audioPosition: 0, selectedSubtitle: null })
}

test('every rung is recognised by what clients send for it', () => {
  for (const rung of QUALITY_RUNGS) {
    const made = plan({
      videoResolution: `${rung.maxWidth}x${rung.maxHeight}`,
      maxVideoBitrate: `${rung.kbps}`,
    })
    expect(made).toMatchObject({ rungNumber: rung.number, qualityName: rung.name, totalKbps: rung.kbps })
    expect(made.videoKbps + made.audioKbps).toBe(rung.kbps)
  }
})

test('a transcode fits its box, keeps its shape and is never larger or richer than the source', () => {
  const anySide = fc.integer({ min: 100, max: 5000 })
  fc.assert(
    fc.property(
      fc.constantFrom(...parts),
      anySide,
      anySide,
      fc.integer({ min: 200, max: 60_000 }),
      (part, width, height, kbps) => {
        const made = plan({ videoResolution: `${width}x${height}` }, part, kbps)
        expect(made.width).toBeLessThanOrEqual(Math.min(width, part.width))
        expect(made.height).toBeLessThanOrEqual(Math.min(height, part.height))
        expect((made.width % 2) + (made.height % 2)).toBe(0)
        expect(Math.abs(made.width / made.height - part.width / part.height)).toBeLessThan(0.06)
        expect(made.totalKbps).toBeLessThanOrEqual(Math.max(kbps, 200))
      },
    ),
  )
})

test('without a box the picture keeps its size', () => {
  expect(plan({ videoResolution: null, maxVideoBitrate: null })).toMatchObject({ width: 1920, height: 1080 })
})

test('segments cover the title, the last one whatever is left', () => {
  expect(plan({ secondsPerSegment: '7' })).toMatchObject({
    segmentSeconds: 7,
    segmentCount: Math.ceil(1200 / 7),
  })
})
