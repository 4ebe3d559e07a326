import fc from 'fast-check'
import { expect, test } from 'vitest'
import { transcodeQuery } from '../testing/test-server.ts'
import { requestProblem, startProblem } from './preconditions.ts'
import { parseTranscodeRequest } from './request.ts'

const PROFILE =
  'add-limitation(scope=videoCodec&scopeName=*&type=upperBound&name=video.bitrate&value=1500&replace=true)'

function request(rawQuery: string) {
  const query = new URLSearchParams(rawQuery)
  return { rawQuery, query, parameter: (name: string) => query.get(name) }
}

function strictlyEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

test('a complete request is in order', () => {
  expect(requestProblem(request(transcodeQuery('s')))).toBeNull()
})

test.each([
  'X-Plex-Session-Identifier',
  'X-Plex-Client-Identifier',
  'X-Plex-Product',
  'X-Plex-Platform',
  'path',
])('without %s it is refused', (name) => {
  expect(requestProblem(request(transcodeQuery('s', { [name]: null })))).not.toBeNull()
})

test.each(['MacOSX', 'Linux', 'Flutter', 'generic'])('platform %s has no profile', (platform) => {
  expect(requestProblem(request(transcodeQuery('s', { 'X-Plex-Platform': platform })))).toContain(platform)
})

test('direct play with burned subtitles contradicts itself', () => {
  expect(requestProblem(request(transcodeQuery('s', { directPlay: '1', subtitles: 'burn' })))).not.toBeNull()
})

test('a profile must be encoded more strictly than encodeURIComponent does', () => {
  const loose = `${transcodeQuery('s')}&X-Plex-Client-Profile-Extra=${encodeURIComponent(PROFILE)}`
  const strict = `${transcodeQuery('s')}&X-Plex-Client-Profile-Extra=${strictlyEncoded(PROFILE)}`
  expect(requestProblem(request(loose))).not.toBeNull()
  expect(requestProblem(request(strict))).toBeNull()
  expect(parseTranscodeRequest(request(strict)).totalKbps).toBe(1500)
})

test('start must repeat the decision, in any order but to the letter', () => {
  const pairs = transcodeQuery('s').split('&')
  fc.assert(
    fc.property(fc.shuffledSubarray(pairs, { minLength: pairs.length }), (shuffled) => {
      expect(startProblem(shuffled.join('&'), pairs.join('&'))).toBeNull()
    }),
  )
  expect(startProblem(pairs.join('&'), null)).not.toBeNull()
  expect(startProblem(pairs.slice(1).join('&'), pairs.join('&'))).not.toBeNull()
  expect(startProblem(`${pairs.join('&')}&offset=1`, pairs.join('&'))).not.toBeNull()
})
