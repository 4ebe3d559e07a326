import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openTestDatabase, readAll, testData, testKey } from '../test-support/cache-fixture.ts'
import { MemoryRig, placeOf, rigChunkBytes } from '../test-support/memory-rig.ts'

const chunks = 40
const data = testData(chunks * rigChunkBytes)
const other = testData(3 * rigChunkBytes, 2)
/** A little more than a chunk takes at 20 MB/s. */
const chunkMs = 1

let folder: string
let rig: MemoryRig
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'spool-scrub-'))
  rig = new MemoryRig()
  rig.upstream.put('1', data)
  rig.upstream.put('2', other)
  await rig.open(openTestDatabase(join(folder, 'cache.db')))
  await rig.cache.preCache(testKey('1'), true)
  await rig.cache.preCache(testKey('2'), true)
  await rig.pass(5_000)
  // Until everything is closed again.
  await rig.pass(15_000)
})
afterEach(async () => {
  await rig.close()
  rmSync(folder, { recursive: true })
})

const verified = (): string[] =>
  rig.db
    .prepare<[], string>(
      'SELECT media_id FROM cache_entries e JOIN cache_generations g ON g.entry_id = e.id WHERE verified_at IS NOT NULL',
    )
    .pluck()
    .all()

const reads = (): { count: number } => {
  const counter = { count: 0 }
  rig.disk.step = (call) => {
    if (call === 'read') counter.count += 1
    return Promise.resolve()
  }
  return counter
}

function flip(mediaId: string, position: number): void {
  const storeName = rig.db
    .prepare<[string], string>(
      'SELECT store_name FROM cache_entries e JOIN cache_generations g ON g.entry_id = e.id WHERE media_id = ?',
    )
    .pluck()
    .get(mediaId)
  const place = placeOf(position)
  rig.disk.flipBit(join(rig.cacheFolder, storeName ?? '', place.name), place.position)
}

/** In steps shorter than the pause after one chunk. */
async function passFinely(durationMs: number): Promise<void> {
  for (let passed = 0; passed < durationMs; passed += chunkMs) {
    rig.clock.advance(chunkMs)
    await rig.settle()
  }
}

it('reads everything once when nobody needs the disk, at its pace, and not again for a month', async () => {
  const counter = reads()
  rig.clock.advance(60_000)
  await rig.settle()
  await passFinely(10 * chunkMs)
  expect(counter.count).toBeGreaterThan(5)
  expect(counter.count).toBeLessThan(15)
  await rig.pass(90_000)
  expect(verified().sort()).toEqual(['1', '2'])
  const all = counter.count
  expect(all).toBe(chunks + 3)
  await rig.pass(600_000)
  expect(counter.count).toBe(all)
  rig.clock.advance(31 * 24 * 60 * 60 * 1000)
  await rig.pass(90_000)
  expect(counter.count).toBe(2 * all)
})

it('finds damage, and has it fetched again', async () => {
  flip('1', 5 * rigChunkBytes + 3)
  const before = rig.upstream.fetched.length
  await rig.pass(90_000)
  expect(rig.upstream.fetched.slice(before)).toMatchObject([
    { start: 5 * rigChunkBytes, end: 6 * rigChunkBytes },
  ])
  expect((await rig.cache.isCached(testKey('1'))).cached).toBe(true)
  const actions = (await rig.cache.getHistory(20)).map(({ action }) => action)
  expect(actions.slice(0, 2)).toEqual(['completed', 'damaged'])
})

it('steps aside for a player, and goes on later where it stopped, also after a restart', async () => {
  const counter = reads()
  rig.clock.advance(60_000)
  await rig.settle()
  await passFinely(8 * chunkMs)
  const { entryId } = await rig.cache.getCachedStreamWithQuality(testKey('2'))
  const media = await rig.cache.openMedia(entryId)
  if (media.kind !== 'file') throw new Error('not a file')
  await passFinely(3 * chunkMs)
  const until = counter.count
  await rig.pass(180_000)
  expect(counter.count).toBe(until)
  expect(verified()).toEqual([])
  await readAll(media.read(0, 10, new AbortController().signal))
  media[Symbol.dispose]()
  await rig.close()
  await rig.open(openTestDatabase(join(folder, 'cache.db')))
  const rest = reads()
  await rig.pass(120_000)
  expect(verified().sort()).toEqual(['1', '2'])
  // What was read before is not read again; the chunk in hand may be.
  expect(rest.count).toBeLessThanOrEqual(chunks + 3 - until + 1)
})

it('reads nothing at a start after a clean close, and begins with what was open after another end', async () => {
  await rig.pass(90_000)
  expect(verified()).toHaveLength(2)
  await rig.close()
  const calls: string[] = []
  rig.disk.step = (call) => {
    calls.push(call)
    return Promise.resolve()
  }
  await rig.open(openTestDatabase(join(folder, 'cache.db')))
  await rig.settle()
  expect(calls.filter((call) => ['open', 'read', 'size', 'stat', 'files'].includes(call))).toEqual([])
  await rig.pass(150_000)
  expect(calls).not.toContain('read')

  // One entry is open when the power fails.
  await rig.cache.getCurrentStats(testKey('2'))
  const database = rig.db.serialize()
  await rig.close()
  writeFileSync(join(folder, 'after.db'), database)
  await rig.open(openTestDatabase(join(folder, 'after.db')))
  const counter = reads()
  await rig.pass(120_000)
  expect(counter.count).toBe(3)
})
