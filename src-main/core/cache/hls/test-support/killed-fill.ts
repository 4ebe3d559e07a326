/** A process of its own that fills one rung until somebody kills it: `node killed-fill.ts <folder> <origin url> <count>`. */
import { join } from 'node:path'
import { systemClock } from '../../../base/clock.ts'
import { createFileCache } from '../../create-file-cache.ts'
import { openTestDatabase, silentLogger } from '../../test-support/cache-fixture.ts'
import { MemoryTranscodes } from '../../test-support/memory-transcodes.ts'
import { createHlsEntry } from '../hls-entry.ts'
import { OriginUpstream } from './origin-upstream.ts'
import { rungKey } from './rung-key.ts'

const [folder = '', base = '', count = ''] = process.argv.slice(2)
const upstream = new OriginUpstream({ base, onEnded: () => undefined })
const plan = new MemoryTranscodes(Number(count), () => undefined).plan(rungKey, 1)
const cache = await createFileCache({
  db: openTestDatabase(join(folder, 'cache.db')),
  cacheFolder: join(folder, 'cache'),
  upstream: Object.assign(upstream, { plan: () => Promise.resolve(plan) }),
  clock: systemClock,
  logger: silentLogger,
  limits: { limitBytes: 10 ** 12, reserveBytes: 0, backgroundKbps: null },
  openHlsEntry: (context) => createHlsEntry(context),
})
await cache.preCache(rungKey, true)
// Timers of the cache keep no process alive; this one stays until it is killed, or told that all is there.
setInterval(() => {
  void cache.isCached(rungKey).then(async ({ cached }) => {
    if (!cached) return
    await cache.close(2_000)
    process.exit(0)
  })
}, 100)
