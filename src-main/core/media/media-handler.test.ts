import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { errorCodes } from '../../../src-preload/contract/index.ts'
import type { FetchedBody } from '../library/library-port.ts'
import { SpoolError } from '../spool-error.ts'
import { statusOfError } from './error-status.ts'
import { createMediaHandler } from './media-handler.ts'
import { MemoryMedia } from './test-support/memory-media.ts'

const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 251)
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

function setUp(
  images: (path: string, width: number, height: number) => Promise<FetchedBody> = () => never(),
) {
  const media = new MemoryMedia(64)
  media.files.set(7, { bytes, mime: 'video/mp4' })
  media.playlists.set(8, { text: '#EXTM3U\n0.ts\n', segments: new Map([['0.ts', bytes.subarray(0, 300)]]) })
  const handler = createMediaHandler({
    cache: media,
    ladders: media.ladders,
    getImage: (_source, path, width, height) => images(path, width, height),
    getThumbnail: async () => Buffer.from('jpeg'),
    getSubtitle: async () => 'WEBVTT\n',
    isTokenOf: (entryId, token) => token === `key-${entryId}`,
    logger: quiet,
  })
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    handler(new Request(`http://127.0.0.1${path}`, { headers, method }))
  return { media, get }
}

const never = (): never => {
  throw new Error('not expected here')
}
const body = async (reply: Response): Promise<Uint8Array> => new Uint8Array(await reply.arrayBuffer())

describe('the ladder of a title', () => {
  test('lists the rungs, and each has its playlist there with the segments where they are', async () => {
    const { media, get } = setUp()
    const ladder = await get('/media/8/ladder.m3u8')
    expect(ladder.headers.get('content-type')).toContain('mpegurl')
    expect(await ladder.text()).toBe('#EXTM3U\n8.m3u8\n')
    const rung = await get('/media/3/8.m3u8?start=7000')
    expect(await rung.text()).toBe('#EXTM3U\n../8/0.ts\n')
    expect(media.playlistStarts).toEqual([7000])
    expect(media.openCount).toBe(0)
  })

  test('is for the page alone, and has no rung that is a file', async () => {
    const { media, get } = setUp()
    expect((await get('/x/8/key-8/ladder.m3u8')).status).toBe(404)
    expect((await get('/x/8/key-8/8.m3u8')).status).toBe(404)
    expect((await get('/media/8/7.m3u8')).status).toBe(404)
    expect(media.openCount).toBe(0)
  })
})

describe('a segment for whoever takes only what is kept', () => {
  test('comes when it is, and is a 504 when it is not', async () => {
    const { media, get } = setUp()
    const only = { 'cache-control': 'only-if-cached' }
    expect((await get('/media/8/0.ts', only)).status).toBe(504)
    media.kept.add('0.ts')
    expect(await body(await get('/media/8/0.ts', only))).toEqual(bytes.subarray(0, 300))
    expect(media.openCount).toBe(0)
  })
})

