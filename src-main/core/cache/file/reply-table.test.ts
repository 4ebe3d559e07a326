import { describe, expect, it } from 'vitest'
import { CacheFixture, mebibyte, readAll, testData, testKey, until } from '../test-support/cache-fixture.ts'
import { countedFaults, cutAfter, passingFaults, type Fault } from '../test-support/reply-faults.ts'

/** A chunk and a short one. */
const size = mebibyte + 200_777
const data = testData(size)
const forever = (): AbortSignal => new AbortController().signal

/** Reads in the ways players do, and compares every byte. */
const patterns: Readonly<Record<string, (fixture: CacheFixture) => Promise<void>>> = {
  'from start to end': (fixture) => readsRight(fixture, 0, size),
  'from the middle of a chunk over its edge': (fixture) => readsRight(fixture, 700_001, mebibyte + 100_003),
  'the tail': (fixture) => readsRight(fixture, size - 100_001, size),
  'by two readers of one range': async (fixture) => {
    await Promise.all([readsRight(fixture, 1, size - 1), readsRight(fixture, 1, size - 1)])
  },
  'with a seek away and back': async (fixture) => {
    using file = await fixture.openFile()
    const first = file.read(0, size, forever())
    const piece = (await first.read()) ?? Buffer.alloc(0)
    expect(data.subarray(0, piece.length).equals(piece)).toBe(true)
    first.cancel()
    expect((await readAll(file.read(size - 50_000, size, forever()))).equals(data.subarray(-50_000))).toBe(
      true,
    )
    const back = await readAll(file.read(piece.length, mebibyte + 5, forever()))
    expect(back.equals(data.subarray(piece.length, mebibyte + 5))).toBe(true)
  },
}

async function readsRight(fixture: CacheFixture, start: number, end: number): Promise<void> {
  const read = await fixture.read(start, end)
  expect(read.equals(data.subarray(start, end))).toBe(true)
}

/** The first `count` requests meet the fault. */
const spoil = (fixture: CacheFixture, fault: Fault, count: number): void => {
  fixture.origin.script = (index) =>
    index < count ? (request, response) => fault(fixture.origin, request, response) : undefined
}

/** Whatever was kept is right, and nothing is left open. */
async function isSound(fixture: CacheFixture): Promise<void> {
  await until(() => fixture.cache.counters().transfers === 0)
  await fixture.reopen()
  fixture.origin.script = () => undefined
  await readsRight(fixture, 0, size)
  expect(await fixture.cache.getHistory(10)).not.toContainEqual(
    expect.objectContaining({ action: 'replaced' }),
  )
}

describe.concurrent.each(Object.entries(passingFaults))('a source that once answers with %s', (_, fault) => {
  it.concurrent.each(Object.entries(patterns))('is read %s, byte for byte', async (_name, pattern) => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.etag = '"one"'
    spoil(fixture, fault, 1)
    await pattern(fixture)
    expect(fixture.origin.requests.length).toBeLessThan(12)
    await isSound(fixture)
  })
})

describe.concurrent('what diagnostics say', () => {
  it('has a word on every row of the table', () => {
    expect(Object.keys(countedFaults).sort()).toEqual(Object.keys(passingFaults).sort())
  })

  it.concurrent.each(Object.entries(passingFaults))('counts %s once, as what it is', async (name, fault) => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.etag = '"one"'
    spoil(fixture, fault, 1)
    await readsRight(fixture, 0, size)
    await until(() => fixture.cache.counters().transfers === 0)
    expect(await fixture.cache.getDiagnostics()).toMatchObject(countedFaults[name] ?? {})
  })

  it.concurrent('counts a source that sends all for a part', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.script = () => (_request, response) => fixture.origin.serveWhole(response)
    await readsRight(fixture, size - 1000, size)
    const { oddReplies } = await fixture.cache.getDiagnostics()
    expect(oddReplies.whole).toBeGreaterThan(0)
  })
})

describe('a body that ends early', () => {
  const edges = [0, mebibyte, size]
  const cuts = edges
    .flatMap((edge) => [-2, -1, 0, 1, 2].map((by) => edge + by))
    .filter((cut) => cut >= 0 && cut < size)
  const offsets = [0, 1, mebibyte - 1, mebibyte + 1]

  it.each(['missing-length', 'end', 'reset'] as const)('by %s is never taken for the end', async (how) => {
    await using fixture = await CacheFixture.create(data)
    const seen = new Set<string>()
    fixture.origin.script = () => (request, response) => {
      const url = request.url ?? ''
      const cut = Number(/cut-(\d+)/.exec(url)?.[1])
      const isFirst = !seen.has(url)
      seen.add(url)
      if (isFirst) cutAfter(cut, how)(fixture.origin, request, response)
      else fixture.origin.serve(request, response)
    }
    for (const start of offsets)
      await Promise.all(
        cuts
          .filter((cut) => cut < size - start)
          .map(async (cut) => {
            const key = testKey(`cut-${cut}-from-${start}`)
            const read = await fixture.read(start, size, key)
            expect(read.equals(data.subarray(start)), `cut after ${cut} from ${start}`).toBe(true)
          }),
      )
    expect(fixture.cache.counters().readers).toBe(0)
  })
})
