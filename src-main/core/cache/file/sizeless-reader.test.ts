import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { answerFile } from '../../media/answer-file.ts'
import { CacheFixture, mebibyte, readAll, testData, testKey, until } from '../test-support/cache-fixture.ts'

const size = mebibyte + 333
const data = testData(size)
const forever = (): AbortSignal => new AbortController().signal

/** All of it, whatever is asked for, and nothing about how much that is. */
const sendAll = (response: ServerResponse, until = size): void => {
  response.writeHead(200, { 'content-type': 'video/x-matroska' })
  response.write(data.subarray(0, until), () => {
    if (until < size) response.socket?.resetAndDestroy()
    else response.end()
  })
}

async function sizelessFixture(bytes = size): Promise<CacheFixture> {
  const fixture = await CacheFixture.create(data)
  fixture.upstream.planChange = { sizeBytes: null }
  fixture.origin.script = () => (_request, response) => sendAll(response, bytes)
  return fixture
}

const asked = (method: string, range: string | null = null) => ({
  method,
  headers: new Headers(range === null ? {} : { range }),
  signal: forever(),
})

describe('a file whose size nobody tells', () => {
  it('is handed on as it comes, from its beginning, and not kept', async () => {
    await using fixture = await sizelessFixture()
    using file = await fixture.openFile()
    expect(await file.size(forever())).toBeNull()
    expect((await readAll(file.stream(forever()))).equals(data)).toBe(true)
    const stats = await fixture.cache.getDiagnostics()
    expect([stats.bytesServed, stats.bytesPassedThrough]).toEqual([size, size])
    expect(stats.oddReplies.sizeless).toBeGreaterThan(0)
    expect(await fixture.cache.isCached(testKey())).toMatchObject({ cached: false, bytesPresent: 0 })
    expect(fixture.bytesOnDisk()).toBeLessThan(mebibyte)
    expect(fixture.cache.counters().readers).toBe(0)
  })

  it('has neither a length nor ranges for players, whatever they ask for', async () => {
    await using fixture = await sizelessFixture()
    using file = await fixture.openFile()
    for (const range of [null, 'bytes=0-', 'bytes=1000-1999', 'bytes=-5']) {
      const { status, headers, body } = await answerFile(file, asked('GET', range), () => () => undefined)
      expect(status).toBe(200)
      expect(headers).not.toHaveProperty('content-length')
      expect(headers).not.toHaveProperty('accept-ranges')
      const rest = body === null ? Buffer.alloc(0) : await readAll(body.reader)
      expect(Buffer.concat([body?.first ?? Buffer.alloc(0), rest]).equals(data)).toBe(true)
    }
    expect(await answerFile(file, asked('HEAD'), () => () => undefined)).toMatchObject({
      status: 200,
      body: null,
    })
  })

  it('fails for whoever reads it when it breaks off, as nobody could say that this was all', async () => {
    await using fixture = await sizelessFixture(500_000)
    using file = await fixture.openFile()
    await file.size(forever())
    await expect(readAll(file.stream(forever()))).rejects.toMatchObject({ code: 'source-unreachable' })
  })

  it('leaves nothing open for who goes away', async () => {
    await using fixture = await sizelessFixture()
    fixture.origin.bytesPerSecond = mebibyte
    fixture.origin.script = () => (_request, response) => {
      response.writeHead(200, { 'content-type': 'video/x-matroska' })
      fixture.origin.send(response, { start: 0, end: size }, Number.POSITIVE_INFINITY)
    }
    using file = await fixture.openFile()
    await file.size(forever())
    const abort = new AbortController()
    const reader = file.stream(abort.signal)
    const first = await reader.read()
    expect(data.subarray(0, first?.length).equals(first ?? Buffer.alloc(0))).toBe(true)
    abort.abort()
    await expect(reader.read()).rejects.toMatchObject({ code: 'cancelled' })
    const sent = fixture.origin.bytesSent
    await until(() => fixture.origin.openSockets === 0)
    expect(fixture.origin.bytesSent - sent).toBeLessThan(mebibyte)
  })

  it('says what is wrong when no media come either', async () => {
    await using fixture = await sizelessFixture()
    using file = await fixture.openFile()
    await file.size(forever())
    fixture.origin.script = () => (_request, response) =>
      void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>')
    await expect(readAll(file.stream(forever()))).rejects.toMatchObject({ code: 'bad-reply' })
  })
})