describe('a file', () => {
  test('whole, with its length, its version and its type', async () => {
    const { media, get } = setUp()
    const reply = await get('/media/7/file.mp4')
    expect(reply.status).toBe(200)
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'content-length': '1000',
      'content-type': 'video/mp4',
      'accept-ranges': 'bytes',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      etag: '"generation-7"',
    })
    expect(await body(reply)).toEqual(bytes)
    expect(media.openCount).toBe(0)
  })

  test('any range gives exactly those bytes', async () => {
    const { media, get } = setUp()
    await fc.assert(
      fc.asyncProperty(fc.nat(999), fc.nat(1200), async (a, b) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)]
        const reply = await get('/media/7/file.mp4', { range: `bytes=${first}-${last}` })
        const expected = bytes.subarray(first, last + 1)
        expect(reply.status).toBe(206)
        expect(reply.headers.get('content-length')).toBe(String(expected.byteLength))
        expect(reply.headers.get('content-range')).toBe(`bytes ${first}-${Math.min(last, 999)}/1000`)
        expect(await body(reply)).toEqual(expected)
      }),
    )
    expect(media.openCount).toBe(0)
  })

  test('a range behind the end names the size and opens nothing', async () => {
    const { media, get } = setUp()
    const reply = await get('/media/7/file.mp4', { range: 'bytes=1000-' })
    expect(reply.status).toBe(416)
    expect(reply.headers.get('x-spool-error')).toBe('bad-params')
    expect(reply.headers.get('content-range')).toBe('bytes */1000')
    expect(media.readCount).toBe(0)
    expect(media.openCount).toBe(0)
  })

  test('If-Range of another version gives the whole file', async () => {
    const { get } = setUp()
    const headers = { range: 'bytes=5-9', 'if-range': '"generation-6"' }
    expect((await get('/media/7/file.mp4', headers)).status).toBe(200)
    expect((await get('/media/7/file.mp4', { ...headers, 'if-range': '"generation-7"' })).status).toBe(206)
  })

  test.each([
    ['if-none-match', '"generation-7"', 304],
    ['if-none-match', '"other", W/"generation-7"', 304],
    ['if-none-match', '*', 304],
    ['if-none-match', '"other"', 206],
    ['if-match', '"generation-7"', 206],
    ['if-match', '"other", "generation-7"', 206],
    ['if-match', '*', 206],
    ['if-match', 'W/"generation-7"', 412],
    ['if-match', '"other"', 412],
  ])('%s: %s answers %i', async (name, value, status) => {
    const { media, get } = setUp()
    for (const method of ['GET', 'HEAD']) {
      const reply = await get('/media/7/file.mp4', { range: 'bytes=5-9', [name]: value }, method)
      expect([reply.status, reply.headers.get('etag')]).toEqual([status, '"generation-7"'])
      const text = await body(reply)
      expect(text.byteLength).toBe(status === 206 && method === 'GET' ? 5 : 0)
    }
    if (status !== 206) expect(media.readCount).toBe(0)
    expect(media.openCount).toBe(0)
  })

  test('HEAD says the same as GET and reads nothing', async () => {
    const { media, get } = setUp()
    const reply = await get('/media/7/file.mp4', { range: 'bytes=10-19' }, 'HEAD')
    expect(reply.status).toBe(206)
    expect(reply.headers.get('content-length')).toBe('10')
    expect((await body(reply)).byteLength).toBe(0)
    expect(media.readCount).toBe(0)
    expect(media.openCount).toBe(0)
  })

  test('a failure before the first byte is a status, one after it breaks the body off', async () => {
    const { media, get } = setUp()
    media.failure = { at: 128, error: new SpoolError('source-unreachable', { retryAfterSeconds: 3 }) }
    const before = await get('/media/7/file.mp4', { range: 'bytes=128-' })
    expect(before.status).toBe(503)
    expect(before.headers.get('x-spool-error')).toBe('source-unreachable')
    expect(before.headers.get('retry-after')).toBe('3')
    expect(media.openCount).toBe(0)
    const after = await get('/media/7/file.mp4')
    expect(after.status).toBe(200)
    await expect(after.arrayBuffer()).rejects.toThrow()
    expect(media.openCount).toBe(0)
  })

  test('a client that goes away before the answer is no error', async () => {
    const logged: unknown[] = []
    const media = new MemoryMedia()
    media.files.set(7, { bytes, mime: 'video/mp4' })
    const leaving = new AbortController()
    // What node's http server aborts a request with, through @hono/node-server.
    media.failure = { at: 0, error: new Error('aborted') }
    const handler = createMediaHandler({
      cache: media,
      ladders: media.ladders,
      getImage: () => never(),
      getThumbnail: () => never(),
      getSubtitle: () => never(),
      isTokenOf: () => true,
      logger: { ...quiet, error: (...line) => void logged.push(line) },
    })
    leaving.abort(media.failure.error)
    const request = new Request('http://127.0.0.1/media/7/file.mp4', { signal: leaving.signal })
    expect((await handler(request)).headers.get('x-spool-error')).toBe('cancelled')
    expect(logged).toEqual([])
    expect((await handler(new Request('http://127.0.0.1/media/7/file.mp4'))).status).toBe(503)
    expect(logged).toHaveLength(1)
    expect(media.openCount).toBe(0)
  })

  test('cancelling the body lets go of the reader and the entry, without any signal', async () => {
    const { media, get } = setUp()
    const reply = await get('/media/7/file.mp4')
    const reader = reply.body!.getReader()
    await reader.read()
    expect(media.openCount).toBe(1)
    await reader.cancel()
    expect(media.openCount).toBe(0)
    expect(media.cancelCount).toBe(1)
  })

  test('nothing is read ahead of the client', async () => {
    const { media, get } = setUp()
    const reply = await get('/media/7/file.mp4')
    const reader = reply.body!.getReader()
    await reader.read()
    await reader.read()
    expect(media.readCount).toBe(2)
    await reader.cancel()
  })
})

