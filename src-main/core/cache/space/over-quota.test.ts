import { expect, it } from 'vitest'
import { CacheFixture, mebibyte, testData, testKey, until } from '../test-support/cache-fixture.ts'

const limitBytes = 64 * mebibyte
const extentBytes = 4 * mebibyte
const size = 150 * mebibyte + 321
const data = testData(size)
const film = testKey('film')

/** A cache that can hold less than half of the film; two minutes of it are five megabytes. */
async function create(): Promise<CacheFixture> {
  const fixture = await CacheFixture.create(data, { limitBytes })
  fixture.extentBytes = extentBytes
  await fixture.reopen()
  fixture.upstream.planChange = { durationMs: 3_600_000 }
  return fixture
}

const evictedBytes = async (fixture: CacheFixture): Promise<number> =>
  (await fixture.cache.getHistory(1000))
    .filter(({ action }) => action === 'evicted')
    .reduce((sum, { bytes }) => sum + bytes, 0)

it('plays a film that is larger than the cache, keeps its end, and never holds more than it may', async () => {
  await using fixture = await create()
  using file = await fixture.openFile(film)
  const reader = file.read(0, size, new AbortController().signal)
  let position = 0
  let mostUsed = 0
  for (let piece = await reader.read(); piece !== null; piece = await reader.read()) {
    expect(data.subarray(position, position + piece.length).equals(piece)).toBe(true)
    if (position % (2 * mebibyte) < piece.length) {
      const { bytesUsed } = await fixture.cache.getStats()
      mostUsed = Math.max(mostUsed, bytesUsed + fixture.cache.counters().reservedBytes)
      expect(mostUsed).toBeLessThanOrEqual(limitBytes)
      expect(fixture.bytesOnDisk()).toBeLessThanOrEqual(limitBytes + 2 * extentBytes)
    }
    reader.release?.(piece)
    position += piece.length
  }
  expect(position).toBe(size)
  // It was kept as it came: what went, went for what followed.
  await until(async () => (await fixture.cache.getStats()).bytesUsed + (await evictedBytes(fixture)) === size)
  const { bytesUsed, bytesFetched, bytesPassedThrough } = await fixture.cache.getStats()
  expect(bytesUsed).toBeGreaterThan(limitBytes / 2)
  expect(bytesFetched).toBe(size)
  expect(bytesPassedThrough).toBe(0)

  // Two minutes back, and the head where players look first, need no server.
  fixture.upstream.setReachable(false)
  for (const [start, end] of [
    [0, mebibyte],
    [size - 6 * mebibyte, size],
  ] as const)
    expect((await fixture.read(start, end, film)).equals(data.subarray(start, end))).toBe(true)
  fixture.upstream.setReachable(true)
  // What went is fetched again, into files of the same name.
  const [start, end] = [20 * mebibyte, 21 * mebibyte]
  expect((await fixture.read(start, end, film)).equals(data.subarray(start, end))).toBe(true)
})

it(
  'drops nothing of what is pinned or fetched to be kept: the rest passes through',
  { timeout: 40_000 },
  async () => {
    await using fixture = await create()
    await fixture.cache.preCache(film, true)
    await until(async () => (await fixture.cache.getStats()).trouble === 'disk-full', 20_000)
    const { bytesUsed } = await fixture.cache.getStats()
    expect(bytesUsed).toBeGreaterThan(limitBytes / 2)
    const read = await fixture.read(0, size, film)
    expect(read.equals(data)).toBe(true)
    const stats = await fixture.cache.getStats()
    expect(stats.bytesUsed).toBeGreaterThanOrEqual(bytesUsed)
    expect(stats.bytesUsed).toBeLessThanOrEqual(limitBytes)
    expect(stats.bytesPassedThrough).toBeGreaterThan(0)
    expect(await evictedBytes(fixture)).toBe(0)
  },
)
