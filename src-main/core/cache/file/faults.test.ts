import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CacheFixture, mebibyte, passing, testData, testKey, until } from '../test-support/cache-fixture.ts'
import { ManualClock } from '../test-support/manual-clock.ts'

const size = 3 * mebibyte + 5
const data = testData(size)
const key = testKey()
const isComplete = (fixture: CacheFixture): Promise<boolean> =>
  fixture.cache.isCached(key).then(({ cached }) => cached)

describe('a source that goes silent', () => {
  it('is asked again when it stops in the middle', async () => {
    const clock = new ManualClock()
    await using fixture = await CacheFixture.create(data, {}, clock)
    fixture.origin.script = (index) =>
      index > 0
        ? undefined
        : (_request, response) => {
            response.writeHead(206, { 'content-range': `bytes 0-${size - 1}/${size}` })
            response.write(data.subarray(0, 1_000_000))
          }
    const read = await passing(clock, fixture.read(0, size), 20_000)
    expect(read.equals(data)).toBe(true)
    expect(fixture.origin.requests[1]?.start).toBe(1_000_000)
  })

  it('fails the player after half a minute without a byte', async () => {
    const clock = new ManualClock()
    await using fixture = await CacheFixture.create(data, {}, clock)
    fixture.origin.script = () => () => undefined
    const started = clock.monotonicMs()
    await expect(passing(clock, fixture.read(0, size), 60_000)).rejects.toMatchObject({
      code: 'source-unreachable',
    })
    expect(clock.monotonicMs() - started).toBeGreaterThanOrEqual(30_000)
    // Asked once more after fifteen seconds, not over and over.
    expect(fixture.origin.requests.length).toBeLessThanOrEqual(3)
  })

  it.each<[string, number, Record<string, string>, string]>([
    ['answers with errors', 503, {}, 'source-busy'],
    [
      'announces bytes and sends none',
      206,
      { 'content-range': `bytes 0-${size - 1}/${size}` },
      'source-unreachable',
    ],
  ])('is not asked over and over while it %s', async (_, status, headers, code) => {
    const clock = new ManualClock()
    await using fixture = await CacheFixture.create(data, {}, clock)
    fixture.origin.script = () => (_request, response) => void response.writeHead(status, headers).end()
    await expect(passing(clock, fixture.read(0, size), 60_000)).rejects.toMatchObject({
      code,
    })
    expect(fixture.origin.requests.length).toBeLessThan(40)
    expect(fixture.cache.counters().readers).toBe(0)
  })

  it('fails waiting players as soon as it is known to be off, and serves them when it is back', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.script = (index) => (index === 0 ? () => undefined : undefined)
    const waiting = fixture.read(0, size)
    await until(() => fixture.origin.requests.length === 1)
    fixture.upstream.setReachable(false)
    fixture.origin.resetConnections()
    await expect(waiting).rejects.toMatchObject({ code: 'source-unreachable' })
    fixture.upstream.setReachable(true)
    expect((await fixture.read(0, size)).equals(data)).toBe(true)
  })
})

describe('a disk that fails', () => {
  it('does not stop a player: bytes pass through', async () => {
    await using fixture = await CacheFixture.create(data)
    await fixture.cache.getCachedStreamWithQuality(key)
    const name =
      fixture.db.prepare<[], string>('SELECT store_name FROM cache_generations').pluck().get() ?? ''
    // A file where the folder should be: nothing can be written below it.
    writeFileSync(join(fixture.cacheFolder, name), 'in the way')
    expect((await fixture.read(0, size)).equals(data)).toBe(true)
    expect(await fixture.cache.isCached(key)).toMatchObject({ bytesPresent: 0, state: 'none' })
  })

  it('starts and plays where nothing can be written', async () => {
    await using fixture = await CacheFixture.create(data)
    await fixture.close()
    fixture.otherFolder = join(fixture.folder, 'file', 'cache')
    writeFileSync(join(fixture.folder, 'file'), '')
    await fixture.open()
    expect((await fixture.cache.getStats()).trouble).toBe('cache-disk-missing')
    expect((await fixture.read(0, size)).equals(data)).toBe(true)
    expect(await isComplete(fixture)).toBe(false)
  })

  it('loses no row while it is not connected', async () => {
    const disk = mkdtempSync(join(tmpdir(), 'spool-disk-'))
    const cacheFolder = join(disk, 'cache')
    await using fixture = await CacheFixture.create(data)
    await fixture.close()
    fixture.otherFolder = cacheFolder
    await fixture.open()
    await fixture.read(0, size)
    await until(() => isComplete(fixture))
    await fixture.close()
    renameSync(cacheFolder, join(disk, 'unplugged'))
    mkdirSync(cacheFolder)

    await fixture.open()
    expect((await fixture.cache.getStats()).trouble).toBe('cache-disk-missing')
    // From the source, as long as that is there.
    expect((await fixture.read(0, size)).equals(data)).toBe(true)
    fixture.upstream.setReachable(false)
    await fixture.reopen()
    await expect(fixture.read(0, size)).rejects.toMatchObject({ code: 'cache-disk-missing' })
    await fixture.close()

    rmSync(cacheFolder, { recursive: true })
    renameSync(join(disk, 'unplugged'), cacheFolder)
    await fixture.open()
    expect((await fixture.cache.getStats()).trouble).toBeNull()
    expect((await fixture.read(0, size)).equals(data)).toBe(true)
    rmSync(disk, { recursive: true })
  })
})
