import { asSourceId, type ConnectionKind, type Source } from '../../../../src-preload/contract/index.ts'
import { Emitter } from '../../base/emitter.ts'
import type { PlexItem, PlexItemPage, PlexSection } from '../../plex/model.ts'
import { SpoolError } from '../../spool-error.ts'
import type { FetchedBody, LibraryClient, LibrarySources, SectionItemsQuery } from '../library-port.ts'

/** An item with nothing in it but its name, and what a test gives it. */
export const makeItem = (more: Partial<PlexItem> & Pick<PlexItem, 'ratingKey'>): PlexItem => ({
  type: 'movie',
  title: `Title ${more.ratingKey}`,
  titleSort: more.title ?? `Title ${more.ratingKey}`,
  summary: '',
  tagline: null,
  contentRating: null,
  rating: null,
  year: null,
  durationMs: 60_000,
  viewOffsetMs: null,
  viewCount: 0,
  addedAt: null,
  lastViewedAt: null,
  index: null,
  parentIndex: null,
  parentRatingKey: null,
  parentTitle: null,
  grandparentRatingKey: null,
  grandparentTitle: null,
  leafCount: null,
  viewedLeafCount: null,
  librarySectionId: '1',
  thumb: `/library/metadata/${more.ratingKey}/thumb/1`,
  art: `/library/metadata/${more.ratingKey}/art/1`,
  grandparentThumb: null,
  genres: [],
  directors: [],
  cast: [],
  chapters: [],
  markers: [],
  media: [],
  ...more,
})

/** A small library that tests change under Spool's feet. Counts what it is asked; answers nothing while `isOff`, and waits for `gate`. */
export class MemoryServer implements LibraryClient {
  sections: PlexSection[] = [
    { key: '1', type: 'movie', title: 'Films' },
    { key: '2', type: 'show', title: 'Shows' },
  ]
  items: PlexItem[] = []
  continueKeys: string[] = []
  isOff = false
  /** Paths of pictures that are not there. */
  readonly missing = new Set<string>()
  gate: Promise<void> | null = null
  readonly asked: string[] = []
  image: FetchedBody = { bytes: new Uint8Array([1, 2, 3]), mime: 'image/jpeg' }
  subtitle = '1\n00:00:01,000 --> 00:00:02,000\nHello\n'

  countOf(what: string): number {
    return this.asked.filter((name) => name.startsWith(what)).length
  }

  async getSections(signal?: AbortSignal): Promise<readonly PlexSection[]> {
    await this.#take('sections', signal)
    return this.sections
  }

