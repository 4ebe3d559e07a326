import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Download } from '../../../../src-preload/contract/index.ts'
import { openTestDatabase, testData, testKey } from '../test-support/cache-fixture.ts'
import { MemoryRig, rigChunkBytes } from '../test-support/memory-rig.ts'
import { MemoryTranscodes } from '../test-support/memory-transcodes.ts'
import { MemoryServerFiles } from './test-support/memory-server-files.ts'

const data = testData(4 * rigChunkBytes)
const rungKey = (mediaId: string) => testKey(mediaId, '480p-200k')

let rig: MemoryRig
let server: MemoryServerFiles
beforeEach(async () => {
  rig = new MemoryRig()
  server = new MemoryServerFiles(rig.clock, () => data)
  rig.serverFiles = server
  rig.upstream.transcodes = new MemoryTranscodes(3, () => undefined)
  for (const mediaId of ['1', '2', '3']) rig.upstream.put(mediaId, data)
  await rig.open(openTestDatabase(':memory:'))
})
afterEach(() => rig.close())

const setOn = (isOn: boolean): void => {
  server.isOn = isOn
  rig.upstream.setReachable(isOn)
}
const isKept = async (mediaId: string): Promise<boolean> =>
  (await rig.cache.isCached(rungKey(mediaId))).cached
const download = async (): Promise<Download | undefined> => (await rig.cache.getDownloads())[0]

it('looks again at what a server was making when it went away', async () => {
  await rig.cache.preCache(rungKey('1'), true)
  await rig.pass(1_000)
  expect(server.count('look')).toBe(1)
  setOn(false)
  await rig.pass(20_000)
  const asked = server.requests.length
  expect(await download()).toMatchObject({ state: 'parked', reason: 'source-unreachable' })
  setOn(true)
  server.turnOut('ready')
  await rig.pass(10_000)
  expect(server.requests.length).toBeGreaterThan(asked)
  expect(await isKept('1')).toBe(true)
})

it('looks again when the server is back in the moment in which its going was noticed', async () => {
  await rig.cache.preCache(rungKey('1'), true)
  for (let turns = 0; turns < 16; turns += 1) {
    await rig.settle()
    const looks = server.count('look')
    setOn(false)
    // The pause ends, and the task sees that nobody answers; so many steps of its end later somebody does.
    rig.clock.advance(server.retryAfterMs)
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
    setOn(true)
    await rig.pass(10_000)
    expect(server.count('look'), `back after ${turns} turns`).toBeGreaterThan(looks)
  }
})

it('asks no oftener after an outage that nobody noticed', async () => {
  await rig.cache.preCache(rungKey('1'), true)
  await rig.pass(1_000)
  setOn(false)
  rig.clock.advance(100)
  setOn(true)
  const asked = server.requests.length
  await rig.settle()
  await rig.pass(10_000)
  expect(server.requests.length - asked).toBeLessThanOrEqual(4)
})

it('looks at each order when that is due, however many there are and whatever happens to the others', async () => {
  await rig.cache.preCache(rungKey('1'), true)
  await rig.pass(1_000)
  for (let times = 0; times < 10; times += 1) {
    await rig.cache.preCache(rungKey('2'), true)
    await rig.pass(250)
    await rig.cache.stopPreCache(rungKey('2'))
    await rig.pass(250)
  }
  // Once at the beginning, and once 5 s later.
  const first = server.made.find(({ mediaId }) => mediaId === '1')
  expect(first).toBeDefined()
  expect(server.count('look')).toBeLessThanOrEqual(10 + 3)
})

it('rests as long as a full disk asks for, and says so', async () => {
  rig.cache.setLimits({ ...rig.limits, limitBytes: rigChunkBytes })
  server.begins = 'ready'
  await rig.cache.preCache(rungKey('1'), true)
  await rig.pass(2_000)
  expect(await download()).toMatchObject({ state: 'parked', reason: 'disk-full' })
  const asked = server.requests.length
  await rig.pass(50_000)
  expect(server.requests.length - asked).toBeLessThanOrEqual(2)
  expect(await download()).toMatchObject({ state: 'parked', reason: 'disk-full' })
  rig.cache.setLimits(rig.limits)
  await rig.pass(30_000)
  expect(await isKept('1')).toBe(true)
})

it('a download that cannot be begun fails, and the others go on', async () => {
  server.hasQueue = false
  const { openHlsEntry } = rig
  rig.openHlsEntry = () => {
    throw new Error('no such entry can be opened')
  }
  await rig.cache.preCache(rungKey('1'), true)
  await rig.cache.preCache(testKey('2'), true)
  await rig.pass(20_000)
  expect((await rig.cache.isCached(testKey('2'))).cached).toBe(true)
  expect(await download()).toMatchObject({ key: rungKey('1'), state: 'failed', reason: 'internal' })
  rig.openHlsEntry = openHlsEntry
  await rig.cache.preCache(rungKey('1'), true)
  await rig.pass(1_000)
  expect(await download()).toMatchObject({ key: rungKey('1'), state: 'running' })
})

it('goes on by itself after rows could not be written', async () => {
  const held = Promise.withResolvers<void>()
  rig.upstream.step = (call) => (call === 'body' ? held.promise : Promise.resolve())
  for (const mediaId of ['1', '2']) await rig.cache.preCache(testKey(mediaId), true)
  await rig.settle()
  for (const change of ['UPDATE', 'DELETE'])
    rig.db.exec(`CREATE TRIGGER broken_${change} BEFORE ${change} ON cache_downloads
      BEGIN SELECT RAISE(FAIL, 'the disk of the database is full'); END`)
  held.resolve()
  await rig.pass(20_000)
  expect(rig.errors.splice(0)).not.toEqual([])
  for (const change of ['UPDATE', 'DELETE']) rig.db.exec(`DROP TRIGGER broken_${change}`)
  await rig.pass(60_000)
  for (const mediaId of ['1', '2']) expect((await rig.cache.isCached(testKey(mediaId))).cached).toBe(true)
})

it('orders nothing that is not wanted any more when its turn comes', async () => {
  const held = Promise.withResolvers<void>()
  server.step = (call) => (call === 'order' ? held.promise : Promise.resolve())
  for (const mediaId of ['1', '2', '3']) await rig.cache.preCache(rungKey(mediaId), true)
  await rig.settle()
  // The first is being ordered; the others come after it, in one go.
  await rig.cache.stopPreCache(rungKey('1'))
  server.step = (call) => (call === 'order' ? second.promise : Promise.resolve())
  const second = Promise.withResolvers<void>()
  held.resolve()
  await rig.pass(1_000)
  await rig.cache.stopPreCache(rungKey('3'))
  second.resolve()
  await rig.pass(20_000)
  expect(server.made.map(({ mediaId }) => mediaId)).toEqual(['2'])
})

it('has a failed file made again also when the connection broke in the moment of asking for it', async () => {
  server.begins = 'failed'
  await rig.cache.preCache(rungKey('1'), true)
  server.step = (call) => {
    server.isOn = call !== 'restart'
    return Promise.resolve()
  }
  await rig.pass(1_000)
  expect(server.count('restart')).toBe(1)
  server.step = () => Promise.resolve()
  server.isOn = true
  await rig.pass(20_000)
  server.turnOut('ready')
  await rig.pass(20_000)
  expect(await isKept('1')).toBe(true)
})
