import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AppInfo, CacheKey, CacheStats, MethodName } from '../../../src-preload/contract/index.ts'
import type { CacheStream, FileCacheHandle } from '../cache/handle.ts'
import { createLibraryRig, quiet } from '../library/test-support/library-rig.ts'
import { makeItem } from '../library/test-support/memory-server.ts'
import { chromiumCapabilities } from '../quality/capabilities.ts'
import { createStreamPlanner } from '../quality/stream-planner.ts'
import { makeMedia, makeStream } from '../quality/test-support/make-media.ts'
import { openSettings } from '../settings/settings-service.ts'
import { SpoolError } from '../spool-error.ts'
import { createRpc } from './create-rpc.ts'
import type { Router } from './router.ts'
import { createStreamUrls } from './stream-urls.ts'

const methodNames = [
  'cache.getCachedStreamWithQuality',
  'cache.getCachedStream',
  'cache.preCache',
  'cache.isCached',
  'cache.removeFromCache',
  'cache.setPinned',
  'cache.getStats',
  'cache.getDiagnostics',
  'cache.getCurrentStats',
  'cache.clearCache',
  'cache.cleanupCache',
  'cache.getHistory',
  'cache.stopPreCache',
  'cache.verify',
  'cache.getEntries',
  'library.getSources',
  'library.getSections',
  'library.getItems',
  'library.getChildren',
  'library.getItem',
  'library.getHome',
  'library.getKept',
  'library.getSpace',
  'library.search',
  'library.setWatched',
  'accounts.addServer',
  'accounts.removeServer',
  'accounts.retry',
  'playback.open',
  'playback.report',
  'playback.observe',
  'playback.getAutomaticLog',
  'settings.get',
  'settings.set',
  'app.getInfo',
] as const satisfies readonly MethodName[]

const stats: CacheStats = {
  bytesUsed: 0,
  bytesLimit: 1,
  bytesFreeOnDisk: 2,
  entries: 0,
  entriesComplete: 0,
  entriesPinned: 0,
  bytesServed: 0,
  bytesFromMemory: 0,
  bytesFromDisk: 0,
  bytesPassedThrough: 0,
  bytesFetched: 0,
  trouble: null,
  job: null,
  jobsWaiting: 0,
  check: null,
}

