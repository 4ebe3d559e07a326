import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  CacheFixture,
  mebibyte,
  openTestDatabase,
  readAll,
  testData,
  testKey,
  until,
} from '../test-support/cache-fixture.ts'
import { createFaultyFs, type Faults } from '../test-support/faulty-fs.ts'
import { ManualClock } from '../test-support/manual-clock.ts'
import { MemoryRig, rigChunkBytes } from '../test-support/memory-rig.ts'
import { mountSmallDisk } from '../test-support/small-disk.ts'

const size = 12 * mebibyte + 77
const data = testData(size)
const film = testKey('film')
const other = testKey('other')
const isComplete = (fixture: CacheFixture, key = film): Promise<boolean> =>
  fixture.cache.isCached(key).then(({ cached }) => cached)

async function withFaults(clock?: ManualClock): Promise<{ fixture: CacheFixture; faults: Faults }> {
  const fixture = await CacheFixture.create(data, {}, clock)
  await fixture.close()
  const { fs, faults } = createFaultyFs()
  fixture.fs = fs
  await fixture.open()
  return { fixture, faults }
}

/** Longer steps than `rig.pass` takes: nothing goes on meanwhile. */
async function leap(rig: MemoryRig, durationMs: number): Promise<void> {
  for (let passed = 0; passed < durationMs; passed += 5_000) {
    rig.clock.advance(5_000)
    await rig.settle()
  }
}

describe('a disk that is full', () => {
  const first = testData(3 * rigChunkBytes + 5, 1)
  const second = testData(9 * rigChunkBytes + 5, 2)

  /** Everything is pinned; from the given call on the disk takes nothing more, until it has room again. Answers how many calls there were. */
  async function play(db: string, fullFrom: number): Promise<number> {
    const rig = new MemoryRig()
    rig.upstream.put('1', first)
    rig.upstream.put('2', second)
    await rig.open(openTestDatabase(db))
    await rig.cache.preCache(testKey('1'), true)
    await rig.pass(3_000)
    expect((await rig.cache.isCached(testKey('1'))).cached).toBe(true)
    await rig.cache.setPinned(testKey('2'), true)
    let calls = 0
    let isFull = false
    rig.disk.fault = () => {
      calls += 1
      isFull ||= calls >= fullFrom
      return isFull ? 'ENOSPC' : null
    }
    rig.upstream.fetched.length = 0
    const { entryId } = await rig.cache.getCachedStreamWithQuality(testKey('2'))
    const media = await rig.cache.openMedia(entryId)
    if (media.kind !== 'file') throw new Error('not a file')
    const { signal } = new AbortController()
    const read = readAll(media.read(0, second.length, signal))
    await rig.pass(3_000)
    expect((await read).equals(second)).toBe(true)
    await rig.pass(5_000)
    // A full disk is a state, not a reason to try over and over.
    expect(rig.upstream.fetched.length).toBeLessThanOrEqual(3)
    expect(rig.warnings.length).toBeLessThanOrEqual(4)
    if (isFull) expect(calls).toBeLessThanOrEqual(fullFrom + 4)
    const asked = calls
    await leap(rig, 40_000)
    expect(calls).toBe(asked)
    expect((await rig.cache.isCached(testKey('1'))).cached).toBe(true)

    // There is room again, and after a while it is used.
    rig.disk.fault = () => null
    media[Symbol.dispose]()
    await leap(rig, 70_000)
    const again = await rig.cache.openMedia(entryId)
    if (again.kind !== 'file') throw new Error('not a file')
    expect((await readAllOf(rig, again.read(0, second.length, signal))).equals(second)).toBe(true)
    again[Symbol.dispose]()
    await rig.pass(5_000)
    expect((await rig.cache.isCached(testKey('2'))).cached).toBe(true)
    await rig.close()
    expect(rig.errors).toEqual([])
    return asked
  }

  const readAllOf = async (rig: MemoryRig, reader: Parameters<typeof readAll>[0]): Promise<Buffer> => {
    const read = readAll(reader)
    await rig.pass(5_000)
    return read
  }

  it('at any call lets the film play on, is left in peace, and is used again once it has room', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'spool-full-'))
    try {
      const calls = await play(join(folder, 'never.db'), Number.POSITIVE_INFINITY)
      expect(calls).toBeGreaterThan(2)
      for (let from = 1; from <= calls; from += 1) await play(join(folder, `${from}.db`), from)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('in truth lets the film play on as well', async (context) => {
    const disk = mountSmallDisk(24)
    if ('reason' in disk) return context.skip(disk.reason)
    using _disk = disk
    const clock = new ManualClock()
    await using fixture = await CacheFixture.create(data, {}, clock)
    await fixture.close()
    fixture.otherFolder = join(disk.path, 'cache')
    await fixture.open()
    await fixture.cache.preCache(film, true)
    await until(async () => {
      clock.advance(100)
      return isComplete(fixture)
    })
    // Another program fills the disk, and nobody has looked since.
    const ballast = join(disk.path, 'ballast')
    expect(() => writeFileSync(ballast, Buffer.alloc(24 * mebibyte))).toThrow(/ENOSPC/)
    fixture.origin.requests.length = 0
    expect((await fixture.read(0, size, other)).equals(data)).toBe(true)
    await until(async () => (await fixture.cache.getStats()).trouble === 'disk-full')
    expect(fixture.origin.requests.length).toBeLessThanOrEqual(8)
    expect(await isComplete(fixture)).toBe(true)
    fixture.upstream.setReachable(false)
    expect((await fixture.read(0, size, film)).equals(data)).toBe(true)
    fixture.upstream.setReachable(true)

    rmSync(ballast)
    clock.advance(70_000)
    const { bytesUsed } = await fixture.cache.getStats()
    expect((await fixture.read(0, size, other)).equals(data)).toBe(true)
    await until(async () => {
      clock.advance(100)
      return (await fixture.cache.getStats()).bytesUsed > bytesUsed
    })
    await fixture.close()
    fixture.otherFolder = null
    await fixture.open()
  })
})

