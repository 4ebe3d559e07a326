import Database from 'better-sqlite3'
import { join } from 'node:path'
import { becomesComplete } from './support/cached.ts'
import { expect, test } from './support/fixtures.ts'
import { fetchServerFile, sha256 } from './support/server-file.ts'
import { films, findTitle, keyOf } from './support/titles.ts'

test('after SIGKILL in the middle of a download only the rest is fetched', async ({ demo, restartApp }) => {
  test.setTimeout(180_000)
  const served = await fetchServerFile(demo, films.heavy)
  await demo.control({ mbps: 80 })
  const first = await restartApp()
  const key = keyOf(await findTitle(first, films.heavy), 'original')
  await first.call('cache.preCache', key)
  await expect
    .poll(async () => (await first.call('cache.isCached', key)).bytesPresent, {
      timeout: 60_000,
      intervals: [100],
    })
    .toBeGreaterThan(served.bytes.length * 0.4)
  await first.kill()

  const recorded = recordedBytes(first.dataDir)
  expect(recorded).toBeGreaterThan(0)
  expect(recorded).toBeLessThan(served.bytes.length)

  await demo.control({ mbps: null })
  await demo.resetCounters()
  const second = await restartApp()
  await becomesComplete(second, key)
  const fetched = (await demo.counters()).byPath[served.path]
  expect(fetched?.bytes).toBe(served.bytes.length - recorded)

  const stream = await second.call('cache.getCachedStreamWithQuality', key)
  const bytes = Buffer.from(await (await fetch(stream.externalUrl ?? '')).arrayBuffer())
  expect(sha256(bytes)).toBe(served.sha256)
})

/** What the database says is on disk, read from beside the process that was killed. */
function recordedBytes(dataDir: string): number {
  const db = new Database(join(dataDir, 'cache.db'))
  try {
    const row = db.prepare('SELECT coalesce(sum(len), 0) AS bytes FROM cache_chunks').get() as {
      bytes: number
    }
    return row.bytes
  } finally {
    db.close()
  }
}
