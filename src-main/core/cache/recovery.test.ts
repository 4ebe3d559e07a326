import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { CacheFixture, mebibyte, sha256, testData, testKey, until } from './test-support/cache-fixture.ts'

const size = 40 * mebibyte + 99
const data = testData(size)

it('loses nothing that was recorded when the process is killed, and fetches only the rest', async () => {
  await using fixture = await CacheFixture.create(data)
  await fixture.close()
  fixture.origin.bytesPerSecond = 16 * mebibyte
  const script = join(import.meta.dirname, 'test-support/killed-download.ts')
  const child = spawn(process.execPath, [script, fixture.folder, fixture.origin.url, String(size)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const watcher = new Database(join(fixture.folder, 'cache.db'), { readonly: true })
  const recorded = watcher.prepare<[], number>('SELECT COALESCE(SUM(len), 0) FROM cache_chunks').pluck()
  await until(() => recorded.get()! >= 8 * mebibyte, 15_000)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const kept = recorded.get()!
  watcher.close()
  expect(kept).toBeLessThan(size)

  fixture.origin.bytesPerSecond = null
  fixture.origin.requests.length = 0
  fixture.upstream.setReachable(false)
  mkdirSync(fixture.folder, { recursive: true })
  await fixture.open()
  const status = await fixture.cache.isCached(testKey())
  expect(status).toMatchObject({ bytesPresent: kept, state: 'filling' })
  expect(sha256(await fixture.read(0, mebibyte))).toBe(sha256(data.subarray(0, mebibyte)))

  // The download goes on by itself.
  fixture.upstream.setReachable(true)
  await until(async () => (await fixture.cache.isCached(testKey())).cached, 15_000)
  const fetched = fixture.origin.requests.reduce((sum, { start, end }) => sum + end - start, 0)
  expect(fetched).toBe(size - kept)
  fixture.upstream.setReachable(false)
  expect(sha256(await fixture.read(0, size))).toBe(sha256(data))
}, 40_000)
