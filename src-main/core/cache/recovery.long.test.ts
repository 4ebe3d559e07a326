import { it } from 'vitest'
import { mebibyte } from './test-support/cache-fixture.ts'
import { surviveKills } from './test-support/survive-kills.ts'

// Ten films: of one that lasts for five hundred lives, none would bring a whole chunk.
it(
  'survives five hundred kills at any moment of a busy download, and fetches nothing twice that was recorded',
  { timeout: 2_400_000 },
  async () => {
    for (let film = 0; film < 10; film += 1) await surviveKills(50, 64 * mebibyte + 99)
  },
)
