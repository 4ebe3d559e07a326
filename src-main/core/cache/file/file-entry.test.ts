import { openSync, rmSync, truncateSync, writeSync, closeSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CacheFixture,
  mebibyte,
  readAll,
  sha256,
  testData,
  testKey,
  until,
} from '../test-support/cache-fixture.ts'

const size = 5 * mebibyte + 12_345
const data = testData(size)
const key = testKey()
const forever = (): AbortSignal => new AbortController().signal

const isComplete = (fixture: CacheFixture): Promise<boolean> =>
  fixture.cache.isCached(key).then(({ cached }) => cached)
/** Where a byte lies on the disk. */
function placeOf(fixture: CacheFixture, position: number): { readonly path: string; readonly at: number } {
  const { extentBytes } = fixture
  const index = extentBytes === null ? 0 : Math.floor(position / extentBytes)
  return { path: fixture.mediaFiles()[index] ?? '', at: position - index * (extentBytes ?? 0) }
}
const plain = (response: ServerResponse, status: number, headers: Record<string, string>, body = ''): void =>
  void response.writeHead(status, headers).end(body)

describe('a file entry', () => {
  it('passes bytes on, keeps them, and serves them without the source', async () => {
    await using fixture = await CacheFixture.create(data)
    expect(sha256(await fixture.read(0, size))).toBe(sha256(data))
    await until(() => isComplete(fixture))
    expect(fixture.origin.requests).toHaveLength(1)
    fixture.upstream.setReachable(false)
    await fixture.reopen()
    expect(sha256(await fixture.read(0, size))).toBe(sha256(data))
    expect(fixture.origin.requests).toHaveLength(1)
    expect(sha256(fixture.mediaContent())).toBe(sha256(data))
    const stats = await fixture.cache.getStats()
    expect(stats.bytesFromDisk).toBe(size)
    expect(await fixture.cache.getHistory(10)).toMatchObject([{ action: 'completed', bytes: size }])
  })

  it('gives the first bytes before the rest has come', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.script = () => (request, response) => {
      fixture.origin.serve(request, response, Number.POSITIVE_INFINITY)
    }
    fixture.origin.bytesPerSecond = 200_000
    using file = await fixture.openFile()
    const reader = file.read(0, size, forever())
    const first = await reader.read()
    expect(first?.length).toBeGreaterThan(0)
    expect(fixture.origin.bytesSent).toBeLessThan(mebibyte)
    reader.cancel()
  })

  it('serves any ranges in any order, each byte fetched once', async () => {
    await using fixture = await CacheFixture.create(data)
    const span = fc
      .tuple(fc.nat(size), fc.nat(size))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
    await fc.assert(
      fc.asyncProperty(fc.array(span, { maxLength: 4 }), async (spans) => {
        const parts = await Promise.all(spans.map(([start, end]) => fixture.read(start, end)))
        for (const [index, [start, end]] of spans.entries())
          expect(parts[index]!.equals(data.subarray(start, end))).toBe(true)
      }),
      { numRuns: 30 },
    )
    const { bytesFetched } = await fixture.cache.getStats()
    // Readers that cross each other's way may fetch the little between them twice.
    expect(bytesFetched).toBeLessThan(size * 1.6)
  })

  it('fetches once for sixteen readers', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.bytesPerSecond = 20 * mebibyte
    const copies = await Promise.all(Array.from({ length: 16 }, () => fixture.read(0, size)))
    for (const copy of copies) expect(copy.equals(data)).toBe(true)
    expect(fixture.origin.requests).toHaveLength(1)
    expect((await fixture.cache.getStats()).bytesFetched).toBe(size)
  })

  it('keeps what was fetched before a seek', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.bytesPerSecond = 4 * mebibyte
    {
      using file = await fixture.openFile()
      const reader = file.read(0, size, forever())
      let got = 0
      while (got < 1_500_000) got += (await reader.read())?.length ?? 0
      reader.cancel()
      const after = await readAll(file.read(4 * mebibyte, 4 * mebibyte + 1000, forever()))
      expect(after.equals(data.subarray(4 * mebibyte, 4 * mebibyte + 1000))).toBe(true)
      const before = fixture.origin.requests.length
      expect((await readAll(file.read(0, 1_500_000, forever()))).length).toBe(1_500_000)
      expect(fixture.origin.requests).toHaveLength(before)
    }
  })

  it('closes the connection when the reader has gone, after a moment of grace', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.bytesPerSecond = 100_000
    using file = await fixture.openFile()
    const abort = new AbortController()
    const reader = file.read(0, size, abort.signal)
    await reader.read()
    expect(fixture.cache.counters().transfers).toBe(1)
    abort.abort()
    await expect(reader.read()).rejects.toMatchObject({ code: 'cancelled' })
    await until(() => fixture.cache.counters().transfers === 0)
    await until(() => fixture.origin.openSockets === 0)
  })

  it('rejects a read that waits when it is cancelled', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.script = () => () => undefined
    using file = await fixture.openFile()
    const reader = file.read(0, size, forever())
    const waiting = reader.read()
    await until(() => fixture.origin.requests.length === 1)
    reader.cancel()
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
    await until(() => fixture.cache.counters().transfers === 0)
  })

  it('reads no further ahead of a slow reader than its window', async () => {
    const large = testData(24 * mebibyte)
    await using fixture = await CacheFixture.create(large)
    fixture.upstream.planChange = { durationMs: 3_600_000 }
    using file = await fixture.openFile()
    const reader = file.read(0, large.length, forever())
    let read = 0
    while (read < 2 * mebibyte) read += (await reader.read())?.length ?? 0
    await until(async () => (await fixture.cache.getStats()).bytesFetched >= 8 * mebibyte)
    // At rest: the reader has to go on before anything else is fetched.
    await until(() => fixture.cache.counters().transfers === 0)
    expect((await fixture.cache.getStats()).bytesFetched).toBeLessThan(12 * mebibyte)
    // It goes on by itself as the reader does, to the last byte.
    const rest = await readAll(reader)
    expect(rest.subarray(-1000).equals(large.subarray(-1000))).toBe(true)
    await until(() => isComplete(fixture))
  })

  it('fetches little for those who jump about and read little', async () => {
    const large = testData(24 * mebibyte)
    await using fixture = await CacheFixture.create(large)
    using file = await fixture.openFile()
    for (const at of [9, 3, 15, 6, 18].map((mark) => mark * mebibyte)) {
      const reader = file.read(at, large.length, forever())
      const pieces: Uint8Array[] = []
      for (let left = 256 * 1024; left > 0; left -= pieces.at(-1)?.length ?? left)
        pieces.push((await reader.read()) ?? Buffer.alloc(0))
      const got = Buffer.concat(pieces)
      expect(got.equals(large.subarray(at, at + got.length))).toBe(true)
      reader.cancel()
    }
    await until(() => fixture.cache.counters().transfers === 0)
    expect((await fixture.cache.getStats()).bytesFetched).toBeLessThanOrEqual(5 * 2 * 256 * 1024)
  })

  it('asks once more for the rest when a reader that jumped goes on', async () => {
    await using fixture = await CacheFixture.create(data)
    using file = await fixture.openFile()
    const got = await readAll(file.read(mebibyte, size, forever()))
    expect(got.equals(data.subarray(mebibyte))).toBe(true)
    expect(fixture.origin.requests).toHaveLength(2)
    expect(fixture.origin.requests[1]).toEqual({ start: fixture.origin.requests[0]?.end, end: size })
  })

  it('learns the size from the request that brings what is wanted', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.upstream.planChange = { sizeBytes: null }
    using file = await fixture.openFile()
    const end = mebibyte + 1000
    expect(await file.size(forever(), { start: mebibyte, end })).toBe(size)
    expect((await readAll(file.read(mebibyte, end, forever()))).equals(data.subarray(mebibyte, end))).toBe(
      true,
    )
    expect(fixture.origin.requests).toEqual([{ start: mebibyte, end }])
  })

  it('asks for no more than a first piece for a jump into a file of unknown size', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.upstream.planChange = { sizeBytes: null }
    using file = await fixture.openFile()
    expect(await file.size(forever(), { start: mebibyte, end: null })).toBe(size)
    const [first] = fixture.origin.requests
    expect(first).toEqual({ start: mebibyte, end: mebibyte + 384 * 1024 })
    // The end of what was asked for is not the end of the file.
    expect((await readAll(file.read(mebibyte, size, forever()))).equals(data.subarray(mebibyte))).toBe(true)
  })

  it('learns the size from a first piece that would go beyond the end', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.upstream.planChange = { sizeBytes: null }
    using file = await fixture.openFile()
    expect(await file.size(forever(), { start: size - 10, end: null })).toBe(size)
    expect((await readAll(file.read(size - 10, size, forever()))).equals(data.subarray(size - 10))).toBe(true)
    expect(fixture.origin.requests).toHaveLength(1)
  })

  it('learns the size from the first byte when nothing is at what is wanted', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.upstream.planChange = { sizeBytes: null }
    fixture.origin.script = (index) =>
      index > 0
        ? undefined
        : (_request, response) => plain(response, 416, { 'content-range': `bytes */${size}` })
    using file = await fixture.openFile()
    expect(await file.size(forever(), { start: size + 1, end: null })).toBe(size)
  })

  it('asks for the size when nobody knows it, and never with HEAD', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.upstream.planChange = { sizeBytes: null }
    using file = await fixture.openFile()
    expect(await file.size(forever())).toBe(size)
    expect(fixture.origin.requests[0]).toEqual({ start: 0, end: 1 })
    expect((await fixture.cache.isCached(key)).bytesTotal).toBe(size)
  })

  it('returns every reader, transfer, file and byte of room', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.bytesPerSecond = 8 * mebibyte
    for (let round = 0; round < 40; round += 1) {
      using file = await fixture.openFile()
      const reader = file.read((round * 1_234_567) % size, size, forever())
      await reader.read()
      reader.cancel()
    }
    await until(() => fixture.cache.counters().transfers === 0)
    await fixture.cache.close(2_000)
    expect(fixture.cache.counters()).toEqual({
      resources: 0,
      handles: 0,
      readers: 0,
      transfers: 0,
      files: 0,
      reservedBytes: 0,
      mailbox: 0,
    })
  })
})