describe('files that are deleted underneath', () => {
  const large = testData(30 * mebibyte + 5)

  it('while they are played, are fetched again, and nothing of them is taken for zeros', async () => {
    await using fixture = await CacheFixture.create(large)
    fixture.origin.bytesPerSecond = 24 * mebibyte
    using file = await fixture.openFile(film)
    const reader = file.read(0, large.length, new AbortController().signal)
    let position = 0
    const readTo = async (to: number): Promise<void> => {
      while (position < to) {
        const piece = await reader.read()
        if (piece === null) break
        expect(large.subarray(position, position + piece.length).equals(piece)).toBe(true)
        position += piece.length
      }
    }
    await readTo(10 * mebibyte)
    await until(async () => (await fixture.cache.getStats()).bytesUsed > 4 * mebibyte)
    rmSync(join(fixture.cacheFolder, fixture.storeNames()[0] ?? ''), { recursive: true })
    await readTo(large.length)
    expect(position).toBe(large.length)
    // Also from its beginning, which is not in memory any more; as often as it takes to be whole.
    await until(async () => {
      expect((await fixture.read(0, large.length, film)).equals(large)).toBe(true)
      return isComplete(fixture)
    }, 15_000)
    fixture.upstream.setReachable(false)
    await fixture.reopen()
    expect((await fixture.read(0, large.length, film)).equals(large)).toBe(true)
    const actions = (await fixture.cache.getHistory(100)).map(({ action }) => action)
    expect(actions).toContain('damaged')
  })

  it('leave an empty entry, and an error only where the server is away as well', async () => {
    await using fixture = await CacheFixture.create(data)
    await fixture.read(0, size, film)
    await until(() => isComplete(fixture))
    await fixture.close()
    for (const path of fixture.mediaFiles()) rmSync(path)
    fixture.upstream.setReachable(false)
    await fixture.open()
    await expect(fixture.read(0, size, film)).rejects.toMatchObject({ code: 'source-unreachable' })
    expect(await fixture.cache.isCached(film)).toMatchObject({ state: 'none', bytesPresent: 0 })
    fixture.upstream.setReachable(true)
    expect((await fixture.read(0, size, film)).equals(data)).toBe(true)
    await until(() => isComplete(fixture))
  })
})

