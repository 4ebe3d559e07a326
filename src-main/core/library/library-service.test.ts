import { describe, expect, it } from 'vitest'
import { asSourceId } from '../../../src-preload/contract/index.ts'
import { makeMedia, makeStream } from '../quality/test-support/make-media.ts'
import { createLibraryRig } from './test-support/library-rig.ts'
import { makeItem, MemoryServer } from './test-support/memory-server.ts'

/** Three films, a show of one season with two episodes. */
function filledServer(): MemoryServer {
  const server = new MemoryServer()
  const streams = [
    makeStream({ id: '1' }),
    makeStream({ id: '2', kind: 'audio', codec: 'aac', displayTitle: 'English (AAC Stereo)' }),
    makeStream({ id: '3', kind: 'subtitle', codec: 'srt', key: '/library/streams/3', index: null }),
  ]
  const film = (ratingKey: string, title: string, year: number, addedAt: number) =>
    makeItem({ ratingKey, title, titleSort: title, year, addedAt, media: [makeMedia({}, streams).media] })
  const show = makeItem({
    ratingKey: '20',
    type: 'show',
    title: 'Tides',
    librarySectionId: '2',
    leafCount: 2,
    viewedLeafCount: 0,
  })
  const season = makeItem({
    ratingKey: '21',
    type: 'season',
    title: 'Season 1',
    index: 1,
    parentRatingKey: '20',
    parentTitle: 'Tides',
    librarySectionId: '2',
    leafCount: 2,
    viewedLeafCount: 0,
  })
  const episode = (ratingKey: string, index: number) =>
    makeItem({
      ratingKey,
      type: 'episode',
      title: `Ebb ${index}`,
      index,
      parentIndex: 1,
      parentRatingKey: '21',
      grandparentRatingKey: '20',
      grandparentTitle: 'Tides',
      grandparentThumb: '/library/metadata/20/thumb/1',
      librarySectionId: '2',
      media: [makeMedia().media],
    })
  server.items = [
    film('1', 'Amber', 2001, 300),
    film('2', 'Basalt', 2010, 100),
    film('3', 'Çınar', 1999, 200),
    show,
    season,
    episode('22', 1),
    episode('23', 2),
  ]
  return server
}

const titles = (list: readonly { readonly title: string }[]): string[] => list.map((item) => item.title)
const films = { sectionId: '1', offset: 0, limit: 50 }

