import type { Catalogue, CataloguePart, Playable } from './catalogue-types.ts'
import { FILMS } from './films.ts'
import { MORE_FILMS } from './more-films.ts'
import { SHOWS } from './shows.ts'

/** Everything the demo server has. */
export const CATALOGUE: Catalogue = { movies: [...FILMS, ...MORE_FILMS], shows: SHOWS }

/** All titles that can be played. */
export function playablesOf(catalogue: Catalogue): Playable[] {
  return [
    ...catalogue.movies,
    ...catalogue.shows.flatMap((show) => show.seasons.flatMap((season) => season.episodes)),
  ]
}

/** The scene that each file shows, for all files. */
export function partsOf(catalogue: Catalogue): { part: CataloguePart; item: Playable }[] {
  return playablesOf(catalogue).flatMap((item) =>
    item.versions.flatMap((version) => version.parts.map((part) => ({ part, item }))),
  )
}
