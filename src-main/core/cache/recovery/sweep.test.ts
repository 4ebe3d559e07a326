import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CacheFixture,
  mebibyte,
  openTestDatabase,
  testData,
  testKey,
  until,
} from '../test-support/cache-fixture.ts'
import { ManualClock } from '../test-support/manual-clock.ts'
import { adoptManifest, manifestName, readManifest } from './manifest.ts'

const size = 3 * mebibyte + 99
const data = testData(size)
const film = testKey('film')
const other = testKey('other')
const isComplete = (fixture: CacheFixture, key = film): Promise<boolean> =>
  fixture.cache.isCached(key).then(({ cached }) => cached)
const stray = 'server__film-1__original~0123456789abcdef-abcdef0123'

/** One copy that is whole, one that is begun. */
async function withCopies(): Promise<CacheFixture> {
  const fixture = await CacheFixture.create(data)
  await fixture.cache.preCache(film, true)
  await until(() => isComplete(fixture))
  await fixture.read(0, mebibyte, other)
  await fixture.close()
  return fixture
}

function loseIndex(fixture: CacheFixture): void {
  for (const suffix of ['', '-wal', '-shm'])
    rmSync(join(fixture.folder, `cache.db${suffix}`), { force: true })
}

/** Lets time pass until the condition holds. */
async function passUntil(clock: ManualClock, condition: () => boolean | Promise<boolean>): Promise<void> {
  await until(async () => {
    clock.advance(500)
    return condition()
  })
}

describe('an index that was lost', () => {
  it('is made again from what complete copies say of themselves, without the server', async () => {
    await using fixture = await withCopies()
    loseIndex(fixture)
    fixture.upstream.setReachable(false)
    await fixture.open()
    await until(() => isComplete(fixture))
    const entry = (await fixture.cache.getEntries()).find(({ key }) => key.mediaId === 'film')
    expect(entry).toMatchObject({ title: 'Film film', isPinned: true, bytesPresent: size })
    expect((await fixture.read(0, size, film)).equals(data)).toBe(true)
    // What was only begun cannot be known again; it is left alone as long as the old index may come back.
    expect(fixture.storeNames()).toHaveLength(2)
    expect(await fixture.cache.verify(null)).toEqual({ checked: 4, damaged: 0, missing: 0, repaired: 0 })
    await fixture.reopen()
    expect(await isComplete(fixture)).toBe(true)
  })

  it('believes no byte before it was read', async () => {
    await using fixture = await withCopies()
    loseIndex(fixture)
    const [file = ''] = fixture.mediaFiles(fixture.storeNames().find((name) => name.includes('film-film')))
    const spoilt = readFileSync(file)
    spoilt[1_000_000] = (spoilt[1_000_000] ?? 0) ^ 1
    writeFileSync(file, spoilt)
    await fixture.open()
    await until(() => isComplete(fixture))
    fixture.origin.requests.length = 0
    expect((await fixture.read(0, size, film)).equals(data)).toBe(true)
    expect(fixture.origin.requests).toEqual([{ start: 0, end: mebibyte }])
  })

  it('takes nothing else for a manifest, and no way out of the folder', async () => {
    await using fixture = await withCopies()
    const name =
      fixture.storeNames().find((folder) => existsSync(join(fixture.cacheFolder, folder, manifestName))) ?? ''
    const text = readFileSync(join(fixture.cacheFolder, name, manifestName), 'utf8')
    const manifest = readManifest(text, name)
    expect(manifest?.chunks).toHaveLength(4)
    expect(readManifest(text, stray)).toBeNull()
    const segment = { file: '../../secrets.json', epoch_id: 1, size_bytes: 1 }
    expect(readManifest(JSON.stringify({ ...manifest, segments: [segment] }), name)).toBeNull()
    fc.assert(fc.property(fc.string(), (garbage) => readManifest(garbage, name) === null))
    // Whatever of it is changed, it is taken in whole or not at all.
    const db = openTestDatabase(':memory:')
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 3 }), (at, put) => {
        const changed = readManifest(text.slice(0, at) + put + text.slice(at + 1), name)
        if (changed === null) return
        const count = (): unknown =>
          db
            .prepare('SELECT (SELECT COUNT(*) FROM cache_entries) + (SELECT COUNT(*) FROM cache_chunks)')
            .pluck()
            .get()
        const before = count()
        try {
          adoptManifest(db, changed, 1)
          db.exec('DELETE FROM cache_entries')
        } catch {
          expect(count()).toBe(before)
        }
      }),
    )
    db.close()
    await fixture.open()
  })
})

