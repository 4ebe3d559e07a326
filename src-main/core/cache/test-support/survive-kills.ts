import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect } from 'vitest'
import { CacheFixture, mebibyte, sha256, testData, testKey, until } from './cache-fixture.ts'

/** Of a life from its first request on; it syncs each 250 ms. */
const mostLifeMs = 600

const waitMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function chunksIn(path: string): number[] {
  const db = new Database(path, { readonly: true })
  try {
    return db.prepare<[], number>('SELECT idx FROM cache_chunks ORDER BY idx').pluck().all()
  } finally {
    db.close()
  }
}

/** A process that downloads is killed `kills` times at any moment: nothing that was recorded is fetched again, and every byte is right at the end. */
export async function surviveKills(kills: number, size: number): Promise<void> {
  const data = testData(size)
  await using fixture = await CacheFixture.create(data)
  await fixture.close()
  const { origin } = fixture
  // So slow that there is something left to fetch for the last of them: about half of the lives last until a sync.
  origin.bytesPerSecond = Math.ceil((3 * size) / kills)
  const script = join(import.meta.dirname, 'killed-download.ts')
  const path = join(fixture.folder, 'cache.db')
  let recorded: number[] = []
  for (let kill = 0; kill < kills; kill += 1) {
    origin.requests.length = 0
    const child = spawn(process.execPath, [script, fixture.folder, origin.url, String(size)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const exited = once(child, 'exit')
    // Now and then before it began, mostly while it writes and syncs.
    if (kill % 10 === 0) await waitMs(Math.random() * 400)
    else {
      // When all is here already none comes, which is a life like any other.
      const isWhole = recorded.length === Math.ceil(size / mebibyte)
      if (!isWhole) await until(() => origin.requests.length > 0, 30_000)
      // Every third lasts until it recorded something, however slow the machine is; the others as long as it happens.
      if (kill % 3 === 0 && !isWhole) await until(() => chunksIn(path).length > recorded.length, 30_000)
      await waitMs(Math.random() * mostLifeMs)
    }
    child.kill('SIGKILL')
    await exited
    for (const { start, end } of origin.requests) {
      const again = recorded.filter((idx) => idx * mebibyte < end && (idx + 1) * mebibyte > start)
      expect(again).toEqual([])
    }
    const now = chunksIn(path)
    expect(recorded.filter((idx) => !now.includes(idx))).toEqual([])
    recorded = now
  }
  expect(recorded.length).toBeGreaterThan(10)

  origin.bytesPerSecond = null
  origin.requests.length = 0
  await fixture.open()
  await until(async () => (await fixture.cache.isCached(testKey())).cached, 60_000)
  const fetched = origin.requests.reduce((sum, { start, end }) => sum + end - start, 0)
  const kept = recorded.reduce((sum, idx) => sum + Math.min(mebibyte, size - idx * mebibyte), 0)
  expect(fetched).toBe(size - kept)
  fixture.upstream.setReachable(false)
  expect(sha256(await fixture.read(0, size))).toBe(sha256(data))
  // Recorded hashes are those of the disk: read again, each chunk checked against its row.
  await fixture.reopen()
  expect(sha256(await fixture.read(0, size))).toBe(sha256(data))
}