let dataDir: string
let rig: ReturnType<typeof createLibraryRig>
let router: Router
/** What reached the cache and the player. */
let reached: unknown[][]
let failWith: unknown

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'spool-rpc-'))
  rig = createLibraryRig()
  const streams = [makeStream(), makeStream({ id: '7', kind: 'audio', codec: 'aac' })]
  rig.server.items = [makeItem({ ratingKey: '1', media: [makeMedia({}, streams).media] })]
  reached = []
  failWith = null
  const reach =
    <T>(name: string, value: T) =>
    (...given: unknown[]): Promise<T> => {
      reached.push([name, ...given.filter((part) => !(part instanceof AbortSignal))])
      return failWith === null ? Promise.resolve(value) : Promise.reject(failWith)
    }
  const cache: FileCacheHandle = {
    getCachedStreamWithQuality: (key: CacheKey) => {
      const stream: CacheStream = {
        entryId: 5,
        key,
        kind: key.quality === 'original' ? 'file' : 'hls',
        mime: key.quality === 'original' ? 'video/mp4' : 'application/vnd.apple.mpegurl',
        complete: false,
        bytesPresent: 0,
        bytesTotal: null,
        bytesTotalIsEstimate: true,
      }
      return reach('stream', stream)(key)
    },
    preCache: reach('preCache', { state: 'filling' } as const),
    stopPreCache: reach('stopPreCache', { state: 'partial' } as const),
    pausePreCache: reach('pausePreCache', { state: 'partial' } as const),
    movePreCache: reach('movePreCache', { moved: true }),
    getDownloads: reach('getDownloads', []),
    isCached: reach('isCached', { cached: false, state: 'none', bytesPresent: 0, bytesTotal: null } as const),
    removeFromCache: reach('remove', { freedBytes: 3 }),
    setPinned: reach('pin', { pinned: true }),
    getStats: reach('stats', stats),
    getDiagnostics: reach('diagnostics', {} as never),
    getCurrentStats: reach('current', {} as never),
    clearCache: reach('clear', { freedBytes: 4 }),
    cleanupCache: reach('cleanup', { freedBytes: 5 }),
    verify: reach('verify', { checked: 1, damaged: 0, missing: 0, repaired: 0 }),
    getHistory: reach('history', []),
    getEntries: () => rig.cache.getEntries(),
    getShelves: (sourceId, mediaIds) => rig.cache.getShelves(sourceId, mediaIds),
    getStream: reach('streamOf', {} as never),
    holdAhead: reach('hold', { startMs: 3000, endMs: 9000 }),
    openMedia: reach('open', {} as never),
    setLimits: () => {},
    setProtected: () => {},
    setWatched: () => {},
    onDamage: () => ({ [Symbol.dispose]: () => undefined }),
    onEntryChange: (listener) => rig.cache.onEntryChange(listener),
    wake: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }
  const settings = await openSettings({ dataDir, clock: rig.clock, logger: quiet })
  const { library } = rig.now
  router = createRpc(
    {
      cache,
      library,
      kits: { totalBytes: 70 },
      sources: rig.sources,
      settings,
      accounts: {
        addServer: reach('addServer', rig.sources.getSources()[0]!),
        removeServer: reach('removeServer', { removed: true }),
        retry: reach('retry', rig.sources.getSources()[0]!),
        setConnection: (...said) => {
          reached.push(['setConnection', ...said])
          return rig.sources.getSources()[0]!
        },
      },
      tracks: { put: (...given) => void reached.push(['setTracks', ...given]) },
      playback: {
        open: reach('playback.open', { result: 'opened', playbackId: 'p', positionMs: 0 } as const),
        report: reach('playback.report', { accepted: true }),
        onOwnerChange: () => ({ [Symbol.dispose]: () => {} }),
        wireClosed: (ownerId) => void reached.push(['wireClosed', ownerId]),
      },
      automatic: {
        observe: reach('observe', {} as never),
        getLog: () => [],
        wireClosed: () => {},
      },
      planner: createStreamPlanner({
        cache,
        library,
        sources: rig.sources,
        settings,
        capabilities: { of: () => chromiumCapabilities },
        limits: { of: () => null },
      }),
      capabilities: {
        set: (...said) => void reached.push(['setCapabilities', ...said]),
        note: reach('noteUndecodable', true),
        wireClosed: (callerId) => void reached.push(['capabilities.wireClosed', callerId]),
      },
      streamUrls: createStreamUrls({ secret: new Uint8Array(32), getExternalBase: () => 'http://h' }),
      getAppInfo: (): AppInfo => ({ version: '1', shell: 'browser', dataDir, platform: 'x', notice: null }),
    },
    { clock: rig.clock, logger: quiet },
  )
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
  rmSync(dataDir, { recursive: true, force: true })
})

const call = async (method: unknown, params?: unknown): Promise<unknown> => {
  const outcome = await router.call(method, params, new AbortController().signal)
  return outcome.ok ? outcome.value : outcome.error
}
const failure = (code: string) => expect.objectContaining({ code }) as unknown
const media = { sourceId: 's', mediaId: '1:10:20' }