describe('lists', () => {
  it('gives the first page as the server has it and reads the rest behind it', async () => {
    await using rig = createLibraryRig(filledServer())
    const { library } = rig.now
    const page = await library.getItems({ sourceId: rig.s, ...films, limit: 2 })
    expect([titles(page.items), page.total]).toEqual([['Amber', 'Basalt'], 3])
    await rig.settle()
    rig.sources.connect('s', 'offline')
    expect(titles((await library.getItems({ sourceId: rig.s, ...films })).items)).toEqual([
      'Amber',
      'Basalt',
      'Çınar',
    ])
  })

  it('sorts and pages from memory as the server does', async () => {
    await using rig = createLibraryRig(filledServer())
    const ask = async (sort: 'title' | 'addedAt' | 'year', offset: number) => {
      const page = await rig.now.library.getItems({ sourceId: rig.s, sectionId: '1', offset, limit: 2, sort })
      return [...titles(page.items), page.total]
    }
    const asked = ['title', 'addedAt', 'year'] as const
    const all = () => Promise.all(asked.flatMap((sort) => [ask(sort, 0), ask(sort, 2)]))
    const online = await all()
    expect(online.slice(2, 6)).toEqual([
      ['Amber', 'Çınar', 3],
      ['Basalt', 3],
      ['Basalt', 'Amber', 3],
      ['Çınar', 3],
    ])
    await rig.settle()
    rig.sources.connect('s', 'offline')
    expect(await all()).toEqual(online)
    await rig.restart()
    expect(await all()).toEqual(online)
  })

  it('answers from memory without asking again for a while, then asks behind the answer and tells of changes', async () => {
    await using rig = createLibraryRig(filledServer())
    const ask = () => rig.now.library.getItems({ sourceId: rig.s, ...films })
    await ask()
    await rig.settle()
    const before = rig.server.countOf('items')
    rig.now.changes.length = 0
    rig.server.change('1', { title: 'Amber II' })
    expect(titles((await ask()).items)).toContain('Amber')
    await rig.settle()
    expect([rig.server.countOf('items'), rig.now.changes]).toEqual([before, []])
    rig.age()
    expect(titles((await ask()).items)).toContain('Amber')
    await rig.settle()
    expect(rig.now.changes).toEqual([{ sourceId: 's', ratingKey: null }])
    expect(titles((await ask()).items)).toContain('Amber II')
    rig.age()
    await ask()
    await rig.settle()
    expect(rig.now.changes).toHaveLength(1)
  })

  it('lets go of what the server no longer lists, and takes it back', async () => {
    await using rig = createLibraryRig(filledServer())
    const ask = async () => titles((await rig.now.library.getItems({ sourceId: rig.s, ...films })).items)
    await ask()
    await rig.settle()
    const basalt = rig.server.items[1]!
    rig.server.remove('2')
    rig.age()
    await ask()
    await rig.settle()
    expect(await ask()).toEqual(['Amber', 'Çınar'])
    expect(await rig.now.library.search('basalt')).toEqual([])
    rig.server.items.push(basalt)
    rig.age()
    await ask()
    await rig.settle()
    expect(await ask()).toEqual(['Amber', 'Basalt', 'Çınar'])
  })

  it('counts sections that nobody has opened, behind the first answer', async () => {
    await using rig = createLibraryRig(filledServer())
    const counts = async () => (await rig.now.library.getSections(rig.s)).map(({ count }) => count)
    expect(await counts()).toEqual([null, null])
    await rig.settle()
    expect(rig.now.changes).toContainEqual({ sourceId: rig.s, ratingKey: null })
    expect(await counts()).toEqual([3, 1])
  })

  it('reads a section of many pages whole', async () => {
    const server = new MemoryServer()
    server.items = Array.from({ length: 457 }, (_, n) =>
      makeItem({ ratingKey: String(n), titleSort: String(n).padStart(4, '0') }),
    )
    await using rig = createLibraryRig(server)
    await rig.now.library.getItems({ sourceId: rig.s, ...films })
    await rig.settle()
    const [section] = await rig.now.library.getSections(rig.s)
    expect(section).toEqual({ sectionId: '1', type: 'movie', title: 'Films', count: 457 })
    const page = await rig.now.library.getItems({ sourceId: rig.s, sectionId: '1', offset: 450, limit: 50 })
    expect(page.items.map((item) => item.ratingKey)).toEqual([
      '450',
      '451',
      '452',
      '453',
      '454',
      '455',
      '456',
    ])
  })

  it('filters by watched, and by what plays offline', async () => {
    await using rig = createLibraryRig(filledServer())
    rig.server.change('2', { viewCount: 1 })
    rig.positionOf.set('s 3', { positionMs: 0, updatedAt: rig.clock.now(), isWatched: true })
    rig.cache.keep('2:10:20', '720p-4000k')
    rig.cache.keep('3:10:20', 'original', { state: 'partial' })
    rig.cache.keep('22:10:20', 'original')
    const ask = async (sectionId: string, filter: 'unwatched' | 'offline') => {
      const page = await rig.now.library.getItems({ sourceId: rig.s, ...films, sectionId, filter })
      return [...titles(page.items), page.total]
    }
    expect(await ask('1', 'unwatched')).toEqual(['Amber', 1])
    expect(await ask('1', 'offline')).toEqual(['Basalt', 1])
    expect(await ask('2', 'offline')).toEqual([0])
    await rig.now.library.getChildren(rig.s, '21')
    expect(await ask('2', 'offline')).toEqual(['Tides', 1])
  })

  it('says that a library, a title, a source does not exist', async () => {
    await using rig = createLibraryRig(filledServer())
    const { library } = rig.now
    const other = 'other' as typeof rig.s
    await expect(library.getItems({ sourceId: rig.s, ...films, sectionId: '9' })).rejects.toMatchObject({
      code: 'unknown-media',
    })
    await expect(library.getItem(rig.s, '99')).rejects.toMatchObject({ code: 'unknown-media' })
    for (const ask of [
      library.getSections(other),
      library.getItems({ sourceId: other, ...films }),
      library.getChildren(other, '20'),
      library.getItem(other, '1'),
      library.setWatched(other, '1', true),
    ])
      await expect(ask).rejects.toMatchObject({ code: 'unknown-source' })
  })

  it('offline says so where nothing was ever seen', async () => {
    await using rig = createLibraryRig(filledServer())
    rig.sources.connect('s', 'offline')
    const { library } = rig.now
    for (const ask of [
      library.getSections(rig.s),
      library.getItems({ sourceId: rig.s, ...films }),
      library.getChildren(rig.s, '20'),
      library.getItem(rig.s, '1'),
    ])
      await expect(ask).rejects.toMatchObject({ code: 'source-unreachable' })
    expect(await library.getHome()).toEqual([])
    expect(await library.search('amber')).toEqual([])
  })

  it('browses a show it has seen, and what it has seen of one it has not opened', async () => {
    await using rig = createLibraryRig(filledServer())
    await rig.now.library.getChildren(rig.s, '20')
    await rig.now.library.getItem(rig.s, '23')
    await rig.restart()
    rig.sources.connect('s', 'offline')
    const { library } = rig.now
    expect(titles(await library.getChildren(rig.s, '20'))).toEqual(['Season 1'])
    expect(titles(await library.getChildren(rig.s, '21'))).toEqual(['Ebb 2'])
  })

  it('lets children go with their list', async () => {
    await using rig = createLibraryRig(filledServer())
    await rig.now.library.getChildren(rig.s, '21')
    rig.server.remove('22')
    rig.age()
    await rig.now.library.getChildren(rig.s, '21')
    await rig.settle()
    expect(titles(await rig.now.library.getChildren(rig.s, '21'))).toEqual(['Ebb 2'])
  })

  it('asks for everything again when a source comes back', async () => {
    await using rig = createLibraryRig(filledServer())
    await rig.now.library.getSections(rig.s)
    rig.sources.connect('s', 'offline')
    rig.server.sections.push({ key: '3', type: 'movie', title: 'Shorts' })
    rig.now.changes.length = 0
    rig.sources.connect('s', 'wan')
    expect(rig.now.changes).toEqual([{ sourceId: 's', ratingKey: null }])
    await rig.now.library.getSections(rig.s)
    await rig.settle()
    expect(titles(await rig.now.library.getSections(rig.s))).toEqual(['Films', 'Shows', 'Shorts'])
  })

  it('asks once however many ask at once', async () => {
    await using rig = createLibraryRig(filledServer())
    await Promise.all([1, 2, 3].map(() => rig.now.library.getChildren(rig.s, '20')))
    expect(rig.server.countOf('children')).toBe(1)
  })

  it('leaves a caller that aborts, not the others', async () => {
    await using rig = createLibraryRig(filledServer())
    const gate = Promise.withResolvers<void>()
    rig.server.gate = gate.promise
    const leaving = new AbortController()
    const left = rig.now.library.getChildren(rig.s, '20', leaving.signal)
    const staying = rig.now.library.getChildren(rig.s, '20')
    leaving.abort()
    await expect(left).rejects.toMatchObject({ name: 'AbortError' })
    gate.resolve()
    expect(titles(await staying)).toEqual(['Season 1'])
  })
})

