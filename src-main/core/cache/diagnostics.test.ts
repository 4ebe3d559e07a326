import fc from 'fast-check'
import { expect, it } from 'vitest'
import { lateMs } from './diagnostics.ts'
import { CacheFixture, mebibyte, readAll, testData, testKey, until } from './test-support/cache-fixture.ts'

const size = 3 * mebibyte + 777
const data = testData(size)

it(
  'every byte served is counted once by where it came from, whoever reads what',
  { timeout: 60_000 },
  async () => {
    const span = fc
      .tuple(fc.nat(size - 1), fc.nat(size - 1))
      .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) + 1 }))
    const limitBytes = fc.constantFrom(10 ** 12, 0)
    await fc.assert(
      fc.asyncProperty(fc.array(span, { minLength: 1, maxLength: 6 }), limitBytes, async (spans, limit) => {
        await using fixture = await CacheFixture.create(data, { limitBytes: limit })
        let served = 0
        const read = async ({ start, end }: { start: number; end: number }): Promise<void> => {
          const bytes = await fixture.read(start, end)
          expect(bytes.equals(data.subarray(start, end))).toBe(true)
          served += bytes.length
        }
        // At once, and then again one by one.
        await Promise.all(spans.map(read))
        for (const each of spans) await read(each)
        const stats = await fixture.cache.getDiagnostics()
        expect(stats.bytesServed).toBe(served)
        expect(stats.bytesFromMemory + stats.bytesFromDisk + stats.bytesPassedThrough).toBe(served)
        expect(stats.bytesUseful).toBeLessThanOrEqual(stats.bytesFetched)
        if (limit === 0) expect(stats.bytesPassedThrough).toBe(served)
        else expect(stats.bytesUseful).toBeLessThanOrEqual(size)
        expect(stats.firstByteHit.count + stats.firstByteMiss.count).toBe(2 * spans.length)
      }),
      { numRuns: 12 },
    )
  },
)

it('tells what it did, and that nothing is left of it', async () => {
  await using fixture = await CacheFixture.create(data)
  let failures = 1
  fixture.origin.script = () =>
    failures-- > 0 ? (_, response) => void response.writeHead(503).end() : undefined
  fixture.origin.bytesPerSecond = 8 * mebibyte
  using file = await fixture.openFile()
  const signal = new AbortController().signal
  const [first, second] = [file.read(0, size, signal), file.read(1000, size, signal)]
  await Promise.all([readAll(first), readAll(second)])
  await until(async () => (await fixture.cache.isCached(testKey())).cached)
  await fixture.read(0, 1000)
  const stats = await fixture.cache.getDiagnostics()
  expect(stats.failures).toEqual({ 'source-busy': 1 })
  expect(stats.bytesUseful).toBe(size)
  expect(stats.readersJoined).toBeGreaterThan(0)
  expect(stats.jumps).toBe(1)
  expect([stats.firstByteHit.count, stats.firstByteMiss.count]).toEqual([1, 2])
  expect(stats.stalls.count).toBeGreaterThan(0)
  expect(stats.syncs.count).toBeGreaterThan(0)
  expect(stats.mostBytesInMemory).toBeGreaterThan(0)
  expect(stats.openFiles).toBeGreaterThan(0)
  expect([stats.requests, stats.requestsWaiting, stats.downloadsHeld]).toEqual([0, 0, 0])
})

it('counts as late only what came after its time', () => {
  const intervalsMs = [100, 100.4, 151.13, 99.2, Number.NaN]
  expect(intervalsMs.map((ms) => lateMs(ms * 1e6))).toEqual([0, 0.4, 51.1, 0, 0])
})