describe('folders and rows', () => {
  it('that no row knows are deleted once they are old', async () => {
    const clock = new ManualClock()
    clock.advance(Date.now())
    await using fixture = await CacheFixture.create(data, {}, clock)
    const young = stray.replace('0123', '4567')
    for (const name of [stray, young, 'holiday photos']) {
      mkdirSync(join(fixture.cacheFolder, name))
      writeFileSync(join(fixture.cacheFolder, name, 'media.mkv'), 'left over')
    }
    const old = (clock.now() - 2 * 60 * 60 * 1000) / 1000
    for (const name of [stray, 'holiday photos']) utimesSync(join(fixture.cacheFolder, name), old, old)
    utimesSync(join(fixture.cacheFolder, young), clock.now() / 1000, clock.now() / 1000)
    await fixture.read(0, size, film)
    clock.advance(3_000)
    await until(() => isComplete(fixture))
    await fixture.reopen()
    await passUntil(clock, () => !fixture.storeNames().includes(stray))
    await passUntil(clock, async () => (await fixture.cache.getStats()).bytesUsed === size)
    const kept = fixture.storeNames().find((name) => name.includes('film-film')) ?? 'nothing'
    expect(new Set(fixture.storeNames())).toEqual(new Set([kept, young, 'holiday photos']))
  })

  it('whose folder was deleted are forgotten, and fetched again where they are to be kept', async () => {
    const clock = new ManualClock()
    await using fixture = await CacheFixture.create(data, {}, clock)
    await fixture.cache.preCache(film, true)
    await fixture.read(0, size, other)
    clock.advance(3_000)
    await until(async () => (await isComplete(fixture)) && (await isComplete(fixture, other)))
    await fixture.close()
    for (const name of fixture.storeNames()) rmSync(join(fixture.cacheFolder, name), { recursive: true })
    fixture.upstream.setReachable(false)
    await fixture.open()
    await passUntil(clock, async () => (await fixture.cache.getStats()).bytesUsed === 0)
    expect((await fixture.cache.getHistory(2)).map(({ action }) => action)).toEqual(['damaged', 'damaged'])
    expect((await fixture.cache.isCached(film)).state).toBe('filling')
    expect((await fixture.cache.isCached(other)).state).toBe('none')
  })
})

describe('a start', () => {
  it('asks for no chunk, however many there are', async () => {
    await using fixture = await withCopies()
    const asked: string[] = []
    const { default: Database } = await import('better-sqlite3')
    const db = new Database(join(fixture.folder, 'cache.db'), {
      verbose: (sql) => void asked.push(String(sql)),
    })
    db.pragma('foreign_keys = ON')
    await fixture.open(db)
    await fixture.cache.getStats()
    await fixture.cache.getEntries()
    expect(asked.length).toBeGreaterThan(5)
    expect(asked.filter((sql) => /cache_(?:chunks|segments)/.test(sql))).toEqual([])
  })
})

describe('a cache disk', () => {
  it('that is taken out and put in again is noticed both times, and nothing is forgotten or written beside it', async () => {
    const clock = new ManualClock()
    const place = mkdtempSync(join(tmpdir(), 'spool-disk-'))
    await using fixture = await CacheFixture.create(data, {}, clock)
    await fixture.close()
    fixture.otherFolder = join(place, 'cache')
    await fixture.open()
    await fixture.read(0, size, film)
    clock.advance(3_000)
    await until(() => isComplete(fixture))
    await fixture.read(0, mebibyte, other)

    renameSync(fixture.otherFolder, join(place, 'unplugged'))
    // What is open may go on; that the folder is gone is seen all the same.
    expect((await fixture.read(0, size, other)).equals(data)).toBe(true)
    await passUntil(clock, async () => (await fixture.cache.getStats()).trouble === 'cache-disk-missing')
    expect(existsSync(fixture.otherFolder)).toBe(false)
    expect(await isComplete(fixture)).toBe(true)
    await fixture.cache.cleanupCache(0)
    expect(await isComplete(fixture)).toBe(true)

    // Another disk at the same place is not it.
    mkdirSync(fixture.otherFolder)
    writeFileSync(join(fixture.otherFolder, 'CACHEDIR.TAG'), '')
    writeFileSync(join(fixture.otherFolder, 'spool-cache.json'), '{"layout":1,"name":"another"}')
    clock.advance(11_000)
    await until(async () => (await fixture.cache.getStats()).trouble === 'cache-disk-missing')
    rmSync(fixture.otherFolder, { recursive: true })

    renameSync(join(place, 'unplugged'), fixture.otherFolder)
    await passUntil(clock, async () => (await fixture.cache.getStats()).trouble === null)
    fixture.upstream.setReachable(false)
    expect((await fixture.read(0, size, film)).equals(data)).toBe(true)
    fixture.upstream.setReachable(true)
    expect((await fixture.read(0, size, other)).equals(data)).toBe(true)
    clock.advance(3_000)
    await until(() => isComplete(fixture, other))
    await fixture.close()
    rmSync(place, { recursive: true })
    fixture.otherFolder = null
    await fixture.open()
  })

  it('that was changed in Settings leaves the copies behind, and finds them when it is changed back', async () => {
    const place = mkdtempSync(join(tmpdir(), 'spool-disk-'))
    await using fixture = await withCopies()
    fixture.otherFolder = join(place, 'cache')
    await fixture.open()
    expect((await fixture.cache.getStats()).trouble).toBeNull()
    expect(await isComplete(fixture)).toBe(false)
    expect((await fixture.cache.getHistory(1))[0]).toMatchObject({ reason: 'the cache folder was changed' })
    await fixture.read(0, size, testKey('third'))
    await until(() => isComplete(fixture, testKey('third')))
    await fixture.close()
    fixture.otherFolder = null
    await fixture.open()
    await until(() => isComplete(fixture))
    fixture.upstream.setReachable(false)
    expect((await fixture.read(0, size, film)).equals(data)).toBe(true)
    rmSync(place, { recursive: true })
  })
})
