import { beforeAll, expect, test } from 'vitest'
import type { WaitingReason } from '../../src-preload/contract/index.ts'
import { setUpI18n } from '../i18n/setup.ts'
import { waitingSentence, wouldAnotherQualityHelp } from './waiting-sentence.ts'

beforeAll(setUpI18n)

// Total by its type: a new reason does not compile before it stands here.
const helps: Readonly<Record<WaitingReason, boolean>> = {
  'source-unreachable': true,
  'source-slow': true,
  'link-too-slow': true,
  'transcoder-starting': false,
  'server-paces': true,
  'disk-full': false,
  'disk-slow': false,
  'player-first': false,
  retrying: true,
}
const reasons = Object.keys(helps) as readonly WaitingReason[]

test('every reason has a sentence of its own', () => {
  const sentences = [...reasons, null].map((reason) => waitingSentence(reason, 'Attic'))
  expect(new Set(sentences).size).toBe(reasons.length + 1)
  for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*[.]$/)
  expect(waitingSentence('source-unreachable', 'Attic')).toBe('Attic does not answer. Spool keeps trying.')
})

test.each(reasons)('whether another quality helps against %s', (reason) => {
  expect(wouldAnotherQualityHelp(reason)).toBe(helps[reason])
})