describe('details', () => {
  it('have versions, qualities with what is kept, and tracks', async () => {
    await using rig = createLibraryRig(filledServer())
    rig.cache.keep('1:10:20', '720p-4000k')
    const item = await rig.now.library.getItem(rig.s, '1')
    expect(item).toMatchObject({ title: 'Amber', isRemembered: false, resolution: '1080' })
    expect(item.kept).toEqual([{ quality: '720p-4000k', label: '720p · 4 Mbps', complete: true }])
    expect(item.posterUrl).toBe('/image/s?path=%2Flibrary%2Fmetadata%2F1%2Fthumb%2F1')
    const part = item.versions[0]?.parts[0]
    expect([item.versions[0]?.label, part?.mediaId, part?.durationMs]).toEqual([
      '1080p H.264 · 12.4 Mbps',
      '1:10:20',
      60_000,
    ])
    expect(part?.qualities.find((option) => option.complete)?.quality).toBe('720p-4000k')
    expect(part?.automatic).toBe('original')
    expect(part?.tracks.map(({ kind, label, url }) => [kind, label, url])).toEqual([
      ['audio', 'English (AAC Stereo)', null],
      ['subtitle', 'SRT', '/subtitle/s/3.vtt'],
    ])
  })

  it('offline come from memory, and only what is whole can be had', async () => {
    await using rig = createLibraryRig(filledServer())
    await rig.now.library.getItem(rig.s, '1')
    await rig.restart()
    rig.sources.connect('s', 'offline')
    rig.cache.keep('1:10:20', '720p-4000k')
    const item = await rig.now.library.getItem(rig.s, '1')
    expect(item.isRemembered).toBe(true)
    const available = item.versions[0]?.parts[0]?.qualities.filter(
      (option) => option.unavailable === undefined,
    )
    expect(available?.map((option) => option.quality)).toEqual(['720p-4000k'])
    expect(item.versions[0]?.parts[0]?.automatic).toBe('720p-4000k')
    expect(item.versions[0]?.parts[0]?.tracks).toHaveLength(2)
  })

  it('prefer a fresh answer, and fall back to the old one when it is slow', async () => {
    await using rig = createLibraryRig(filledServer())
    await rig.now.library.getItem(rig.s, '1')
    rig.age()
    rig.server.change('1', { title: 'Amber II' })
    expect(await rig.now.library.getItem(rig.s, '1')).toMatchObject({
      title: 'Amber II',
      isRemembered: false,
    })
    rig.age()
    rig.server.change('1', { title: 'Amber III' })
    const gate = Promise.withResolvers<void>()
    rig.server.gate = gate.promise
    const slow = rig.now.library.getItem(rig.s, '1')
    await rig.settle()
    rig.now.changes.length = 0
    rig.clock.advance(1500)
    expect(await slow).toMatchObject({ title: 'Amber II', isRemembered: true })
    gate.resolve()
    await rig.settle()
    expect(rig.now.changes).toEqual([{ sourceId: 's', ratingKey: '1' }])
    expect(await rig.now.library.getItem(rig.s, '1')).toMatchObject({
      title: 'Amber III',
      isRemembered: false,
    })
  })

  it('keep their streams when a list names the item again, and lose them when its file changed', async () => {
    await using rig = createLibraryRig(filledServer())
    await rig.now.library.getItem(rig.s, '1')
    await rig.now.library.getItems({ sourceId: rig.s, ...films })
    await rig.settle()
    expect(rig.now.memory.store.get('s', '1')?.hasStreams).toBe(true)
    const { media } = makeMedia({}, [makeStream({ id: '9' })])
    const replaced = {
      ...media,
      parts: [{ ...media.parts[0]!, key: '/library/parts/20/1800000000/file.mp4' }],
    }
    rig.server.change('1', { media: [replaced] })
    rig.age()
    await rig.now.library.getItems({ sourceId: rig.s, ...films })
    await rig.settle()
    expect(rig.now.memory.store.get('s', '1')?.hasStreams).toBe(false)
    const part = await rig.now.library.findPart(rig.s, '1:10:20' as never)
    expect([part.part.key, part.part.streams[0]?.id]).toEqual(['/library/parts/20/1800000000/file.mp4', '9'])
  })

  it('of a title the server dropped stay while copies are kept', async () => {
    await using rig = createLibraryRig(filledServer())
    await rig.now.library.getItem(rig.s, '1')
    rig.server.remove('1')
    rig.age()
    await expect(rig.now.library.getItem(rig.s, '1')).rejects.toMatchObject({ code: 'unknown-media' })
    rig.cache.keep('1:10:20', 'original')
    expect(await rig.now.library.getItem(rig.s, '1')).toMatchObject({ title: 'Amber', isRemembered: true })
    expect(titles(await rig.now.library.getKept())).toEqual(['Amber'])
  })
})

