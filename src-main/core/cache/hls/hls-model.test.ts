import { it } from 'vitest'
import { checkSegmentModel } from '../model/test-support/segment-commands.ts'

it('keeps what it promises of segments, whatever goes wrong', { timeout: 120_000 }, () =>
  checkSegmentModel(200),
)