describe('a playlist and its segments', () => {
  test('come with their types and lengths', async () => {
    const { media, get } = setUp()
    const playlist = await get('/media/8/index.m3u8')
    expect(playlist.headers.get('content-type')).toBe('application/vnd.apple.mpegurl')
    expect(await playlist.text()).toBe('#EXTM3U\n0.ts\n')
    const segment = await get('/media/8/0.ts')
    expect(segment.headers.get('content-type')).toBe('video/mp2t')
    expect(segment.headers.get('content-length')).toBe('300')
    expect(await body(segment)).toEqual(bytes.subarray(0, 300))
    expect((await get('/media/8/1.ts')).status).toBe(404)
    expect(media.openCount).toBe(0)
  })

  test('a playlist may be asked for with where playing will begin', async () => {
    const { media, get } = setUp()
    for (const query of ['', '?start=61500', '?start=soon', '?start=', '?start=Infinity'])
      expect((await get(`/media/8/index.m3u8${query}`)).status).toBe(200)
    expect(media.playlistStarts).toEqual([0, 61_500, 0, 0, 0])
  })

  test('are not a file, nor the other way round', async () => {
    const { media, get } = setUp()
    for (const path of ['/media/8/file.mp4', '/media/7/index.m3u8', '/media/7/0.ts', '/media/9/file.mp4']) {
      const reply = await get(path)
      expect([path, reply.status, reply.headers.get('x-spool-error')]).toEqual([path, 404, 'unknown-media'])
    }
    expect(media.openCount).toBe(0)
  })
})

describe('addresses for other programs', () => {
  test('open their entry with their token, and nothing with another', async () => {
    const { get } = setUp()
    expect((await get('/x/7/key-7/file.mp4')).status).toBe(200)
    expect((await get('/x/8/key-8/0.ts')).status).toBe(200)
    for (const path of ['/x/7/key-8/file.mp4', '/x/99/key-7/file.mp4', '/x/8/nonsense/index.m3u8']) {
      const reply = await get(path)
      expect([path, reply.status, reply.headers.get('x-spool-error')]).toEqual([path, 403, 'bad-token'])
    }
  })
})

describe('pictures and subtitles', () => {
  test('a picture is asked for in its size and kept by the browser', async () => {
    const asked: unknown[] = []
    const { get } = setUp(async (...question) => {
      asked.push(question)
      return { bytes: Uint8Array.of(1, 2, 3), mime: 'image/jpeg' }
    })
    const reply = await get('/image/abc?path=%2Flibrary%2Fmetadata%2F1%2Fthumb%2F5&w=158&h=99999')
    expect(asked).toEqual([['/library/metadata/1/thumb/5', 158, 4096]])
    expect(reply.headers.get('content-type')).toBe('image/jpeg')
    expect(reply.headers.get('cache-control')).toContain('private')
  })

  test('what is not a picture is not passed on as one', async () => {
    const { get } = setUp(async () => ({ bytes: new TextEncoder().encode('<script>'), mime: 'text/html' }))
    const reply = await get('/image/abc?path=/thumb')
    expect([reply.status, reply.headers.get('x-spool-error')]).toEqual([502, 'bad-reply'])
  })

  test.each([
    '/image/abc',
    '/image/abc?path=http://elsewhere/',
    '/image/abc?path=/a&w=-1',
    '/image/abc?path=/a&h=x',
  ])('refuses %s', async (path) => {
    const { get } = setUp()
    expect((await get(path)).status).toBe(404)
  })

  test('subtitles are WebVTT', async () => {
    const { get } = setUp()
    const reply = await get('/subtitle/abc/12.vtt')
    expect(reply.headers.get('content-type')).toBe('text/vtt; charset=utf-8')
    expect(await reply.text()).toBe('WEBVTT\n')
  })
})

test('every code has a status of the closed list', () => {
  for (const code of errorCodes) expect([403, 404, 502, 503]).toContain(statusOfError[code])
})

test('no path makes it fail', async () => {
  const { media, get } = setUp()
  const part = fc.oneof(
    fc.constantFrom('media', 'x', 'image', 'subtitle', '7', '8', '..', '%2e%2e', 'file.mp4', '%'),
    fc.string(),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (parts) => {
      const path = new URL(`http://127.0.0.1/${parts.join('/').replaceAll('#', '')}`)
      const reply = await get(path.pathname)
      expect([200, 403, 404, 503]).toContain(reply.status)
      await reply.body?.cancel()
    }),
  )
  expect(media.openCount).toBe(0)
})

test('only reading is possible', async () => {
  const { get } = setUp()
  const reply = await get('/media/7/file.mp4', {}, 'DELETE')
  expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})
