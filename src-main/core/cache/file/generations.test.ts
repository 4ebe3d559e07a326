import { describe, expect, it } from 'vitest'
import { defined } from '../../base/control.ts'
import type { EntryChange } from '../handle.ts'
import { CacheFixture, mebibyte, readAll, testData, testKey, until } from '../test-support/cache-fixture.ts'
import { ManualClock } from '../test-support/manual-clock.ts'
import { ScriptedOrigin } from '../test-support/scripted-origin.ts'

const size = 2 * mebibyte + 777
const data = testData(size)
const newer = testData(size, 9)
const key = testKey()
const forever = (): AbortSignal => new AbortController().signal
const week = 7 * 24 * 60 * 60_000
const isComplete = (fixture: CacheFixture): Promise<boolean> =>
  fixture.cache.isCached(key).then(({ cached }) => cached)
const replacements = async (fixture: CacheFixture): Promise<number> =>
  (await fixture.cache.getHistory(50)).filter(({ action }) => action === 'replaced').length

/** Reads until the end (`whole`) or an error (its code); every byte must be of one of the files, the same all along. */
async function readOne(fixture: CacheFixture, files: readonly Buffer[]): Promise<string> {
  using file = await fixture.openFile()
  const total = defined(await file.size(forever()), 'size')
  const reader = file.read(0, total, forever())
  const left = new Set(files.filter(({ length }) => length === total))
  let position = 0
  try {
    for (let piece = await reader.read(); piece !== null; piece = await reader.read()) {
      for (const one of left)
        if (!one.subarray(position, position + piece.length).equals(piece)) left.delete(one)
      expect(left.size, `bytes at ${position} are of one file`).toBeGreaterThan(0)
      position += piece.length
    }
  } catch (error) {
    return (error as { code: string }).code
  }
  expect(position).toBe(total)
  return 'whole'
}

describe('a file that is replaced while it is read', () => {
  /** Bytes after which every connection breaks, so that the new file is met at many places. */
  const pieces = [1, 300_001, mebibyte - 1, mebibyte, mebibyte + 1]

  describe.each([
    ['an ETag', { etag: ['"one"', '"two"'], dates: [null, null], files: [data, newer] }],
    [
      'a date',
      {
        etag: [null, null],
        dates: ['Thu, 01 Jan 2026 00:00:00 GMT', 'Fri, 02 Jan 2026 00:00:00 GMT'],
        files: [data, newer],
      },
    ],
    ['its size', { etag: [null, null], dates: [null, null], files: [data, newer.subarray(0, size - 1000)] }],
  ] as const)('and told apart by %s', (_, { etag, dates, files }) => {
    it.each([1, 2, 4])('is never mixed with the old one, at request %i', async (replacedAt) => {
      for (const limit of pieces) {
        await using fixture = await CacheFixture.create(files[0])
        const changes: EntryChange[] = []
        fixture.cache.onEntryChange((change) => changes.push(change))
        const show = (which: 0 | 1): void => {
          fixture.origin.data = files[which]
          fixture.origin.etag = etag[which]
          fixture.origin.lastModified = dates[which]
          fixture.upstream.planChange = { sizeBytes: files[which].length }
        }
        show(0)
        let broken = 0
        fixture.origin.script = (index) => {
          if (index === replacedAt) show(1)
          if (broken > replacedAt + 1) return undefined
          broken += 1
          return (request, response) => fixture.origin.serve(request, response, limit)
        }
        const outcome = await readOne(fixture, files)
        if (outcome !== 'whole') {
          expect(outcome).toBe('bad-reply')
          await until(() => changes.some(({ replaced }) => replaced))
          expect(await replacements(fixture)).toBe(1)
          expect(await readOne(fixture, [files[1]])).toBe('whole')
        }
        await until(() => fixture.storeNames().length === 1)
      }
    })
  })

  it('is asked for under the condition that it is still the one, from the second request on', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.etag = '"one"'
    await fixture.read(0, 1000)
    await fixture.read(mebibyte, mebibyte + 1000)
    await fixture.reopen()
    await fixture.read(size - 1000, size)
    expect(fixture.origin.headers.map((headers) => headers['if-range'])).toEqual([
      undefined,
      ...fixture.origin.headers.slice(1).map(() => '"one"'),
    ])
  })

  it('does not give its validators to bytes that were kept before there were any', async () => {
    await using fixture = await CacheFixture.create(data)
    await fixture.read(0, mebibyte)
    await fixture.reopen()
    fixture.origin.etag = '"two"'
    await fixture.read(mebibyte, size)
    expect(fixture.db.prepare('SELECT etag FROM cache_generations').pluck().get()).toBeNull()
  })
})

