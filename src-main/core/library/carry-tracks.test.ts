import { describe, expect, it } from 'vitest'
import { asMediaId, type MediaPart } from '../../../src-preload/contract/index.ts'
import { makeMedia } from '../quality/test-support/make-media.ts'
import type { PlexPart, PlexStream } from '../plex/model.ts'
import { carryTracks } from './carry-tracks.ts'
import { createLibraryRig } from './test-support/library-rig.ts'
import { makeItem, MemoryServer } from './test-support/memory-server.ts'

const sound = (id: string, languageTag: string, more: Partial<PlexStream> = {}): Partial<PlexStream> => ({
  id,
  kind: 'audio',
  codec: 'aac',
  languageTag,
  displayTitle: languageTag,
  isDefault: false,
  ...more,
})
const subtitle = (id: string, languageTag: string, more: Partial<PlexStream> = {}): Partial<PlexStream> => ({
  ...sound(id, languageTag, { kind: 'subtitle', codec: 'srt', key: `/library/streams/${id}` }),
  ...more,
})
const partOf = (...streams: Partial<PlexStream>[]): PlexPart => makeMedia({}, streams).part
const isDefault = true

describe('tracks in another file of the show', () => {
  const from = partOf(sound('1', 'en', { isDefault }), sound('2', 'fr'), subtitle('3', 'de'))

  it.each([
    ['the language', { audioId: '2', subtitleId: '3' }, { audioId: '12', subtitleId: '13' }],
    [
      'the plain sound and no subtitles',
      { audioId: null, subtitleId: null },
      { audioId: null, subtitleId: null },
    ],
    ['streams that are gone', { audioId: '7', subtitleId: '8' }, { audioId: null, subtitleId: null }],
  ])('go by %s', (_, chosen, carried) => {
    const to = partOf(subtitle('13', 'de'), sound('11', 'en', { isDefault }), sound('12', 'fr'))
    expect(carryTracks(chosen, from, to)).toEqual(carried)
  })

  it('are the plain ones where the language is not there, or is that of the plain sound', () => {
    const chosen = { audioId: '2', subtitleId: '3' }
    expect(carryTracks(chosen, from, partOf(sound('11', 'en', { isDefault })))).toEqual({
      audioId: null,
      subtitleId: null,
    })
    const french = partOf(sound('11', 'fr', { isDefault }), sound('12', 'en'), subtitle('13', 'de'))
    expect(carryTracks(chosen, from, french)).toEqual({ audioId: null, subtitleId: '13' })
  })

  it('are of several in the language the one with the same name, and never drawn in for text', () => {
    const several = partOf(
      sound('11', 'en', { isDefault }),
      sound('12', 'fr', { displayTitle: 'Commentaire' }),
      sound('13', 'fr'),
      subtitle('14', 'de', { codec: 'pgs', key: null, displayTitle: 'other' }),
    )
    expect(carryTracks({ audioId: '2', subtitleId: '3' }, from, several)).toEqual({
      audioId: '13',
      subtitleId: null,
    })
  })
})

describe('the next episode', () => {
  const episode = (ratingKey: string, showKey: string, first: number) =>
    makeItem({
      ratingKey,
      type: 'episode',
      title: `Episode ${ratingKey}`,
      parentRatingKey: `${showKey}1`,
      grandparentRatingKey: showKey,
      media: [
        makeMedia({}, [
          sound(`${first}`, 'en', { isDefault }),
          sound(`${first + 1}`, 'fr'),
          subtitle(`${first + 2}`, 'fr'),
        ]).media,
      ],
    })

  it('has the languages that were chosen last in its show, unless its own were chosen', async () => {
    const server = new MemoryServer()
    server.items = [
      episode('22', '20', 100),
      episode('23', '20', 200),
      episode('24', '20', 300),
      episode('32', '30', 400),
    ]
    await using rig = createLibraryRig(server)
    const chosenIn = async (ratingKey: string): Promise<MediaPart['chosen'] | undefined> =>
      (await rig.now.library.getItem(rig.s, ratingKey)).versions[0]?.parts[0]?.chosen
    const choose = (ratingKey: string, audioId: string | null, subtitleId: string | null): void => {
      rig.age()
      rig.now.tracks.put(rig.s, asMediaId(`${ratingKey}:10:20`), { audioId, subtitleId })
    }
    const nothing = { audioId: null, subtitleId: null }
    expect(await chosenIn('22')).toEqual(nothing)
    choose('22', '101', '102')
    expect(await chosenIn('23')).toEqual({ audioId: '201', subtitleId: '202' })
    // Another show is no sequel.
    expect(await chosenIn('32')).toEqual(nothing)
    choose('23', '201', null)
    expect(await chosenIn('24')).toEqual({ audioId: '301', subtitleId: null })
    expect(await chosenIn('22')).toEqual({ audioId: '101', subtitleId: '102' })
    // Back to the plain ones is a choice as well.
    choose('23', null, null)
    expect(await chosenIn('24')).toEqual(nothing)
  })
})
