import { it } from 'vitest'
import { mebibyte } from './test-support/cache-fixture.ts'
import { surviveKills } from './test-support/survive-kills.ts'

it(
  'survives five hundred kills at any moment of a busy download, and fetches nothing twice that was recorded',
  { timeout: 2_400_000 },
  () => surviveKills(500, 160 * mebibyte + 99),
)
