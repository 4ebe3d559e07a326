import { it } from 'vitest'
import { checkDownloadsEnd } from '../test-support/disk-trouble.ts'

it('every download ends once the disk is well again, many times', { timeout: 900_000 }, () =>
  checkDownloadsEnd(5_000),
)
