import { beforeAll, expect, it } from 'vitest'
import { type QualityOption, asQuality } from '../../src-preload/contract/index.ts'
import { setUpI18n } from '../i18n/setup.ts'
import { planWords, whyThisQuality } from './why-this-quality.ts'

beforeAll(setUpI18n)

const option = (quality: string, over: Partial<QualityOption>): QualityOption => ({
  quality: asQuality(quality),
  label: quality,
  detail: '',
  outcome: 'transcode',
  bitrateKbps: null,
  bytesPresent: 0,
  bytesTotal: null,
  bytesTotalIsEstimate: true,
  complete: false,
  state: 'none',
  isPinned: false,
  isDefault: true,
  ...over,
})
const rung = option('480p-1500k', { reason: { code: 'converted', subject: null } })

it('says who chose, and why', () => {
  const link = { kbps: 5100, ageMs: 0, isServerBusy: false }
  expect(whyThisQuality(false, 'best', link)).toBe('You have chosen')
  expect(whyThisQuality(true, null, link)).toBeNull()
  expect(whyThisQuality(true, 'fits', link)).toBe('Automatic: The link gives 5.1 Mbps')
  expect(whyThisQuality(true, 'here', null)).toBe('Automatic: Plays from this computer')
})

it('says what the plan decided, and what keeps the original from playing', () => {
  expect(planWords(null, [])).toBeNull()
  expect(planWords(rung, [rung])).toBe('Converted by the server')
  const fine = option('original', { outcome: 'direct-play', reason: { code: 'as-it-is', subject: null } })
  expect(planWords(fine, [fine, rung])).toBe('Played as it is')
  expect(planWords(rung, [fine, rung])).toBe('Converted by the server')
  expect(planWords({ ...fine, complete: true }, [fine])).toBe('All of it is here; the server is not asked')
  const silent = option('original', {
    outcome: 'unplayable',
    unavailable: 'unplayable',
    reason: { code: 'audio-codec', subject: 'AC-3' },
  })
  expect(planWords(rung, [silent, rung])).toBe(
    'Converted by the server. Original: AC-3 sound does not play here',
  )
})