describe('memory that readers give back', () => {
  it('is never lent while others read the same bytes, also after a restart', async () => {
    await using fixture = await CacheFixture.create(data)
    await fixture.read(0, size)
    await until(() => isComplete(fixture))
    await fixture.reopen()
    using file = await fixture.openFile()
    const readers = Array.from({ length: 4 }, () => file.read(0, size, forever()))
    const positions = readers.map(() => 0)
    // The short last chunk is what a check keeps and many read from; it comes several times.
    const tails = Array.from({ length: 3 }, () => file.read(size - 9_000, size, forever()))
    for (const tail of tails) {
      for (let piece = await tail.read(); piece !== null; piece = await tail.read()) {
        expect(data.subarray(size - 9_000).equals(piece)).toBe(true)
        tail.release?.(piece)
      }
    }
    for (let isGoing = true; isGoing;) {
      isGoing = false
      const pieces = await Promise.all(readers.map((reader) => reader.read()))
      for (const [index, piece] of pieces.entries()) {
        if (piece === null) continue
        const at = positions[index] ?? 0
        expect(data.subarray(at, at + piece.length).equals(piece)).toBe(true)
        positions[index] = at + piece.length
        isGoing = true
      }
      for (const [index, piece] of pieces.entries()) if (piece !== null) readers[index]?.release?.(piece)
    }
    expect(positions).toEqual(readers.map(() => size))
    const tail = file.read(size - 9_000, size, forever())
    expect(data.subarray(size - 9_000).equals((await tail.read()) ?? Buffer.alloc(0))).toBe(true)
  })
})

