import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseQuality } from '../quality/quality-name.ts'
import { formatQuery } from './query-text.ts'
import { transcodeQuery } from './transcode-parameters.ts'

it('encodes strictly and loses nothing', () => {
  const name = fc.string({ minLength: 1, unit: 'grapheme' })
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.string({ unit: 'grapheme' }))), (parameters) => {
      const text = formatQuery(parameters)
      expect(text).toMatch(/^[A-Za-z0-9._~%=&-]*$/)
      expect([...new URLSearchParams(text)]).toEqual(parameters)
    }),
  )
})

it('asks for one thing only: never a copy, never the server’s own choice of sound or subtitles', () => {
  const rung = parseQuality('720p')?.rung
  if (!rung) throw new Error('no rung')
  const query = new URLSearchParams(
    formatQuery(
      transcodeQuery({
        ratingKey: '7',
        mediaIndex: 1,
        partIndex: 0,
        rung,
        audioStreamId: '42',
        burnsSubtitle: false,
        startMs: 300_000,
        sessionId: 'abc',
        location: 'lan',
        bufferKb: 102_400,
      }),
    ),
  )
  expect(Object.fromEntries(query)).toMatchObject({
    path: '/library/metadata/7',
    mediaIndex: '1',
    partIndex: '0',
    directPlay: '0',
    directStream: '0',
    directStreamAudio: '0',
    autoAdjustQuality: '0',
    secondsPerSegment: '3',
    offset: '300',
    videoResolution: '1280x720',
    maxVideoBitrate: '4000',
    audioStreamID: '42',
    subtitles: 'none',
    session: 'abc',
  })
  expect([...query.keys()].filter((name) => /token/i.test(name))).toEqual([])
})
