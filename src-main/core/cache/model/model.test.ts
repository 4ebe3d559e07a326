import { it } from 'vitest'
import { checkModel } from './test-support/model-property.ts'

it(
  'holds what it promises when nothing goes wrong, and needs no time for it beyond the calm of a seek',
  { timeout: 60_000 },
  () => checkModel(500, true),
)

it('holds what it promises whatever goes wrong', { timeout: 120_000 }, () => checkModel(1_500, false))
