import { it } from 'vitest'
import { checkSegmentModel } from '../model/test-support/segment-commands.ts'

it('keeps what it promises of segments, whatever goes wrong, many times', { timeout: 900_000 }, () =>
  checkSegmentModel(10_000),
)