describe('bad replies', () => {
  it('accepts the whole file from its beginning', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.script = (index) =>
      index > 0
        ? undefined
        : (_request, response) => {
            response.writeHead(200, { 'content-type': 'video/x-matroska', 'content-length': size })
            fixture.origin.send(response, { start: 0, end: size }, Number.POSITIVE_INFINITY)
          }
    expect((await fixture.read(0, size)).equals(data)).toBe(true)
  })

  it('cuts what is longer than announced', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.script = () => (_request, response) => {
      // Announced as 1000 bytes of the range, sent without a length of its own.
      response.writeHead(206, { 'content-range': `bytes 0-999/${size}` })
      response.end(Buffer.concat([data.subarray(0, 1000), Buffer.alloc(5000, 0xee)]))
    }
    expect((await fixture.read(0, 1000)).equals(data.subarray(0, 1000))).toBe(true)
  })

  it.each([
    ['reset', 300_000],
    ['reset at once', 0],
  ])('goes on from the first missing byte after a connection was %s', async (_, limit) => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.script = (index) =>
      index < 3 ? (request, response) => fixture.origin.serve(request, response, limit) : undefined
    expect((await fixture.read(0, size)).equals(data)).toBe(true)
    expect(fixture.origin.requests.length).toBe(4)
    expect((await fixture.cache.getStats()).bytesFetched).toBe(size)
  })

  it('takes an early end for what it is', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.script = (index) =>
      index > 0
        ? undefined
        : (_request, response) => {
            response.writeHead(206, { 'content-range': `bytes 0-${size - 1}/${size}` })
            response.end(data.subarray(0, 777_777))
          }
    expect((await fixture.read(0, size)).equals(data)).toBe(true)
    expect(fixture.origin.requests[1]?.start).toBe(777_777)
  })

  it('tries again after 503', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.script = (index) =>
      index < 2 ? (_request, response) => plain(response, 503, {}) : undefined
    expect((await fixture.read(0, 1000)).length).toBe(1000)
  })

  it('fails at once when the source is off, and keeps what came', async () => {
    await using fixture = await CacheFixture.create(data)
    fixture.origin.bytesPerSecond = 6 * mebibyte
    using file = await fixture.openFile()
    const reader = file.read(0, size, forever())
    let got = 0
    const all = (async () => {
      for (let piece = await reader.read(); piece !== null; piece = await reader.read()) {
        got += piece.length
        if (got > 2.5 * mebibyte) {
          fixture.upstream.setReachable(false)
          fixture.origin.resetConnections()
        }
      }
    })()
    await expect(all).rejects.toMatchObject({ code: 'source-unreachable' })
    await fixture.reopen()
    const { bytesPresent } = await fixture.cache.isCached(key)
    expect(bytesPresent).toBeGreaterThanOrEqual(2 * mebibyte)
    expect((await fixture.read(0, bytesPresent)).equals(data.subarray(0, bytesPresent))).toBe(true)
    await expect(fixture.read(0, size)).rejects.toMatchObject({ code: 'source-unreachable' })
  })

  it('begins a new generation when the size is another', async () => {
    await using fixture = await CacheFixture.create(data)
    await fixture.read(0, 2 * mebibyte)
    await fixture.reopen()
    const newer = testData(size - 1000, 7)
    fixture.origin.data = newer
    fixture.upstream.planChange = { sizeBytes: newer.length }
    await expect(fixture.read(3 * mebibyte, size)).rejects.toMatchObject({ code: 'bad-reply' })
    await until(async () => (await fixture.cache.getHistory(1))[0]?.action === 'replaced')
    expect((await fixture.read(0, newer.length)).equals(newer)).toBe(true)
    await until(() => fixture.storeNames().length === 1)
  })

  it('begins a new generation when the metadata name another file', async () => {
    await using fixture = await CacheFixture.create(data)
    await fixture.read(0, size)
    await until(() => isComplete(fixture))
    const newer = testData(size, 9)
    fixture.origin.data = newer
    fixture.upstream.planChange = { partKey: '/library/parts/1/2/file.mkv' }
    await fixture.reopen()
    await fixture.cache.getCachedStreamWithQuality(key)
    await until(async () => (await fixture.cache.getHistory(1))[0]?.action === 'replaced')
    expect((await fixture.read(0, size)).equals(newer)).toBe(true)
  })
})

