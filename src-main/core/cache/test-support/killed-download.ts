/**
 * A process of its own that downloads one key until somebody kills it: `node killed-download.ts <folder> <origin url> <size>`. By its clock it
 * syncs several times a second, so that much more of its life than otherwise is spent where a kill could hurt.
 */
import { join } from 'node:path'
import { createFileCache } from '../create-file-cache.ts'
import { openTestDatabase, silentLogger, testKey } from './cache-fixture.ts'
import { fastClock } from './fast-clock.ts'
import { HttpUpstream } from './http-upstream.ts'

const [folder = '', url = '', size = ''] = process.argv.slice(2)
const cache = await createFileCache({
  db: openTestDatabase(join(folder, 'cache.db')),
  cacheFolder: join(folder, 'cache'),
  upstream: new HttpUpstream({ url, data: { length: Number(size) } }),
  clock: fastClock(8),
  logger: silentLogger,
  limits: { limitBytes: 10 ** 12, reserveBytes: 0, backgroundKbps: null },
  openHlsEntry: () => {
    throw new Error('no HLS here')
  },
})
await cache.preCache(testKey(), true)
// Timers of the cache keep no process alive; this one stays until it is killed.
setInterval(() => undefined, 1_000)
