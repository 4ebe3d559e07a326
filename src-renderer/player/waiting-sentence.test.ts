import { beforeAll, describe, expect, test } from 'vitest'
import { type QualityOption, type WaitingReason, asQuality } from '../../src-preload/contract/index.ts'
import { setUpI18n } from '../i18n/setup.ts'
import { type Wait, explainWait } from './waiting-sentence.ts'

beforeAll(setUpI18n)

const option = (
  quality: string,
  label: string,
  bitrateKbps: number,
  over: Partial<QualityOption> = {},
): QualityOption => ({
  quality: asQuality(quality),
  label,
  detail: 'H.264 + AAC',
  outcome: 'transcode',
  bitrateKbps,
  bytesPresent: 0,
  bytesTotal: 600e6,
  bytesTotalIsEstimate: true,
  complete: false,
  state: 'none',
  isPinned: false,
  isDefault: true,
  ...over,
})
const original = option('original', 'Original', 12_000, { outcome: 'direct-play' })
const p1080 = option('1080p-8000k', '1080p · 8 Mbps', 8000)
const p720 = option('720p-4000k', '720p · 4 Mbps', 4000)
const p480 = option('480p-1500k', '480p · 1.5 Mbps', 1500)
const options = [original, p1080, p720, p480]
const here: Partial<QualityOption> = { complete: true, state: 'complete', bytesPresent: 9 }

const explain = (
  reason: WaitingReason | null,
  {
    kbps = null,
    isServerBusy = false,
    ...over
  }: Partial<Wait> & { kbps?: number | null; isServerBusy?: boolean } = {},
) =>
  explainWait({
    source: 'Attic',
    connection: 'lan',
    stats: { waitingReason: reason, waitingMs: 1000, neededKbps: null, measuredKbps: null },
    link: { kbps, ageMs: 0, isServerBusy },
    playing: p1080,
    options,
    ...over,
  })

test('offers a quality that is not shown at once where none of those fits', () => {
  const p240 = option('240p-320k', '240p · 320 kbps', 320, { isDefault: false })
  const p1080high = option('1080p-20000k', '1080p · 20 Mbps', 20_000, { isDefault: false })
  const all = [...options, p240, p1080high]
  expect(explain('link-too-slow', { kbps: 540, options: all }).help).toEqual({ do: 'switch', option: p240 })
  expect(explain('link-too-slow', { kbps: 5100, options: all }).help).toEqual({ do: 'switch', option: p720 })
})

describe('the sentence', () => {
  test.each<[WaitingReason | null, string]>([
    [null, 'Waiting for Attic.'],
    ['source-unreachable', 'Attic does not answer. Spool keeps trying.'],
    ['source-slow', 'Attic sends more slowly than this quality plays.'],
    ['link-too-slow', 'Attic sends more slowly than this quality plays.'],
    ['transcoder-starting', 'Attic is preparing this quality.'],
    ['server-preparing', 'Attic is making the file; it is fetched when it is ready.'],
    ['server-paces', 'Attic is still converting this part.'],
    ['disk-full', 'The disk is full. Spool plays on without keeping.'],
    ['disk-slow', 'The cache disk does not keep up.'],
    ['player-first', 'The download waits while something plays.'],
    ['retrying', 'Attic answered with an error. Spool is asking again.'],
  ])('%s without figures', (reason, sentence) => expect(explain(reason).sentence).toBe(sentence))

  test('names both figures of a slow link, also when it is only known to be slow', () => {
    for (const reason of ['link-too-slow', 'source-slow', null] as const)
      expect(explain(reason, { kbps: 5100 }).sentence).toBe(
        'The link to Attic gives 5.1 Mbps, and this quality needs 8 Mbps.',
      )
  })

  test('names a relay', () => {
    expect(explain('link-too-slow', { kbps: 1900, connection: 'relay' }).sentence).toBe(
      'The relay to Attic gives 1.9 Mbps, and this quality needs 8 Mbps.',
    )
  })

  test('does not blame a fast link for a slow server', () => {
    expect(explain('source-slow', { kbps: 90_000, isServerBusy: true }).sentence).toBe(
      'Attic converts this quality more slowly than it plays.',
    )
  })

  test('does not ask what a server that is away might be doing', () => {
    expect(explain('transcoder-starting', { connection: 'offline' }).sentence).toMatch(/does not answer/)
  })

  test('an old measure is not quoted', () => {
    const link = { kbps: 100, ageMs: 60_000, isServerBusy: false }
    expect(explain('source-slow', { link }).sentence).toBe('Attic sends more slowly than this quality plays.')
  })
})

describe('what helps', () => {
  const helpOf = (...given: Parameters<typeof explain>): string => {
    const { help } = explain(...given)
    if (help === null) return 'nothing'
    return 'option' in help ? `${help.do} ${help.option.label}` : help.do
  }
  const copies = (...qualities: readonly QualityOption[]) =>
    options.map((one) => (qualities.includes(one) ? { ...one, ...here } : one))

  test('the best quality that the link carries with room to spare', () => {
    expect(helpOf('link-too-slow', { kbps: 5000 })).toBe('switch 720p · 4 Mbps')
    expect(helpOf('link-too-slow', { kbps: 4700 })).toBe('switch 480p · 1.5 Mbps')
    expect(helpOf('link-too-slow', { kbps: 300 })).toBe('try-again')
  })

  test('a copy, where it is as good as what could be sent, or where nothing can be', () => {
    expect(helpOf('link-too-slow', { kbps: 5000, options: copies(p480) })).toBe('switch 720p · 4 Mbps')
    expect(helpOf('link-too-slow', { kbps: 5000, options: copies(p720) })).toBe('play-copy 720p · 4 Mbps')
    expect(helpOf('source-unreachable', { options: copies(p480) })).toBe('play-copy 480p · 1.5 Mbps')
    expect(helpOf('retrying', { options: copies(p480) })).toBe('play-copy 480p · 1.5 Mbps')
  })

  test('another look at a server that is away, another try with one that fails', () => {
    expect(helpOf('source-unreachable')).toBe('look-again')
    expect(helpOf('retrying')).toBe('try-again')
  })

  test('what a slow server need not convert, or less of it', () => {
    expect(helpOf(null, { kbps: 90_000, isServerBusy: true })).toBe('switch Original')
    const options = [p1080, p720, p480]
    expect(helpOf(null, { kbps: 90_000, isServerBusy: true, options })).toBe('switch 720p · 4 Mbps')
  })

  test('patience while a quality is prepared; a copy when that takes long', () => {
    const stats = {
      waitingReason: 'transcoder-starting',
      waitingMs: 9000,
      neededKbps: null,
      measuredKbps: null,
    } as const
    expect(helpOf('transcoder-starting', { options: copies(p480) })).toBe('nothing')
    expect(helpOf('transcoder-starting', { options: copies(p480), stats })).toBe('play-copy 480p · 1.5 Mbps')
  })

  test.each(['disk-full', 'disk-slow', 'player-first'] as const)('nothing against %s', (reason) => {
    expect(helpOf(reason, { options: copies(p480) })).toBe('nothing')
  })

  test('never what cannot be had, and never what is waited for', () => {
    const away = options.map((one) => ({ ...one, unavailable: 'over-limit' as const }))
    expect(helpOf('link-too-slow', { kbps: 5000, options: away })).toBe('try-again')
    expect(helpOf('source-unreachable', { playing: p480, options: copies(p480) })).toBe('look-again')
  })
})
