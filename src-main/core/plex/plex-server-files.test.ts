import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { mebibyte, sha256, until } from '../cache/test-support/cache-fixture.ts'
import { DownloadRig } from './test-support/download-rig.ts'
import { control, counters } from './test-support/small-demo.ts'

const rung = '240p-320k'
const patience = { timeout: 60_000 }
const complete = async (rig: DownloadRig, quality = rung): Promise<void> =>
  until(async () => (await rig.cache.isCached(rig.key(quality))).cached, 30_000)
const folders = (rig: DownloadRig): string[] =>
  readdirSync(join(rig.folder, 'cache')).filter((name) => name.includes('__'))
const nothingLeft = async (rig: DownloadRig): Promise<void> => {
  await until(async () => (await rig.orders()).length === 0, 10_000)
  await until(() => rig.db.prepare('SELECT count(*) FROM cache_orders').pluck().get() === 0)
}
/** What the server sent of finished files. */
const sentBytes = async (rig: DownloadRig): Promise<number> => {
  const { byPath } = await counters(rig.server)
  return Object.entries(byPath)
    .filter(([path]) => path.endsWith('/media'))
    .reduce((sum, [, { bytes }]) => sum + bytes, 0)
}

it('keeps a rung as the one file that the server makes, and leaves nothing there', patience, async () => {
  await using rig = await DownloadRig.start()
  await rig.cache.preCache(rig.key(rung), true)
  await complete(rig)
  const stream = await rig.cache.getCachedStreamWithQuality(rig.key(rung))
  expect(stream).toMatchObject({
    kind: 'file',
    mime: 'video/mp4',
    complete: true,
    bytesTotalIsEstimate: false,
  })
  expect(stream.bytesPresent).toBe(stream.bytesTotal)
  const bytes = await rig.readFile(rig.key(rung))
  expect(bytes.length).toBe(stream.bytesTotal)
  expect(bytes.subarray(4, 8).toString()).toBe('ftyp')
  expect(await sentBytes(rig)).toBe(bytes.length)
  expect((await counters(rig.server)).encoders).toEqual([])
  await nothingLeft(rig)
  expect(folders(rig)).toHaveLength(1)
  const stats = await rig.cache.getStats()
  expect(stats.bytesUsed).toBe(bytes.length)
})

it('fills by segments where there is no queue', patience, async () => {
  await using rig = await DownloadRig.start()
  await control(rig.server, { queue: false })
  await rig.cache.preCache(rig.key(rung), true)
  await complete(rig)
  expect(await rig.cache.getCachedStreamWithQuality(rig.key(rung))).toMatchObject({
    kind: 'hls',
    complete: true,
  })
})

it('fills by segments when the server will not', patience, async () => {
  await using rig = await DownloadRig.start()
  await control(rig.server, { refuse: { '/downloadQueue': 403 } })
  await rig.cache.preCache(rig.key(rung), true)
  await complete(rig)
  expect(await rig.cache.getCachedStreamWithQuality(rig.key(rung))).toMatchObject({
    kind: 'hls',
    complete: true,
  })
})

it('has a failed file made once more, and then fills by segments', patience, async () => {
  await using rig = await DownloadRig.start()
  await rig.tellDownloads({ failures: 1 })
  await rig.cache.preCache(rig.key(rung), true)
  await complete(rig)
  expect((await rig.cache.getCachedStreamWithQuality(rig.key(rung))).kind).toBe('file')
  await nothingLeft(rig)
  await rig.tellDownloads({ failures: 2 })
  await rig.cache.preCache(rig.key('360p-720k'), true)
  await complete(rig, '360p-720k')
  expect((await rig.cache.getCachedStreamWithQuality(rig.key('360p-720k'))).kind).toBe('hls')
  await nothingLeft(rig)
})

it('orders anew what expired, and never joins two encodes', patience, async () => {
  await using rig = await DownloadRig.start()
  await control(rig.server, { mbps: 0.8 })
  await rig.cache.preCache(rig.key(rung), true)
  await until(async () => (await sentBytes(rig)) > 100_000, 20_000)
  await rig.tellDownloads({ expire: true })
  await rig.restartApp()
  await control(rig.server, { mbps: null })
  await complete(rig)
  const file = await rig.readFile(rig.key(rung))
  expect(file.subarray(4, 8).toString()).toBe('ftyp')
  await nothingLeft(rig)
  expect(folders(rig)).toHaveLength(1)
})

