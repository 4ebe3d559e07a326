import { beforeAll, describe, expect, test } from 'vitest'
import { type QualityOption, asQuality } from '../../src-preload/contract/index.ts'
import { setUpI18n } from '../i18n/setup.ts'
import {
  type QualityMenuInput,
  type QualityRow,
  bestRung,
  offlineAlternatives,
  playedFrom,
  qualityMenu,
} from './quality-menu-model.ts'

beforeAll(setUpI18n)

const option = (quality: string, label: string, over: Partial<QualityOption> = {}): QualityOption => ({
  quality: asQuality(quality),
  label,
  detail: 'H.264 + AAC',
  outcome: 'transcode',
  bitrateKbps: null,
  bytesPresent: 0,
  bytesTotal: 600e6,
  bytesTotalIsEstimate: true,
  complete: false,
  state: 'none',
  isPinned: false,
  isDefault: /^(?:original|2160p-20000k|1080p-8000k|720p-4000k|480p-1500k|360p-720k)$/.test(quality),
  ...over,
})

const original = option('original', 'Original', {
  detail: '1080p H.264 · 12.4 Mbps',
  outcome: 'direct-play',
  bytesTotal: 9.1e9,
  bytesTotalIsEstimate: false,
})
const complete = (bytes: number): Partial<QualityOption> => ({
  complete: true,
  bytesPresent: bytes,
  bytesTotal: bytes,
  bytesTotalIsEstimate: false,
  state: 'complete',
})

const shelf = [
  option('240p-320k', '240p · 320 kbps'),
  option('480p-1500k', '480p · 1.5 Mbps', { bytesPresent: 214e6, bytesTotal: 624e6, state: 'partial' }),
  original,
  option('720p-4000k', '720p · 4 Mbps', complete(1.3e9)),
  option('1080p-8000k', '1080p · 8 Mbps', { bytesTotal: 5.9e9 }),
  option('1080p-20000k', '1080p · 20 Mbps', { unavailable: 'quality-above-source' }),
  option('360p-720k', '360p · 720 kbps'),
]

const input: QualityMenuInput = {
  options: shelf,
  sourceName: 'Attic',
  isSourceOnline: true,
  playing: asQuality('original'),
  isAutomatic: false,
}

const rowsOf = (over: Partial<QualityMenuInput> = {}): readonly QualityRow[] =>
  qualityMenu({ ...input, ...over }).sections.flatMap(({ rows }) => rows)
const rowOf = (label: string, over: Partial<QualityMenuInput> = {}): QualityRow => {
  const found = rowsOf(over).find((row) => row.label === label)
  if (found === undefined) throw new Error(`no row ${label}`)
  return found
}

describe('order', () => {
  test('Automatic, what is here, what the server can send; each from high to low', () => {
    const { sections } = qualityMenu(input)
    expect(sections.map(({ title, rows }) => [title, rows.map(({ label }) => label)])).toEqual([
      [null, ['Automatic']],
      ['On this computer', ['720p · 4 Mbps', '480p · 1.5 Mbps']],
      ['From Attic', ['Original', '1080p · 20 Mbps', '1080p · 8 Mbps', '360p · 720 kbps', '240p · 320 kbps']],
    ])
  })

  test('every quality has exactly one row, in any situation', () => {
    for (const isSourceOnline of [true, false]) {
      const targets = rowsOf({ isSourceOnline }).map(({ target }) => target)
      expect(targets.toSorted()).toEqual(['automatic', ...shelf.map(({ quality }) => quality)].toSorted())
    }
  })

  test('an empty section has no title to stand alone', () => {
    const { sections } = qualityMenu({ ...input, options: [original] })
    expect(sections.map(({ title }) => title)).toEqual([null, 'From Attic'])
  })
})

describe('a row says its outcome and cost', () => {
  test('complete', () => {
    expect(rowOf('720p · 4 Mbps')).toMatchObject({
      detail: 'ready offline',
      note: '1.3 GB',
      isHere: true,
      share: null,
      isDisabled: false,
    })
  })

  test('partial: share, what is missing, a bar', () => {
    const row = rowOf('480p · 1.5 Mbps')
    expect(row).toMatchObject({ note: '34 % here, ≈ 410 MB to fetch', isHere: false })
    expect(row.share).toBeCloseTo(0.343, 3)
  })

  test('nearly complete is not said to be complete', () => {
    const options = [option('720p-4000k', '720p', { bytesPresent: 999_999_999, bytesTotal: 1e9 })]
    expect(rowOf('720p', { options }).note).toContain('99 % here')
  })

  test('partial of unknown size', () => {
    const options = [option('720p-4000k', '720p', { bytesPresent: 5e6, bytesTotal: null })]
    expect(rowOf('720p', { options })).toMatchObject({ note: '5.0 MB here', share: null })
  })

  test('from the server', () => {
    expect(rowOf('Original')).toMatchObject({
      detail: '1080p H.264 · 12.4 Mbps · Direct play',
      note: '9.1 GB',
    })
    expect(rowOf('1080p · 8 Mbps')).toMatchObject({ detail: null, note: '≈ 5.9 GB · Transcode' })
  })

  test('what plays says what is really happening', () => {
    const playing = asQuality('720p-4000k')
    expect(rowOf('720p · 4 Mbps', { playing }).detail).toBe('plays from this computer')
    expect(rowOf('1080p · 8 Mbps', { playing: asQuality('1080p-8000k') }).detail).toBe(
      'H.264 + AAC · Transcode',
    )
  })
})

