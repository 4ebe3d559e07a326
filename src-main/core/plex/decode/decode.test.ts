import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SpoolError } from '../../spool-error.ts'
import { openContainer, parseJson } from './container.ts'
import { decodeDecision } from './decision.ts'
import {
  decodeChildren,
  decodeHubItems,
  decodeItem,
  decodeItems,
  decodePage,
  decodeTermination,
} from './items.ts'
import { decodeSections, decodeServerInfo } from './server.ts'
import { readFlag, readNumber } from './tolerant.ts'

const folder = join(import.meta.dirname, '../fixtures')
const fixture = (name: string): unknown => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))
const wrapped = (...rows: unknown[]): unknown => ({ MediaContainer: { size: rows.length, Metadata: rows } })

describe('every recorded reply', () => {
  const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ''))
  const isRow = (name: string): boolean => name.startsWith('row-')
  const readers = { decodeItems, decodeHubItems, decodeSections, decodeDecision, decodeTermination }

  it.each(names.filter((name) => !isRow(name)))('%s is read without a complaint', (name) => {
    const json = fixture(name)
    for (const read of Object.values(readers)) expect(() => read(json)).not.toThrow()
  })

  it.each(names.filter(isRow))('%s is an item', (name) => {
    expect(decodeItems(wrapped(fixture(name)))).toHaveLength(1)
  })

  it.each([
    ['section-films', 'movie'],
    ['section-shows', 'show'],
    ['section-with-meta', 'movie'],
    ['section-spec', 'movie'],
    ['section-episodes-spec', 'episode'],
    ['films-1.25', 'movie'],
    ['shows-1.25', 'show'],
    ['seasons-1.25', 'season'],
    ['collection-children', 'movie'],
  ])('%s gives all its rows as %s', (name, type) => {
    const rows = (fixture(name) as { MediaContainer: { Metadata: unknown[] } }).MediaContainer.Metadata
    const items = decodeItems(fixture(name))
    expect(items).toHaveLength(rows.length)
    expect(new Set(items.map((item) => item.type))).toEqual(new Set([type]))
  })

  it.each(['playlist', 'tracks', 'collections', 'extras-1.43', 'decision-music'])(
    '%s has nothing to show',
    (name) => {
      expect(decodeItems(fixture(name))).toEqual([])
    },
  )
})

describe('items', () => {
  it('have streams, parts and times', () => {
    const item = decodeItem(fixture('film-1.25'), '108')
    expect(item).toMatchObject({
      ratingKey: '108',
      type: 'movie',
      year: 2002,
      durationMs: 5062,
      librarySectionId: '1',
    })
    expect(item.addedAt).toBe(1_579_514_268_000)
    const [version] = item.media
    expect(version).toMatchObject({ id: '96', videoResolution: '720', width: 1280, bitrateKbps: 21178 })
    expect(version?.parts[0]).toMatchObject({
      id: '96',
      key: '/library/parts/96/1579478991/file.mkv',
      sizeBytes: 13_400_382,
    })
    expect(version?.parts[0]?.streams.map((stream) => stream.kind)).toEqual(['video', 'audio'])
  })

  it('take what their container says for all of them', () => {
    const [season] = decodeChildren(fixture('seasons-1.25'), '22')
    expect(season).toMatchObject({ type: 'season', index: 1, librarySectionId: '2', parentRatingKey: '22' })
  })

  it('know what moved when they were watched', () => {
    const [watched] = decodeItems(fixture('film-watched'))
    const [unwatched] = decodeItems(fixture('film-unwatched'))
    expect(watched?.viewCount).toBeGreaterThan(0)
    expect(unwatched).toMatchObject({ viewCount: 0, viewOffsetMs: null })
  })

  it('have two versions, and resolutions in one spelling', () => {
    const [episode] = decodeItems(wrapped(fixture('row-episode-two-versions')))
    expect(episode?.media.map((version) => [version.id, version.videoResolution])).toEqual([
      ['3082', '4k'],
      ['3086', '1080'],
    ])
    expect(episode?.media[1]?.parts[0]).toMatchObject({ sizeBytes: null, streams: [] })
  })

  it('have their markers in order', () => {
    const marked = (fixture('markers') as { MediaContainer: { Metadata: object[] } }).MediaContainer
      .Metadata[0]
    const [item] = decodeItems(wrapped({ ratingKey: 7, type: 'episode', title: 'x', ...marked }))
    expect(item?.markers.map((marker) => marker.type)).toEqual(['intro', 'credits'])
  })

  it('count pages by the total, or by what came', () => {
    const page = wrapped({ ratingKey: '1', type: 'movie' })
    expect(decodePage(page, 40)).toMatchObject({ offset: 40, total: 41 })
    const counted = { MediaContainer: { totalSize: '300', offset: '40', Metadata: [] } }
    expect(decodePage(counted, 40)).toMatchObject({ offset: 40, total: 300 })
  })

  it('are missing with a code of their own', () => {
    expect(() => decodeItem(wrapped(), '1')).toThrow(expect.objectContaining({ code: 'unknown-media' }))
  })

  it('come once from all hubs, and from a container without any', () => {
    const row = (ratingKey: string): object => ({ ratingKey, type: 'movie', title: ratingKey })
    const hubs = {
      MediaContainer: { Hub: [{ Metadata: [row('1'), row('2')] }, { size: 0 }, { Metadata: [row('2')] }] },
    }
    expect(decodeHubItems(hubs).map((item) => item.ratingKey)).toEqual(['1', '2'])
    expect(decodeHubItems(wrapped(row('3')))).toHaveLength(1)
  })
})