describe('servers behind one address that differ', () => {
  it.each([
    ['in their ETags', ['"one"', '"two"'], [null, null]],
    [
      'in ETags and dates',
      ['"one"', '"two"'],
      ['Thu, 01 Jan 2026 00:00:00 GMT', 'Fri, 02 Jan 2026 00:00:00 GMT'],
    ],
  ])('%s are both read, and nothing is thrown away', async (_, etags, dates) => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.script = (index) => {
      fixture.origin.etag = etags[index % 2] ?? null
      fixture.origin.lastModified = dates[index % 2] ?? null
      return (request, response) => fixture.origin.serve(request, response, 200_000)
    }
    expect(await readOne(fixture, [data])).toBe('whole')
    expect(await replacements(fixture)).toBe(0)
    expect(fixture.origin.requests.length).toBeLessThan(40)
  })

  it('are not followed back and forth when each keeps to itself for a while', async () => {
    await using fixture = await CacheFixture.create(data)
    for (let turn = 0; turn < 6; turn += 1) {
      fixture.origin.etag = turn % 2 === 0 ? '"one"' : '"two"'
      await fixture.read(turn * 300_000, turn * 300_000 + 1000).catch(() => undefined)
      await until(() => fixture.cache.counters().transfers === 0)
    }
    expect(await replacements(fixture)).toBeLessThanOrEqual(1)
    expect(await readOne(fixture, [data])).toBe('whole')
  })
})

describe('what only its size can tell apart', () => {
  async function keptForLong(clock: ManualClock): Promise<CacheFixture> {
    const fixture = await CacheFixture.create(data, {}, clock)
    await fixture.read(0, size)
    await until(() => isComplete(fixture))
    await fixture.close()
    clock.advance(week + 1)
    await fixture.open()
    return fixture
  }
  const matchedAt = (fixture: CacheFixture): number =>
    fixture.db.prepare<[], number>('SELECT matched_at FROM cache_generations').pluck().get() ?? 0

  it('is held against the source once a week, by one chunk', async () => {
    const clock = new ManualClock()
    await using fixture = await keptForLong(clock)
    const before = fixture.origin.requests.length
    await fixture.read(0, 1000)
    await until(() => matchedAt(fixture) === clock.now())
    expect(fixture.origin.requests).toHaveLength(before + 1)
    await fixture.reopen()
    await fixture.read(0, 1000)
    await fixture.close()
    expect(fixture.origin.requests).toHaveLength(before + 1)
    await fixture.open()
  })

  it('is replaced when that chunk is another, twice', async () => {
    await using fixture = await keptForLong(new ManualClock())
    fixture.origin.data = newer
    // Whoever reads the old one meanwhile may be told in the middle of it.
    await fixture.read(0, 1000).catch(() => undefined)
    await until(async () => (await replacements(fixture)) === 1)
    expect((await fixture.read(0, size)).equals(newer)).toBe(true)
  })

  it.each([
    ['is off', (fixture: CacheFixture) => fixture.upstream.setReachable(false)],
    [
      'is ill',
      (fixture: CacheFixture) => (fixture.origin.script = () => (_, r) => void r.writeHead(500).end()),
    ],
    ['breaks off', (fixture: CacheFixture) => (fixture.origin.script = () => (_, r) => void r.destroy())],
    [
      'refuses',
      (fixture: CacheFixture) => (fixture.origin.script = () => (_, r) => void r.writeHead(403).end()),
    ],
    [
      'does not find it',
      (fixture: CacheFixture) => (fixture.origin.script = () => (_, r) => void r.writeHead(404).end()),
    ],
  ] as const)('stays as it is while the source %s', async (_, spoil) => {
    await using fixture = await keptForLong(new ManualClock())
    spoil(fixture)
    expect(await readOne(fixture, [data])).toBe('whole')
    await fixture.reopen()
    expect(await isComplete(fixture)).toBe(true)
    expect(await replacements(fixture)).toBe(0)
  })
})

it('a source that comes and goes takes nothing away', async () => {
  await using fixture = await CacheFixture.create(data)
  await fixture.read(0, mebibyte)
  await until(async () => (await fixture.cache.isCached(key)).bytesPresent === mebibyte)
  for (let turn = 0; turn < 10; turn += 1) {
    fixture.upstream.setReachable(turn % 2 === 0)
    if (turn % 3 === 0) fixture.origin.resetConnections()
    await fixture.read(mebibyte, size).catch(() => undefined)
    expect((await fixture.read(0, mebibyte)).equals(data.subarray(0, mebibyte))).toBe(true)
  }
  fixture.upstream.setReachable(true)
  using file = await fixture.openFile()
  expect((await readAll(file.read(0, size, forever()))).equals(data)).toBe(true)
  expect(await replacements(fixture)).toBe(0)
})

it('another address, port and token fetch nothing again', async () => {
  await using fixture = await CacheFixture.create(data)
  fixture.origin.etag = '"one"'
  await fixture.read(0, mebibyte)
  await fixture.reopen()
  const other = await ScriptedOrigin.start(data)
  other.etag = '"one"'
  fixture.upstream.moveTo(other)
  expect((await fixture.read(0, size)).equals(data)).toBe(true)
  expect(other.requests.every(({ start }) => start >= mebibyte)).toBe(true)
  expect((await fixture.cache.getStats()).bytesFetched).toBe(size - mebibyte)
  await until(() => isComplete(fixture))
  const stored = fixture.db.serialize().toString('latin1')
  expect(stored).not.toMatch(/127\.0\.0\.1|token-/)
  expect(await replacements(fixture)).toBe(0)
  await fixture.close()
  await other.stop()
  await fixture.open()
})
