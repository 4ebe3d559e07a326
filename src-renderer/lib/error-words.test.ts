import { expect, it } from 'vitest'
import { errorSentences } from '../../src-preload/contract/index.ts'
import { splitMessage } from './error-words.ts'

it('keeps particulars out of the sentence, and loses none', () => {
  const general = errorSentences['over-limit']
  expect(splitMessage('over-limit', `${general} (HTTP 509 (busy))`)).toEqual({
    sentence: general,
    codeLine: 'over-limit · HTTP 509 (busy)',
  })
  for (const message of [general, 'Attic ended this playback: no (really)', `${general} (cut`])
    expect(splitMessage('over-limit', message)).toEqual({ sentence: message, codeLine: 'over-limit' })
})