describe('finding a part', () => {
  it('knows the files of an item, also new ones, and no others', async () => {
    await using rig = createLibraryRig(filledServer())
    const find = (mediaId: string) => rig.now.library.findPart(rig.s, mediaId as never)
    expect((await find('1:10:20')).item.title).toBe('Amber')
    const second = { ...makeMedia().media, id: '11' }
    rig.server.change('1', { media: [makeMedia().media, second] })
    expect((await find('1:11:20')).media.id).toBe('11')
    for (const unknown of ['nonsense', '1:10:99', '1:99:20', '77:10:20', '1:10:20:4'])
      await expect(find(unknown)).rejects.toMatchObject({ code: 'unknown-media' })
  })

  it('asks no server for what it read lately', async () => {
    await using rig = createLibraryRig(filledServer())
    await rig.now.library.findPart(rig.s, '1:10:20' as never)
    await rig.now.library.findPart(rig.s, '1:10:20' as never)
    expect(rig.server.countOf('item ')).toBe(1)
    rig.sources.connect('s', 'offline')
    rig.clock.advance(3_600_000)
    expect((await rig.now.library.findPart(rig.s, '1:10:20' as never)).part.id).toBe('20')
  })
})

describe('home', () => {
  it('has what was begun, what is ready offline, and what is new, and is the same offline', async () => {
    await using rig = createLibraryRig(filledServer())
    const now = rig.clock.now()
    rig.server.continueKeys = ['22', '2']
    rig.server.change('22', { viewOffsetMs: 20_000, lastViewedAt: now - 5000 })
    rig.server.change('2', { viewOffsetMs: 10_000, lastViewedAt: now - 90_000 })
    rig.positionOf.set('s 3', { positionMs: 30_000, updatedAt: now, isWatched: false })
    await rig.now.library.getItem(rig.s, '3')
    rig.cache.keep('1:10:20', 'original', { bytesPresent: 1_300_000_000 })
    rig.cache.keep('2:10:20', 'original', { state: 'partial' })
    await rig.now.library.getItems({ sourceId: rig.s, ...films })
    await rig.settle()
    const home = await rig.now.library.getHome()
    expect(home.map((row) => [row.rowId, row.title, row.subtitle, row.style, titles(row.items)])).toEqual([
      ['continue', 'Continue watching', null, 'wide', ['Çınar', 'Ebb 1', 'Basalt']],
      ['offline', 'Ready offline', '1 title · 1.3 GB on this computer', 'poster', ['Amber']],
      ['recent:s:1', 'Recently added in Films', 'Server s', 'poster', ['Amber', 'Çınar', 'Basalt']],
      ['recent:s:2', 'Recently added in Shows', 'Server s', 'poster', ['Tides']],
    ])
    await rig.settle()
    await rig.restart()
    rig.sources.connect('s', 'offline')
    expect(await rig.now.library.getHome()).toEqual(home)
  })

  it('lets the newer of two positions win, and drops what was finished here', async () => {
    await using rig = createLibraryRig(filledServer())
    const now = rig.clock.now()
    rig.server.continueKeys = ['1', '2', '3']
    for (const key of ['1', '2', '3']) rig.server.change(key, { viewOffsetMs: 10_000, lastViewedAt: now })
    rig.positionOf.set('s 1', { positionMs: 40_000, updatedAt: now + 60_000, isWatched: false })
    rig.positionOf.set('s 2', { positionMs: 40_000, updatedAt: now - 60_000, isWatched: false })
    rig.positionOf.set('s 3', { positionMs: 59_000, updatedAt: now + 60_000, isWatched: true })
    const [row] = await rig.now.library.getHome()
    expect(row?.items.map((item) => [item.title, item.positionMs])).toEqual([
      ['Amber', 40_000],
      ['Basalt', 10_000],
    ])
  })
})