it(
  'takes back from the server what was cancelled, removed or forgotten, also after a restart',
  patience,
  async () => {
    await using rig = await DownloadRig.start()
    await control(rig.server, { encoderSpeed: 1 })
    await rig.cache.preCache(rig.key(rung), true)
    await until(async () => (await rig.orders()).length === 1, 10_000)
    await rig.cache.stopPreCache(rig.key(rung))
    await nothingLeft(rig)

    await rig.cache.preCache(rig.key(rung), true)
    await until(async () => (await rig.orders()).length === 1, 10_000)
    await control(rig.server, { refuse: { '/downloadQueue': 503 } })
    await rig.cache.removeFromCache(rig.key(rung), false)
    await rig.restartApp()
    expect(await rig.orders()).toHaveLength(1)
    await control(rig.server, { refuse: {} })
    await nothingLeft(rig)
    expect(folders(rig)).toEqual([])
  },
)

it('lets whoever plays the segments go on with them when the file takes their place', patience, async () => {
  await using rig = await DownloadRig.start()
  const key = rig.key(rung)
  const never = new AbortController().signal
  const { entryId, kind } = await rig.cache.getCachedStreamWithQuality(key)
  expect(kind).toBe('hls')
  rig.cache.setProtected([key])
  const segment = async (seq: number): Promise<Buffer> => {
    using media = await rig.cache.openMedia(entryId, never, 'hls')
    if (media.kind !== 'hls') throw new Error('not segments')
    const { reader, sizeBytes } = await media.segment(`${seq}.ts`, never)
    const pieces: Uint8Array[] = []
    for (let piece = await reader.read(); piece !== null; piece = await reader.read()) pieces.push(piece)
    expect(Buffer.concat(pieces)).toHaveLength(sizeBytes)
    return Buffer.concat(pieces)
  }
  {
    using media = await rig.cache.openMedia(entryId, never, 'hls')
    if (media.kind === 'hls') await media.playlist(never)
  }
  const first = await segment(0)
  await until(async () => (await rig.cache.isCached(key)).bytesPresent >= first.length)
  const [segments] = folders(rig)
  await rig.cache.preCache(key, true)
  await complete(rig)
  expect(await rig.cache.getCachedStreamWithQuality(key)).toMatchObject({ kind: 'file', entryId })
  expect((await segment(0)).equals(first), 'kept, and still there').toBe(true)
  expect((await segment(2)).length, 'missing, and still fetched').toBeGreaterThan(188)
  expect((await rig.readFile(key)).subarray(4, 8).toString()).toBe('ftyp')
  expect(existsSync(join(rig.folder, 'cache', segments ?? ''))).toBe(true)
  rig.cache.setProtected([])
  await until(() => !existsSync(join(rig.folder, 'cache', segments ?? '')), 15_000)
  expect((await counters(rig.server)).encoders).toEqual([])
  expect(folders(rig)).toHaveLength(1)
})

it(
  'comes to the server’s very bytes through restarts of both, fetching nothing kept twice',
  patience,
  async () => {
    await using rig = await DownloadRig.start()
    const key = rig.key('360p-720k')
    await control(rig.server, { mbps: 4 })
    await rig.cache.preCache(key, true)
    // The first chunk is there, and what is left of the file takes longer than the sync that comes after it.
    await until(async () => (await sentBytes(rig)) > mebibyte, 30_000)
    await control(rig.server, { mbps: 0.1 })
    await until(async () => (await rig.cache.isCached(key)).bytesPresent >= mebibyte, 30_000)
    expect(await rig.cache.isCached(key)).toMatchObject({ cached: false, bytesPresent: mebibyte })
    const [order] = await rig.orders()
    const served = readFileSync(join(rig.folder, 'downloads', `${order?.id}-${order?.run}.mp4`))
    await rig.restartApp()
    await rig.restartServer()
    await complete(rig, '360p-720k')
    expect(sha256(await rig.readFile(key))).toBe(sha256(served))
    // The server that was started last has counted from nothing.
    expect(await sentBytes(rig)).toBeLessThanOrEqual(served.length - mebibyte)
    await nothingLeft(rig)
  },
)