describe('servers', () => {
  it('say who they are', () => {
    expect(decodeServerInfo(fixture('identity'))).toMatchObject({
      friendlyName: null,
      version: '1.40.2.8395-c67dce28e',
    })
    expect(decodeServerInfo(fixture('root')).friendlyName).not.toBeNull()
    expect(() => decodeServerInfo({ MediaContainer: {} })).toThrow(SpoolError)
  })

  it('list their sections', () => {
    const sections = decodeSections(fixture('sections'))
    expect(sections.length).toBeGreaterThan(0)
    for (const section of sections) expect(section.key).toMatch(/^\d+$/)
  })

  it('say why they ended a playback', () => {
    expect(decodeTermination(fixture('timeline-terminated'))).toContain('Go Away')
    expect(decodeTermination(fixture('timeline'))).toBeNull()
    expect(decodeTermination(fixture('timeline-bandwidths'))).toBeNull()
  })
})

describe('decisions', () => {
  it('name what will be made', () => {
    const decision = decodeDecision(fixture('decision-spec'))
    expect(decision).toMatchObject({
      code: 1001,
      versionId: '221632',
      partId: '221638',
      protocol: 'hls',
      partDecision: 'transcode',
    })
    expect(decision.streams.map((stream) => stream.decision)).toEqual(['transcode', 'transcode'])
  })

  it('show the refusal that helps', () => {
    expect(decodeDecision(fixture('decision-refused'))).toMatchObject({ code: 2003 })
    expect(decodeDecision(fixture('decision-refused')).text).toContain('DoVi')
  })
})

const failureOf = (work: () => unknown): unknown => {
  try {
    work()
    return null
  } catch (error) {
    return error
  }
}
const isOurs = (error: unknown): boolean => error === null || error instanceof SpoolError

describe('whatever comes', () => {
  it('is an answer or one error of ours', () => {
    const readers = [decodeItems, decodeHubItems, decodeSections, decodeDecision, decodeServerInfo]
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const read of readers)
          for (const json of [
            value,
            { MediaContainer: value },
            wrapped(value),
            { MediaContainer: { Hub: value } },
          ]) {
            expect(failureOf(() => read(json))).toSatisfy(isOurs)
          }
      }),
    )
    expect(() => parseJson('<html></html>')).toThrow(SpoolError)
    expect(() => openContainer([])).toThrow(SpoolError)
  })

  it('keeps no number and no letter that nothing after it could hold', () => {
    const odd = {
      ratingKey: '7\ud800',
      type: 'movie',
      title: '\ud83d',
      year: 1e300,
      addedAt: 1e18,
      viewCount: '1e17',
    }
    const [item] = decodeItems(wrapped(odd))
    expect(item).toMatchObject({
      ratingKey: '7\ufffd',
      title: '\ufffd',
      year: null,
      addedAt: null,
      viewCount: 0,
    })
  })

  it('names a library once', () => {
    const row = { key: '1', type: 'movie', title: 'Films' }
    expect(decodeSections({ MediaContainer: { Directory: [row, { ...row, title: 'Again' }] } })).toEqual([
      row,
    ])
  })

  it('reads the same whether a field is spelled as number or as text', () => {
    fc.assert(
      fc.property(fc.nat(), fc.boolean(), (count, isTrue) => {
        expect(readNumber(String(count))).toBe(count)
        expect(readFlag(isTrue ? '1' : '0')).toBe(isTrue)
        const [one] = decodeItems(
          wrapped({ ratingKey: count, type: 'movie', duration: String(count), viewCount: count }),
        )
        expect(one).toMatchObject({ ratingKey: String(count), durationMs: count, viewCount: count })
      }),
    )
  })
})
