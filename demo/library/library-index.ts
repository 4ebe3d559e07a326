import type { Catalogue, CataloguePart, Episode, Movie, Playable, Season, Show } from './catalogue-types.ts'
import { partsOf } from './catalogue.ts'

/** An item with the items it stands below. */
export type LibraryEntry =
  | { readonly item: Movie | Show }
  | { readonly item: Season; readonly show: Show }
  | { readonly item: Episode; readonly season: Season; readonly show: Show }

/** Ids of the two sections. */
export const MOVIES_SECTION = 1
export const SHOWS_SECTION = 2

/** Finds things by the ids that clients use. */
export class LibraryIndex {
  readonly catalogue: Catalogue
  readonly #entries = new Map<number, LibraryEntry>()
  readonly #parts = new Map<number, { part: CataloguePart; item: Playable }>()

  constructor(catalogue: Catalogue) {
    this.catalogue = catalogue
    for (const item of catalogue.movies) this.#entries.set(item.ratingKey, { item })
    for (const show of catalogue.shows) {
      this.#entries.set(show.ratingKey, { item: show })
      for (const season of show.seasons) {
        this.#entries.set(season.ratingKey, { item: season, show })
        for (const item of season.episodes) this.#entries.set(item.ratingKey, { item, season, show })
      }
    }
    for (const found of partsOf(catalogue)) this.#parts.set(found.part.partId, found)
  }

  find(ratingKey: number): LibraryEntry | null {
    return this.#entries.get(ratingKey) ?? null
  }

  /** The item when it is something to play. */
  playable(ratingKey: number): Playable | null {
    const item = this.find(ratingKey)?.item
    return item && (item.type === 'movie' || item.type === 'episode') ? item : null
  }

  part(partId: number): { part: CataloguePart; item: Playable } | null {
    return this.#parts.get(partId) ?? null
  }

  get parts(): { part: CataloguePart; item: Playable }[] {
    return [...this.#parts.values()]
  }

  /** Items of a section by Plex's type number: 1 movies, 2 shows, 3 seasons, 4 episodes; null for the section's own. */
  listing(section: number, type: number | null): LibraryEntry[] {
    const entries = [...this.#entries.values()]
    const ofType = (name: string): LibraryEntry[] => entries.filter(({ item }) => item.type === name)
    if (section === MOVIES_SECTION) return type === null || type === 1 ? ofType('movie') : []
    return type === null || type === 2
      ? ofType('show')
      : type === 3
        ? ofType('season')
        : type === 4
          ? ofType('episode')
          : []
  }

  /** Seasons of a show, episodes of a season. */
  children(entry: LibraryEntry): LibraryEntry[] {
    const { item } = entry
    const keys =
      item.type === 'show'
        ? item.seasons.map((season) => season.ratingKey)
        : item.type === 'season'
          ? item.episodes.map((episode) => episode.ratingKey)
          : []
    return keys.map((ratingKey) => this.#entries.get(ratingKey)!)
  }

  /** All episodes below an item, in order. */
  leaves(entry: LibraryEntry): LibraryEntry[] {
    if (entry.item.type === 'episode' || entry.item.type === 'movie') return [entry]
    return this.children(entry).flatMap((child) => this.leaves(child))
  }
}