describe('damage on the disk', () => {
  async function complete(): Promise<CacheFixture> {
    const fixture = await CacheFixture.create(data)
    await fixture.read(0, size)
    await until(() => isComplete(fixture))
    await fixture.close()
    return fixture
  }

  it('heals a flipped byte from the source', async () => {
    await using fixture = await complete()
    const { path, at } = placeOf(fixture, 3_000_000)
    const file = openSync(path, 'r+')
    writeSync(file, Buffer.from([data[3_000_000]! ^ 1]), 0, 1, at)
    closeSync(file)
    await fixture.open()
    expect((await fixture.read(0, size)).equals(data)).toBe(true)
    expect(fixture.origin.requests.slice(1)).toEqual([{ start: 2 * mebibyte, end: 3 * mebibyte }])
    await until(() => isComplete(fixture))
    expect((await fixture.cache.getHistory(10)).map(({ action }) => action)).toContain('damaged')
  })

  it('fetches again what was cut off or deleted', async () => {
    await using fixture = await complete()
    const { path, at } = placeOf(fixture, 2_500_000)
    truncateSync(path, at)
    await fixture.open()
    expect((await fixture.read(0, size)).equals(data)).toBe(true)
    await until(() => isComplete(fixture))
    await fixture.close()
    for (const file of fixture.mediaFiles()) rmSync(file)
    await fixture.open()
    expect((await fixture.read(0, size)).equals(data)).toBe(true)
  })
})
