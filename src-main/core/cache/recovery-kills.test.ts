import { it } from 'vitest'
import { mebibyte } from './test-support/cache-fixture.ts'
import { surviveKills } from './test-support/survive-kills.ts'

// Most of it is fifty processes starting.
it(
  'survives fifty kills at any moment of a busy download, and fetches nothing twice that was recorded',
  { timeout: 400_000 },
  () => surviveKills(50, 64 * mebibyte + 99),
)