describe('search', () => {
  it('finds by part of a title or by people, without case or accents, on and off line', async () => {
    await using rig = createLibraryRig(filledServer())
    rig.server.change('2', { directors: ['Ida Lund'], cast: ['Ömer Kaya'] })
    await rig.now.library.getItems({ sourceId: rig.s, ...films })
    await rig.settle()
    const ask = async (query: string) => titles(await rig.now.library.search(query))
    for (const connection of ['lan', 'offline'] as const) {
      rig.sources.connect('s', connection)
      expect(await ask('CINAR')).toEqual(['Çınar'])
      expect(await ask('omer')).toEqual(['Basalt'])
      expect(await ask('lund')).toEqual(['Basalt'])
      expect(await ask('a')).toEqual(['Amber', 'Basalt', 'Çınar'])
      expect(await ask('%')).toEqual([])
      expect(await ask('  ')).toEqual([])
    }
  })

  it('joins what only the server knows', async () => {
    await using rig = createLibraryRig(filledServer())
    expect(titles(await rig.now.library.search('ebb'))).toEqual(['Ebb 1', 'Ebb 2'])
    rig.sources.connect('s', 'offline')
    expect(titles(await rig.now.library.search('ebb'))).toEqual(['Ebb 1', 'Ebb 2'])
  })
})

