import { it } from 'vitest'
import { checkDownloadsEnd } from '../test-support/disk-trouble.ts'

/** Once more with files cut into extents: less often. */
const runs = process.env['SPOOL_TEST_EXTENT_BYTES'] === undefined ? 200 : 80

it('every download ends once the disk is well again, whatever it did before', { timeout: 240_000 }, () =>
  checkDownloadsEnd(runs),
)