  async getSectionItems(
    sectionId: string,
    query: SectionItemsQuery,
    signal?: AbortSignal,
  ): Promise<PlexItemPage> {
    await this.#take(`items ${sectionId} ${query.offset}+${query.limit} ${query.sort}`, signal)
    const all = this.#section(sectionId, query.type).sort((a, b) => {
      if (query.sort === 'addedAt:desc') return (b.addedAt ?? 0) - (a.addedAt ?? 0)
      if (query.sort === 'year:desc') return (b.year ?? 0) - (a.year ?? 0)
      return a.titleSort < b.titleSort ? -1 : 1
    })
    const items = all.slice(query.offset, query.offset + query.limit).map(asListRow)
    return { items, offset: query.offset, total: all.length }
  }

  async getItem(ratingKey: string, signal?: AbortSignal): Promise<PlexItem> {
    await this.#take(`item ${ratingKey}`, signal)
    const item = this.items.find((known) => known.ratingKey === ratingKey)
    if (!item) throw new SpoolError('unknown-media')
    return item
  }

  async getChildren(ratingKey: string, signal?: AbortSignal): Promise<readonly PlexItem[]> {
    await this.#take(`children ${ratingKey}`, signal)
    return this.items.filter((item) => item.parentRatingKey === ratingKey).map(asListRow)
  }

  async getContinueWatching(signal?: AbortSignal): Promise<readonly PlexItem[]> {
    await this.#take('continue', signal)
    return this.continueKeys
      .flatMap((key) => this.items.filter((item) => item.ratingKey === key))
      .map(asListRow)
  }

  async getRecentlyAdded(
    sectionId: string,
    limit: number,
    signal?: AbortSignal,
  ): Promise<readonly PlexItem[]> {
    await this.#take(`recent ${sectionId}`, signal)
    const all = this.#section(sectionId, sectionId === '2' ? 'show' : 'movie')
    return all
      .sort((a, b) => (b.addedAt ?? 0) - (a.addedAt ?? 0))
      .slice(0, limit)
      .map(asListRow)
  }

  async search(query: string, signal?: AbortSignal): Promise<readonly PlexItem[]> {
    await this.#take(`search ${query}`, signal)
    return this.items.filter((item) => item.title.toLowerCase().includes(query.toLowerCase())).map(asListRow)
  }

  async setWatched(ratingKey: string, isWatched: boolean, signal?: AbortSignal): Promise<void> {
    await this.#take(`watched ${ratingKey} ${isWatched}`, signal)
    this.change(ratingKey, { viewCount: isWatched ? 1 : 0, viewOffsetMs: null, lastViewedAt: null })
  }

  async getImage(path: string, width: number, height: number, signal?: AbortSignal): Promise<FetchedBody> {
    await this.#take(`image ${path} ${width}x${height}`, signal)
    if (this.missing.has(path)) throw new SpoolError('unknown-media')
    return this.image
  }

  /** The thumbnails of every part that has some. */
  bif: Uint8Array | null = null

  async getThumbnails(): Promise<FetchedBody> {
    await Promise.resolve()
    if (this.bif === null) throw new SpoolError('unknown-media')
    return { bytes: this.bif, mime: 'application/octet-stream' }
  }

  async getSubtitle(key: string, signal?: AbortSignal): Promise<FetchedBody> {
    await this.#take(`subtitle ${key}`, signal)
    return { bytes: new TextEncoder().encode(this.subtitle), mime: 'text/plain' }
  }

  change(ratingKey: string, more: Partial<PlexItem>): void {
    this.items = this.items.map((item) => (item.ratingKey === ratingKey ? { ...item, ...more } : item))
  }

  remove(ratingKey: string): void {
    this.items = this.items.filter((item) => item.ratingKey !== ratingKey)
  }

  #section(sectionId: string, type: PlexItem['type']): PlexItem[] {
    if (!this.sections.some((section) => section.key === sectionId)) throw new SpoolError('unknown-media')
    return this.items.filter((item) => item.librarySectionId === sectionId && item.type === type)
  }

  async #take(name: string, signal?: AbortSignal): Promise<void> {
    this.asked.push(name)
    await this.gate
    signal?.throwIfAborted()
    if (this.isOff) throw new SpoolError('source-unreachable')
  }
}

/** Lists carry neither streams nor chapters. */
const asListRow = (item: PlexItem): PlexItem => ({
  ...item,
  chapters: [],
  markers: [],
  media: item.media.map((media) => ({
    ...media,
    parts: media.parts.map((part) => ({ ...part, streams: [] })),
  })),
})

/** Sources whose connections tests switch. */
export class MemorySources implements LibrarySources {
  readonly servers: Map<string, MemoryServer>
  readonly #connections = new Map<string, ConnectionKind>()
  readonly #changed = new Emitter<readonly Source[]>()

  constructor(servers: Readonly<Record<string, MemoryServer>>) {
    this.servers = new Map(Object.entries(servers))
    for (const sourceId of this.servers.keys()) this.#connections.set(sourceId, 'lan')
  }

  getSources(): readonly Source[] {
    return [...this.#connections].map(([sourceId, connection]) => ({
      sourceId: asSourceId(sourceId),
      name: `Server ${sourceId}`,
      connection,
    }))
  }

  getClient(sourceId: string): MemoryServer {
    const server = this.servers.get(sourceId)
    if (!server) throw new SpoolError('unknown-source')
    return server
  }

  onChange(listener: (sources: readonly Source[]) => void): Disposable {
    return this.#changed.on(listener)
  }

  /** Off and on again, as the connection monitor would say. */
  connect(sourceId: string, connection: ConnectionKind): void {
    this.#connections.set(sourceId, connection)
    this.getClient(sourceId).isOff = connection === 'offline'
    this.#changed.emit(this.getSources())
  }
}
