import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CacheFixture, mebibyte, testData, testKey, until } from './test-support/cache-fixture.ts'
import { causeOf, waitingMsOf, waitLeftMs } from './stats.ts'

const film = testKey('1')
const size = 4 * mebibyte

describe('what an entry that is waited for is said to do', () => {
  it('a link that gives less than playing takes is named with both figures', async () => {
    await using fixture = await CacheFixture.create(testData(size))
    fixture.origin.bytesPerSecond = 40_000
    using file = await fixture.openFile(film)
    const abort = new AbortController()
    const reader = file.read(0, size, abort.signal)
    const reading = (async () => {
      while ((await reader.read()) !== null);
    })().catch(() => undefined)
    await until(async () => (await fixture.cache.getCurrentStats(film)).waitingReason === 'link-too-slow')
    const stats = await fixture.cache.getCurrentStats(film)
    // 4 MiB in a minute.
    expect(stats.neededKbps).toBe(559)
    expect(stats.measuredKbps).toBeGreaterThan(0)
    expect(stats.measuredKbps).toBeLessThan(559)
    expect(stats.bytesPerSecondNow).toBeGreaterThan(0)
    expect(stats.waitingMs).toBeGreaterThan(300)
    expect(stats.waitLeftMs).toBeGreaterThan(5_000)
    abort.abort()
    await reading
    await until(async () => (await fixture.cache.getCurrentStats(film)).waitingMs === null)
  })

  it('a source that answers with an error is asked again, and the error is remembered', async () => {
    await using fixture = await CacheFixture.create(testData(size))
    let isWell = false
    fixture.origin.script = () =>
      isWell ? undefined : (_, response) => void response.writeHead(503, { 'retry-after': '2' }).end()
    using file = await fixture.openFile(film)
    const reading = file.read(0, 100, new AbortController().signal).read()
    await until(async () => (await fixture.cache.getCurrentStats(film)).waitingReason === 'retrying')
    const stats = await fixture.cache.getCurrentStats(film)
    expect(stats.lastError?.code).toBe('source-busy')
    expect(stats.waitLeftMs).toBeGreaterThan(0)
    isWell = true
    expect((await reading)?.length).toBe(100)
    await until(async () => (await fixture.cache.getCurrentStats(film)).waitingReason === null)
  })
})

it('blames the link only when it is known to give too little', () => {
  expect(causeOf('source-slow', true)).toBe('link-too-slow')
  expect(causeOf(null, true)).toBe('link-too-slow')
  expect(causeOf('source-slow', false)).toBe('source-slow')
  expect(causeOf('retrying', true)).toBe('retrying')
  expect(causeOf(null, false)).toBeNull()
})

it('who takes all there is waits only if that is too little', () => {
  expect(waitingMsOf({ silentMs: 20, hungryMs: 5_000 }, true)).toBe(5_000)
  expect(waitingMsOf({ silentMs: 20, hungryMs: 5_000 }, false)).toBeNull()
  expect(waitingMsOf({ silentMs: 400, hungryMs: 5_000 }, false)).toBe(5_000)
  expect(waitingMsOf({ silentMs: 0, hungryMs: 0 }, true)).toBeNull()
})

it('the time left is never negative, and less the faster the link', () => {
  const rate = fc.integer({ min: 1, max: 1_000_000 })
  fc.assert(
    fc.property(fc.nat(60_000), rate, rate, (aheadMs, needed, measured) => {
      const left = waitLeftMs(null, aheadMs, needed, measured) ?? -1
      expect(left).toBeGreaterThanOrEqual(0)
      expect(waitLeftMs(null, aheadMs, needed, measured * 2)).toBeLessThanOrEqual(left)
    }),
  )
  expect(waitLeftMs(700, 0, 1, 1)).toBe(700)
  expect(waitLeftMs(null, 0, null, 1)).toBeNull()
})