describe('every method', () => {
  it.each(methodNames)('%s refuses parameters nobody knows', async (method) => {
    expect(await call(method, { surprise: 1 })).toEqual(failure('bad-params'))
    expect(await call(method, [])).toEqual(failure('bad-params'))
    expect(await call(method, 'text')).toEqual(failure('bad-params'))
  })

  it.each(['cache', 'cache.nothing', '', 'constructor', '__proto__', 'toString'])(
    '%j is none',
    async (name) => {
      expect(await call(name, {})).toEqual(failure('unknown-method'))
    },
  )

  it.each([undefined, null, 4, {}])('a name is text, not %j', async (name) => {
    expect(await call(name, {})).toEqual(failure('bad-params'))
  })

  const wrong: readonly (readonly [MethodName, object, RegExp])[] = [
    ['cache.isCached', { ...media }, /quality/],
    ['cache.isCached', { ...media, quality: 4 }, /quality/],
    ['cache.isCached', { ...media, quality: '' }, /quality/],
    ['cache.preCache', { ...media, quality: '720p', pin: 'yes' }, /pin/],
    ['cache.cleanupCache', { targetBytes: -1 }, /targetBytes/],
    ['cache.getHistory', { limit: 0 }, /limit/],
    ['library.getItems', { sourceId: 's', sectionId: '1', offset: 0.5, limit: 5 }, /offset/],
    ['library.getItems', { sourceId: 's', sectionId: '1', offset: 0, limit: 5, sort: 'size' }, /sort/],
    ['playback.report', { playbackId: 'p', state: 'flying', positionMs: 0, quality: 'original' }, /state/],
    [
      'playback.report',
      { playbackId: 'p', state: 'paused', positionMs: -1, quality: 'original' },
      /positionMs/,
    ],
    ['settings.set', { volume: 3 }, /volume/],
    // Half of a pair of UTF-16: no address can carry it.
    ['library.getItem', { sourceId: 's', ratingKey: '1\ud800' }, /ratingKey/],
    ['library.setWatched', { sourceId: 's', ratingKey: '\udfff', isWatched: true }, /ratingKey/],
    ['cache.isCached', { ...media, mediaId: '1:\ud83d:20', quality: 'original' }, /mediaId/],
  ]
  it.each(wrong)('%s says what is wrong with %j', async (method, params, message) => {
    expect(await call(method, params)).toMatchObject({
      code: 'bad-params',
      message: expect.stringMatching(message),
    })
  })
})

describe('cache.*', () => {
  it('takes aliases, answers with canonical names, and gives both URLs', async () => {
    expect(await call('cache.getCachedStreamWithQuality', { ...media, quality: '720p' })).toEqual({
      url: '/media/5/index.m3u8',
      externalUrl: expect.stringMatching(/^http:\/\/h\/x\/5\/[\w-]+\/index\.m3u8$/),
      kind: 'hls',
      quality: '720p-4000k',
      mime: 'application/vnd.apple.mpegurl',
      complete: false,
      bytesPresent: 0,
      bytesTotal: null,
      bytesTotalIsEstimate: true,
    })
  })

  it('plans the quality nobody named: by connection, and by what is kept', async () => {
    const quality = async () => ((await call('cache.getCachedStream', media)) as { quality?: string }).quality
    expect(await quality()).toBe('original')
    rig.sources.connect('s', 'relay')
    expect(await quality()).toBe('480p-1500k')
    rig.sources.connect('s', 'offline')
    expect(await call('cache.getCachedStream', media)).toEqual(failure('source-unreachable'))
    rig.cache.keep('1:10:20', '720p-4000k', { state: 'partial' })
    expect(await quality()).toBe('720p-4000k')
  })

  const unknown: readonly (readonly [object, string])[] = [
    [{ ...media, quality: '999p' }, 'unknown-quality'],
    [{ ...media, quality: 'original.a7' }, 'unknown-quality'],
    [{ ...media, quality: '720p.a8' }, 'unknown-quality'],
    [{ ...media, quality: '720p.s7' }, 'unknown-quality'],
    [{ ...media, sourceId: 'other', quality: '720p' }, 'unknown-source'],
    [{ ...media, mediaId: 'nonsense', quality: '720p' }, 'unknown-media'],
    [{ ...media, mediaId: '1:10:21', quality: '720p' }, 'unknown-media'],
    [{ ...media, mediaId: '2:10:20', quality: '720p' }, 'unknown-media'],
  ]
  const takingKeys = [
    'cache.getCachedStreamWithQuality',
    'cache.preCache',
    'cache.stopPreCache',
    'cache.isCached',
    'cache.removeFromCache',
    'cache.getCurrentStats',
  ] as const
  it.each(unknown)('%j is %s', async (key, code) => {
    for (const method of takingKeys) expect(await call(method, key)).toEqual(failure(code))
    expect(await call('cache.setPinned', { ...key, pinned: true })).toEqual(failure(code))
    expect(reached).toEqual([])
  })

  it('knows the tracks of a file', async () => {
    expect(await call('cache.preCache', { ...media, quality: '720p.a7' })).toEqual({ state: 'filling' })
    expect(reached).toEqual([['preCache', { ...media, quality: '720p-4000k.a7' }, true]])
  })

  it('fills in what was left out', async () => {
    const key = { ...media, quality: 'original' }
    await call('cache.preCache', key)
    await call('cache.preCache', { ...key, pin: false })
    await call('cache.removeFromCache', key)
    await call('cache.clearCache')
    await call('cache.cleanupCache', {})
    await call('cache.getHistory', {})
    expect(reached).toEqual([
      ['preCache', key, true],
      ['preCache', key, false],
      ['remove', key, false],
      ['clear', false],
      ['cleanup', null],
      ['history', 100],
    ])
  })

  it('lets go of what is kept of a title, a server, that is gone', async () => {
    rig.cache.keep('9:9:9', 'original')
    const key = { sourceId: 's', mediaId: '9:9:9', quality: 'original' }
    expect(await call('cache.removeFromCache', { ...key, force: true })).toEqual({ freedBytes: 3 })
    expect(reached).toEqual([['remove', key, true]])
  })
})

