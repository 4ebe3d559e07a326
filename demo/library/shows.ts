import { versionsOf } from './catalogue-build.ts'
import type { Episode, Season, Show } from './catalogue-types.ts'

const ADDED = 1_764_000_000
const DAY_S = 86_400
const EPISODE_S = 45

/** The shows section: one show, two seasons of three episodes, all with strip film code 14. */
export const SHOWS: readonly Show[] = [
  {
    type: 'show',
    ratingKey: 201,
    title: 'Old Stars',
    artName: 'old-stars',
    tagline: 'The light is late, but it comes.',
    summary:
      'At an observatory that nobody remembered to close, three retired astronomers look for the one star they all remember and no catalogue lists.',
    year: 2015,
    releasedOn: '2015-09-14',
    addedAt: ADDED,
    updatedAt: ADDED + 9 * DAY_S,
    studio: 'Perigee Television',
    contentRating: 'TV-PG',
    audienceRating: 8.4,
    genres: ['Drama', 'Science Fiction'],
    cast: [
      ['Imani Castell', 'Dr Ruth Abara'],
      ['Oskar Lindqvist', 'Professor Hale'],
      ['Trude Anzengruber', 'Miss Oda'],
    ],
    seasons: [
      season(202, 1, 2015, [
        ['First Light', 'The dome has not turned since spring. Ruth oils it.'],
        ['Parallax', 'Two people look at one thing from different chairs.'],
        ['The Dark Between', 'A new moon, a power cut, and the best seeing in thirty years.'],
      ]),
      season(203, 2, 2016, [
        ['Red Shift', 'Hale’s daughter visits, at a considerable fraction of the speed of light.'],
        ['Local Group', 'The village finds out what the hill is for.'],
        ['Last Plate', 'One glass plate left in the box, one night to expose it.'],
      ]),
    ],
  },
]

function season(
  ratingKey: number,
  index: number,
  year: number,
  episodes: readonly (readonly [string, string])[],
): Season {
  return {
    type: 'season',
    ratingKey,
    index,
    title: `Season ${index}`,
    summary: '',
    artName: `old-stars-${index}`,
    year,
    releasedOn: `${year}-09-14`,
    addedAt: ADDED + index * DAY_S,
    updatedAt: ADDED + (index + 1) * DAY_S,
    episodes: episodes.map(([title, summary], position) =>
      episode(index, position + 1, year, title, summary),
    ),
  }
}

function episode(seasonIndex: number, index: number, year: number, title: string, summary: string): Episode {
  const ratingKey = 200 + seasonIndex * 10 + index
  const name = `old-stars-s0${seasonIndex}e0${index}`
  const addedAt = ADDED + (seasonIndex * 3 + index) * DAY_S
  return {
    type: 'episode',
    ratingKey,
    index,
    title,
    summary,
    artName: `old-stars-${seasonIndex}`,
    year,
    releasedOn: `${year}-09-${13 + index * 7}`,
    addedAt,
    updatedAt: addedAt,
    contentRating: 'TV-PG',
    audienceRating: 8 + index / 10,
    directors: ['Noor Halabi'],
    writers: ['Dev Okonjo'],
    durationMs: EPISODE_S * 1000,
    markers: [
      { type: 'intro', startMs: 3000, endMs: 11_000 },
      { type: 'credits', startMs: 38_000, endMs: 45_000, isFinal: true },
    ],
    versions: versionsOf(ratingKey, `Shows/Old Stars/Season 0${seasonIndex}`, [
      [
        {
          name,
          filmCode: 14,
          seconds: EPISODE_S,
          size: [1280, 720],
          container: seasonIndex === 1 ? 'mp4' : 'mkv',
          sceneOffsetS: (seasonIndex * 3 + index) * 17,
        },
      ],
    ]),
  }
}
