import { it } from 'vitest'
import { checkModel } from './test-support/model-property.ts'

/** Once more with files cut into extents: half as often. */
const share = process.env['SPOOL_TEST_EXTENT_BYTES'] === undefined ? 1 : 0.5

it(
  'holds what it promises when nothing goes wrong, and needs no time for it beyond the calm of a seek',
  { timeout: 120_000 },
  () => checkModel(500 * share, true),
)

it('holds what it promises whatever goes wrong', { timeout: 240_000 }, () => checkModel(1_500 * share, false))