describe('a disk with faults', () => {
  it('that cannot read a chunk costs that chunk alone', async () => {
    const { fixture, faults } = await withFaults()
    await using _fixture = fixture
    await fixture.read(0, size, film)
    await until(() => isComplete(fixture))
    await fixture.reopen()
    fixture.origin.requests.length = 0
    const extent = fixture.extentBytes ?? Number.MAX_SAFE_INTEGER
    const [bad] = fixture.mediaFiles().slice(Math.floor((5 * mebibyte) / extent))
    const at = (5 * mebibyte) % extent
    faults.read = (path, position) => (path === bad && position === at ? 'EIO' : null)
    expect((await fixture.read(0, size, film)).equals(data)).toBe(true)
    expect(fixture.origin.requests).toEqual([{ start: 5 * mebibyte, end: 6 * mebibyte }])
    const history = await fixture.cache.getHistory(10)
    expect(history.find(({ action }) => action === 'damaged')).toMatchObject({ bytes: mebibyte })
  })

  it('that fails to sync once is asked again, and twice is left in peace', async () => {
    const clock = new ManualClock()
    const { fixture, faults } = await withFaults(clock)
    await using _fixture = fixture
    let syncs = 0
    let failing = 1
    faults.sync = () => {
      syncs += 1
      return syncs <= failing ? 'EIO' : null
    }
    const pass = (): Promise<void> =>
      until(async () => {
        clock.advance(200)
        return isComplete(fixture)
      }, 15_000)
    await fixture.cache.preCache(film, true)
    await pass()
    expect(syncs).toBeGreaterThan(1)
    expect(fixture.mediaContent().equals(data)).toBe(true)
    fixture.upstream.setReachable(false)
    await fixture.reopen()
    expect((await fixture.read(0, size, film)).equals(data)).toBe(true)

    // Again and again: what is played passes through, and the disk is not asked for a while.
    fixture.upstream.setReachable(true)
    failing = Number.POSITIVE_INFINITY
    syncs = 0
    await fixture.cache.removeFromCache(film, true)
    expect((await fixture.read(0, size, film)).equals(data)).toBe(true)
    clock.advance(2_000)
    await until(() => syncs >= 1)
    for (let round = 0; round < 6; round += 1) {
      expect((await fixture.read(0, size, film)).equals(data)).toBe(true)
      clock.advance(2_100)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(syncs).toBeLessThanOrEqual(2 * Math.ceil(size / (fixture.extentBytes ?? size)))
    expect((await fixture.cache.isCached(film)).bytesPresent).toBe(0)
    expect((await fixture.cache.getStats()).trouble).toBe('cache-disk-failing')
    failing = 0
    clock.advance(70_000)
    expect((await fixture.cache.getStats()).trouble).toBeNull()
    expect((await fixture.read(0, size, film)).equals(data)).toBe(true)
    await pass()
  })

  it('that takes a little at a time gets all of it', async () => {
    const { fixture, faults } = await withFaults()
    await using _fixture = fixture
    faults.mostPerWrite = 9_999
    await fixture.read(0, size, film)
    await until(() => isComplete(fixture))
    expect(fixture.mediaContent().equals(data)).toBe(true)
    fixture.upstream.setReachable(false)
    await fixture.reopen()
    expect((await fixture.read(0, size, film)).equals(data)).toBe(true)
  })

  it('that does not let go of a folder has others go in its place, and is asked again', async () => {
    const clock = new ManualClock()
    const { fixture, faults } = await withFaults(clock)
    await using _fixture = fixture
    const third = testKey('third')
    const fill = async (key: typeof film): Promise<void> => {
      await fixture.read(0, size, key)
      await until(async () => {
        clock.advance(200)
        return isComplete(fixture, key)
      })
    }
    await fill(film)
    await fill(other)
    const [stuck = ''] = fixture.storeNames().filter((name) => name.includes('film-film'))
    faults.remove = (path) => (path.endsWith(stuck) ? 'EBUSY' : null)
    fixture.cache.setLimits({ limitBytes: 2.5 * size, reserveBytes: 0, backgroundKbps: null })
    await fill(third)
    expect(fixture.storeNames()).toContain(stuck)
    expect(await isComplete(fixture, other)).toBe(false)
    expect(await isComplete(fixture, third)).toBe(true)
    faults.remove = () => null
    await until(() => {
      clock.advance(1_000)
      return !readdirSync(fixture.cacheFolder).includes(stuck)
    })
  })
})
