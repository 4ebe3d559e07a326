import { testKey } from '../../test-support/cache-fixture.ts'

/** What the killed process fills. */
export const rungKey = testKey('1', '480p-200k')