describe('marking as watched', () => {
  it('tells the server, forgets the position, and is seen at once, below too', async () => {
    await using rig = createLibraryRig(filledServer())
    const { library } = rig.now
    await library.getChildren(rig.s, '20')
    await library.getChildren(rig.s, '21')
    rig.positionOf.set('s 22', { positionMs: 30_000, updatedAt: rig.clock.now(), isWatched: false })
    expect(await library.setWatched(rig.s, '22', true)).toEqual({ isWatched: true })
    expect(rig.server.countOf('watched 22 true')).toBe(1)
    const [ebb] = await library.getChildren(rig.s, '21')
    expect(ebb).toMatchObject({ isWatched: true, positionMs: null })
    await library.setWatched(rig.s, '20', true)
    const [season] = await library.getChildren(rig.s, '20')
    expect(season).toMatchObject({ isWatched: true, unwatchedCount: 0 })
  })

  it('is seen at once while the server is off, survives a restart, and is told when it is back', async () => {
    await using rig = createLibraryRig(filledServer())
    await rig.now.library.getItem(rig.s, '1')
    rig.sources.connect('s', 'offline')
    expect(await rig.now.library.setWatched(rig.s, '1', true)).toEqual({ isWatched: true })
    expect((await rig.now.library.getItem(rig.s, '1')).isWatched).toBe(true)
    await rig.restart()
    expect((await rig.now.library.getItem(rig.s, '1')).isWatched).toBe(true)
    expect(rig.server.items.find(({ ratingKey }) => ratingKey === '1')?.viewCount).toBe(0)
    rig.sources.connect('s', 'lan')
    rig.server.asked.length = 0
    await rig.now.marks.flush('s')
    expect(rig.server.items.find(({ ratingKey }) => ratingKey === '1')?.viewCount).toBe(1)
    await rig.now.marks.flush('s')
    expect(rig.server.countOf('watched 1')).toBe(1)
  })

  it('tells what was marked last, once', async () => {
    await using rig = createLibraryRig(filledServer())
    rig.sources.connect('s', 'offline')
    await rig.now.library.setWatched(rig.s, '1', true)
    await rig.now.library.setWatched(rig.s, '1', false)
    await rig.now.library.setWatched(rig.s, '2', true)
    await rig.now.marks.flush('s')
    rig.sources.connect('s', 'lan')
    rig.server.asked.length = 0
    await rig.now.library.setWatched(rig.s, '2', false)
    const told: string[] = []
    rig.now.marks.onTold(({ ratingKey }) => told.push(ratingKey))
    await rig.now.marks.flush('s')
    expect(rig.server.asked.filter((name) => name.startsWith('watched'))).toEqual([
      'watched 2 false',
      'watched 1 false',
    ])
    expect(told).toEqual(['1'])
  })

  it('of a title that is gone or a source that is unknown is not kept', async () => {
    await using rig = createLibraryRig(filledServer())
    const { library } = rig.now
    await expect(library.setWatched(asSourceId('none'), '1', true)).rejects.toMatchObject({
      code: 'unknown-source',
    })
    rig.sources.connect('s', 'offline')
    await library.setWatched(rig.s, '999', true)
    rig.sources.connect('s', 'lan')
    rig.server.asked.length = 0
    await rig.now.marks.flush('s')
    await rig.now.marks.flush('s')
    expect(rig.server.countOf('watched 999')).toBe(1)
  })
})
