import { closeSync, mkdirSync, mkdtempSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CacheFixture, mebibyte, testData, testKey, until } from '../test-support/cache-fixture.ts'

const size = 5 * mebibyte + 99
const data = testData(size)
const film = testKey('film')
const other = testKey('other')
const isComplete = (fixture: CacheFixture, key = film): Promise<boolean> =>
  fixture.cache.isCached(key).then(({ cached }) => cached)

async function withCopies(pin: boolean, keys = [film]): Promise<CacheFixture> {
  const fixture = await CacheFixture.create(data)
  for (const key of keys) {
    await fixture.cache.preCache(key, pin)
    await until(() => isComplete(fixture, key))
  }
  // Also what this very run wrote is read again, so it is not opened anew.
  await until(async () => (await fixture.cache.getStats()).job === null)
  fixture.origin.requests.length = 0
  return fixture
}

/** Turns one bit around, as a bad disk does. */
function damage(fixture: CacheFixture, position: number): void {
  const extentBytes = fixture.extentBytes ?? Number.MAX_SAFE_INTEGER
  const index = Math.floor(position / extentBytes)
  const file = openSync(fixture.mediaFiles()[index] ?? '', 'r+')
  const byte = Buffer.alloc(1)
  readSync(file, byte, 0, 1, position - index * extentBytes)
  byte[0] = (byte[0] ?? 0) ^ 1
  writeSync(file, byte, 0, 1, position - index * extentBytes)
  closeSync(file)
}

describe('verify', () => {
  it('reads all there is, and finds nothing where nothing is wrong', async () => {
    await using fixture = await withCopies(true, [film, other])
    const sound = { damaged: 0, missing: 0, repaired: 0 }
    expect(await fixture.cache.verify(null)).toEqual({ checked: 12, ...sound })
    expect(await fixture.cache.verify(film)).toEqual({ checked: 6, ...sound })
    expect(await fixture.cache.verify(testKey('unknown'))).toEqual({ checked: 0, ...sound })
    expect(fixture.origin.requests).toEqual([])
    expect((await fixture.cache.getStats()).check).toBeNull()
  })

  it('fetches what is damaged again at once where it is to be kept', async () => {
    await using fixture = await withCopies(true)
    damage(fixture, 2 * mebibyte + 7)
    damage(fixture, 4 * mebibyte)
    const before = await fixture.cache.getStats()
    expect(await fixture.cache.verify(null)).toEqual({ checked: 6, damaged: 2, missing: 0, repaired: 2 })
    const fetched = fixture.origin.requests.reduce((sum, { start, end }) => sum + end - start, 0)
    expect(fetched).toBe(2 * mebibyte)
    await until(() => isComplete(fixture))
    expect((await fixture.cache.getStats()).bytesServed).toBe(before.bytesServed)
    fixture.upstream.setReachable(false)
    await fixture.reopen()
    expect((await fixture.read(0, size, film)).equals(data)).toBe(true)
    const actions = (await fixture.cache.getHistory(10)).map(({ action, bytes }) => ({ action, bytes }))
    expect(actions.filter(({ action }) => action === 'damaged')).toEqual([
      { action: 'damaged', bytes: mebibyte },
      { action: 'damaged', bytes: mebibyte },
    ])
  })

  it('leaves the rest until somebody needs it', async () => {
    await using fixture = await withCopies(false)
    damage(fixture, 3 * mebibyte)
    expect(await fixture.cache.verify(film)).toEqual({ checked: 6, damaged: 1, missing: 0, repaired: 0 })
    expect(await fixture.cache.isCached(film)).toMatchObject({
      state: 'partial',
      bytesPresent: size - mebibyte,
    })
    expect(fixture.origin.requests).toEqual([])
    expect((await fixture.read(0, size, film)).equals(data)).toBe(true)
    expect(fixture.origin.requests).toEqual([{ start: 3 * mebibyte, end: 4 * mebibyte }])
  })

  it('tells what is not there from what is damaged', async () => {
    await using fixture = await withCopies(false)
    await fixture.close()
    for (const file of fixture.mediaFiles()) rmSync(file)
    await fixture.open()
    expect(await fixture.cache.verify(film)).toEqual({ checked: 6, damaged: 0, missing: 6, repaired: 0 })
    expect(await fixture.cache.isCached(film)).toMatchObject({ state: 'none', bytesPresent: 0 })
  })

  it('stops when told to', async () => {
    await using fixture = await withCopies(true, [film, other])
    const abort = new AbortController()
    const checking = fixture.cache.verify(null, abort.signal)
    abort.abort()
    await expect(checking).rejects.toMatchObject({ code: 'cancelled' })
    await until(async () => (await fixture.cache.getStats()).check === null)
    await until(() => fixture.cache.counters().handles === 0)
  })

  it('says that the disk is not connected, and forgets nothing for it', async () => {
    const disk = mkdtempSync(join(tmpdir(), 'spool-disk-'))
    await using fixture = await CacheFixture.create(data)
    await fixture.close()
    fixture.otherFolder = join(disk, 'cache')
    await fixture.open()
    await fixture.cache.preCache(film, true)
    await until(() => isComplete(fixture))
    await fixture.close()
    renameSync(fixture.otherFolder, join(disk, 'unplugged'))
    mkdirSync(fixture.otherFolder)
    await fixture.open()
    await expect(fixture.cache.verify(null)).rejects.toMatchObject({ code: 'cache-disk-missing' })
    expect(await isComplete(fixture)).toBe(true)
    expect((await fixture.cache.getHistory(10)).map(({ action }) => action)).toEqual(['completed'])
    rmSync(disk, { recursive: true })
  })

  it('says a word about damage that cannot be made good now, and about much of it', async () => {
    await using fixture = await withCopies(false)
    const notices: boolean[] = []
    using _ = fixture.cache.onDamage(({ isReachable }) => notices.push(isReachable))
    damage(fixture, 0)
    await fixture.cache.verify(film)
    expect(notices).toEqual([])
    fixture.upstream.setReachable(false)
    damage(fixture, mebibyte)
    await fixture.cache.verify(film)
    expect(notices).toEqual([false])
    // Once is enough.
    damage(fixture, 2 * mebibyte)
    await fixture.cache.verify(film)
    expect(notices).toEqual([false])
  })
})
