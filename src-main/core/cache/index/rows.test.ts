import Database from 'better-sqlite3'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { defined } from '../../base/control.ts'
import { SpoolError } from '../../spool-error.ts'
import { openTestDatabase, readAll, testData, testKey } from '../test-support/cache-fixture.ts'
import { MemoryDisk } from '../test-support/memory-disk.ts'
import { MemoryRig, rigChunkBytes } from '../test-support/memory-rig.ts'

const data = testData(5 * rigChunkBytes + 77)
const idx = fc.oneof(fc.nat(7), fc.constantFrom(1_000_000, Number.MAX_SAFE_INTEGER))
const amount = fc.oneof(
  fc.constantFrom(
    1,
    rigChunkBytes - 1,
    rigChunkBytes,
    rigChunkBytes + 1,
    data.length,
    Number.MAX_SAFE_INTEGER,
  ),
  fc.integer({ min: 1, max: 200_000 }),
)
const hash = fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes))

const header = fc.option(
  fc.oneof(
    fc.constantFrom('"a"', 'W/"a"', '"a', 'Thu, 01 Jan 2026 00:00:00 GMT', '"a"\r\nx-plex-token: b'),
    fc.string({ unit: 'binary', maxLength: 20 }),
  ),
)

/** Any change of rows that the schema lets through. */
const change = fc.oneof(
  fc.tuple(
    fc.constant('INSERT OR REPLACE INTO cache_chunks SELECT id, ?, ?, ? FROM cache_generations'),
    fc.tuple(idx, amount, hash),
  ),
  fc.tuple(fc.constant('UPDATE cache_chunks SET hash = ? WHERE idx = ?'), fc.tuple(hash, idx)),
  fc.tuple(fc.constant('UPDATE cache_chunks SET len = ? WHERE idx = ?'), fc.tuple(amount, idx)),
  fc.tuple(fc.constant('DELETE FROM cache_chunks WHERE idx = ?'), fc.tuple(idx)),
  fc.tuple(fc.constant('UPDATE cache_generations SET bytes_present = ?'), fc.tuple(amount)),
  fc.tuple(fc.constant('UPDATE cache_generations SET completed_at = ?'), fc.tuple(fc.option(fc.nat()))),
  fc.tuple(
    fc.constant('UPDATE cache_generations SET chunk_size = ?'),
    fc.tuple(fc.integer({ min: 512, max: 200_000 })),
  ),
  fc.tuple(fc.constant('UPDATE cache_generations SET duration_ms = ?'), fc.tuple(fc.option(fc.integer()))),
  fc.tuple(
    fc.constant('UPDATE cache_generations SET etag = ?, etag_is_strong = ?, last_modified = ?'),
    fc.tuple(header, fc.option(fc.nat(1)), header),
  ),
  fc.tuple(
    fc.constant('UPDATE cache_generations SET matched_at = ?'),
    fc.tuple(fc.option(fc.maxSafeInteger())),
  ),
  fc.tuple(
    fc.constant('UPDATE cache_entries SET access_seq = ?, access_at = ?'),
    fc.tuple(fc.maxSafeInteger(), fc.maxSafeInteger()),
  ),
  fc.tuple(
    fc.constant("INSERT OR REPLACE INTO cache_downloads VALUES (1, ?, ?, 'parked', 0, ?, 'x', 0)"),
    fc.tuple(fc.integer(), fc.integer(), fc.option(fc.maxSafeInteger())),
  ),
  fc.tuple(
    fc.constant('INSERT OR IGNORE INTO cache_doomed VALUES (?, ?, ?, 0)'),
    fc.tuple(fc.constantFrom('gone', 'a__b__c~0123456789abcdef-abcdefgh'), amount, fc.integer()),
  ),
)

it('never lets rows that are wrong become bytes that are wrong', { timeout: 30_000 }, async () => {
  const whole = new MemoryRig()
  whole.upstream.put('1', data)
  await whole.open(openTestDatabase(':memory:'))
  await read(whole)
  await whole.pass(3_000)
  expect((await whole.cache.isCached(testKey())).cached).toBe(true)
  const rows = whole.db.serialize()
  const disk = whole.disk.image()
  await whole.close()

  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
      const rig = new MemoryRig()
      rig.disk = MemoryDisk.after(disk, 'kept', Math.random)
      rig.upstream.put('1', data)
      const db = new Database(rows)
      for (const [sql, values] of changes) db.prepare(sql).run(...(values as unknown[]))
      await rig.open(db)
      const first = await read(rig)
      expect(first.equals(data)).toBe(true)
      await rig.pass(12_000)
      // From the disk this time, each chunk checked.
      expect((await read(rig)).equals(data)).toBe(true)
      await rig.close()
      expect(rig.errors).toEqual([])
      expect(rig.disk.openFiles).toBe(0)
    }),
    { numRuns: 80 },
  )
})

/** Where rows say that the server has another file now, who reads is told to come again, and does. */
async function read(rig: MemoryRig): Promise<Buffer> {
  try {
    return await readOnce(rig)
  } catch (error) {
    if (!(error instanceof SpoolError) || error.code !== 'bad-reply') throw error
    const [latest] = (await rig.cache.getHistory(100)).filter(({ action }) => action === 'replaced')
    expect(latest?.reason).toBe('the file changed on the server')
    return await readOnce(rig)
  }
}

async function readOnce(rig: MemoryRig): Promise<Buffer> {
  const { entryId } = await rig.cache.getCachedStreamWithQuality(testKey())
  using media = await rig.cache.openMedia(entryId)
  if (media.kind !== 'file') throw new Error('not a file')
  const { signal } = new AbortController()
  return await readAll(media.read(0, defined(await media.size(signal), 'size'), signal))
}