describe('what goes wrong', () => {
  it('keeps its code, and says whether to try again', async () => {
    failWith = new SpoolError('disk-full')
    expect(await call('cache.clearCache')).toMatchObject({ code: 'disk-full', retryable: true })
  })

  it('inside Spool tells nothing of it', async () => {
    failWith = new Error('secret path /home/x')
    const error = await call('cache.clearCache')
    expect(error).toMatchObject({ code: 'internal', retryable: false })
    expect(JSON.stringify(error)).not.toContain('secret')
  })

  it('after an abort is cancelled', async () => {
    const leaving = new AbortController()
    leaving.abort()
    const outcome = await router.call('cache.getStats', {}, leaving.signal)
    expect(outcome).toMatchObject({ ok: false, error: { code: 'cancelled' } })
    expect(reached).toEqual([])
  })
})

describe('the rest', () => {
  it('rows of the cache lead to their titles', async () => {
    rig.cache.keep('1:10:20', 'original')
    expect(await call('cache.getEntries')).toMatchObject([
      { key: { mediaId: '1:10:20', quality: 'original' }, ratingKey: '1' },
    ])
    expect(await call('library.getSpace')).toEqual({ bytesUsed: 70 })
  })

  it('reaches its service with what it was given', async () => {
    expect(await call('app.getInfo')).toMatchObject({ shell: 'browser' })
    expect(await call('settings.set', { defaultQuality: { lan: '720p' } })).toMatchObject({
      defaultQuality: { lan: '720p-4000k' },
    })
    expect(await call('library.getSources')).toEqual([{ sourceId: 's', name: 'Server s', connection: 'lan' }])
    await call('accounts.addServer', { address: ' http://a ', token: 't' })
    await call('playback.report', { playbackId: 'p', state: 'paused', positionMs: 1.5, quality: 'original' })
    expect(await call('accounts.retry', { sourceId: 's' })).toMatchObject({ connection: 'lan' })
    expect(reached).toEqual([
      ['addServer', 'http://a', 't'],
      ['playback.report', { playbackId: 'p', state: 'paused', positionMs: 1.5, quality: 'original' }],
      ['retry', 's'],
    ])
  })

  it('names the page that asks, and tells when its wire is gone', async () => {
    let onFrame: (frame: string) => void = () => {}
    let onClose: () => void = () => {}
    const frames: string[] = []
    const nothing = { [Symbol.dispose]: () => {} }
    router.connect({
      post: (frame) => void frames.push(frame),
      onFrame: (listener) => ((onFrame = listener), nothing),
      onClose: (listener) => ((onClose = listener), nothing),
      close: () => {},
    })
    onFrame(JSON.stringify({ t: 'call', id: 1, m: 'playback.open', p: { ...media, ratingKey: '1' } }))
    onFrame(JSON.stringify({ t: 'sub', topic: 'cache.stats' }))
    await rig.settle()
    expect(frames.map((frame) => JSON.parse(frame) as unknown)).toEqual([
      { t: 'ev', topic: 'cache.stats', v: stats },
      { t: 'ok', id: 1, v: { result: 'opened', playbackId: 'p', positionMs: 0 } },
    ])
    expect(router.wireCount).toBe(1)
    onClose()
    expect(router.wireCount).toBe(0)
    const opened = reached.find(([name]) => name === 'playback.open')
    expect(opened?.[2]).toEqual(expect.stringMatching(/^[0-9a-f-]{36}$/))
    expect(reached.slice(-2)).toEqual([
      ['wireClosed', opened?.[2]],
      ['capabilities.wireClosed', opened?.[2]],
    ])
    expect(rig.clock.pending).toBe(0)
  })
})