describe('what cannot be chosen is shown with its reason', () => {
  test('above the source', () => {
    expect(rowOf('1080p · 20 Mbps')).toMatchObject({ isDisabled: true, note: 'larger than the source' })
  })

  test('offline: the server’s rows need it, complete copies do not, partial ones play what is here', () => {
    const offline = { isSourceOnline: false }
    expect(rowOf('Original', offline)).toMatchObject({ isDisabled: true, note: 'needs the server' })
    expect(rowOf('720p · 4 Mbps', offline)).toMatchObject({ isDisabled: false, detail: 'ready offline' })
    expect(rowOf('480p · 1.5 Mbps', offline)).toMatchObject({
      isDisabled: false,
      detail: 'needs the server for the rest',
    })
  })

  test('particulars go below the label, which stays whole', () => {
    const reason = { code: 'relay-limit', subject: '2 Mbps' } as const
    const options = [option('1080p-8000k', '1080p · 8 Mbps', { unavailable: 'over-limit', reason })]
    expect(rowOf('1080p · 8 Mbps', { options })).toMatchObject({
      note: null,
      detail: 'More than Plex Relay carries (2 Mbps)',
      isDisabled: true,
      isDoubtful: false,
    })
  })

  test('what the server refused can be asked for again, while it answers', () => {
    const reason = { code: 'server-limit', subject: '3 Mbps' } as const
    const options = [option('1080p-8000k', '1080p · 8 Mbps', { unavailable: 'over-limit', reason })]
    expect(rowOf('1080p · 8 Mbps', { options })).toMatchObject({
      note: null,
      detail: 'More than the server sends (3 Mbps) · ask again',
      isDisabled: false,
      isDoubtful: true,
    })
    expect(rowOf('1080p · 8 Mbps', { options, isSourceOnline: false })).toMatchObject({
      detail: 'More than the server sends (3 Mbps)',
      isDisabled: true,
      isDoubtful: false,
    })
  })

  test('a reason of the core wins over what the page knows of the server', () => {
    const options = [option('1080p-8000k', '1080p', { unavailable: 'unplayable' })]
    expect(rowOf('1080p', { options, isSourceOnline: false }).note).toBe('cannot be played here')
  })
})

describe('the current row', () => {
  test('a choice is checked, and nothing else', () => {
    expect(rowsOf().filter(({ isChecked }) => isChecked)).toHaveLength(1)
    expect(rowOf('Original')).toMatchObject({ isChecked: true, isPlaying: true })
  })

  test('Automatic is checked, names what it plays, and marks it', () => {
    const auto = { isAutomatic: true, playing: asQuality('1080p-8000k') }
    expect(rowsOf(auto).filter(({ isChecked }) => isChecked)).toHaveLength(1)
    const link = { kbps: 9800, ageMs: 0, isServerBusy: false }
    const why = { ...auto, link, advice: { do: 'stay', why: 'fits' } as const }
    expect(rowOf('Automatic · 1080p', why)).toMatchObject({
      isChecked: true,
      detail: 'The link gives 9.8 Mbps',
    })
    expect(rowOf('Automatic', { ...why, isAutomatic: false })).toMatchObject({
      isChecked: false,
      detail: null,
    })
    expect(rowOf('1080p · 8 Mbps', auto)).toMatchObject({ isChecked: false, isPlaying: true })
  })
})

test('rungs nobody asks for fold away, unless they play', () => {
  expect(
    rowsOf()
      .filter(({ isFolded }) => isFolded)
      .map(({ label }) => label),
  ).toEqual(['1080p · 20 Mbps', '240p · 320 kbps'])
  expect(qualityMenu(input).foldedCount).toBe(2)
  expect(rowOf('240p · 320 kbps', { playing: asQuality('240p-320k') }).isFolded).toBe(false)
})

test('the title line tells where the picture comes from', () => {
  expect(playedFrom(original, true, 'Attic')).toBe('Direct play from this computer')
  const rung = option('720p-4000k', '720p · 4 Mbps')
  expect(playedFrom(rung, true, 'Attic')).toBe('720p 4 Mbps from this computer')
  expect(playedFrom(rung, false, 'Attic')).toBe('Transcode · 720p 4 Mbps from Attic')
})

test('alternatives are complete copies, best first, without what plays', () => {
  const options = [...shelf, { ...original, ...complete(9.1e9) }]
  expect(offlineAlternatives(options, null).map(({ label }) => label)).toEqual(['Original', '720p · 4 Mbps'])
  expect(offlineAlternatives(options, asQuality('original'))).toHaveLength(1)
})

test('the best rung is the highest default one that can be had; complete copies count', () => {
  expect(bestRung(shelf)?.quality).toBe('1080p-8000k')
  const away = shelf.map((each) =>
    each.complete ? each : { ...each, unavailable: 'source-unreachable' as const },
  )
  expect(bestRung(away)?.quality).toBe('720p-4000k')
  expect(bestRung([original])).toBeNull()
})
