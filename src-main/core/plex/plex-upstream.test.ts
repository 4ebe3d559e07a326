import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { DemoServer } from '../../../demo/demo-server.ts'
import { asQuality, asSourceId, type CacheKey } from '../../../src-preload/contract/index.ts'
import { createSourceDirectory, type SourceDirectory } from '../accounts/source-directory.ts'
import { systemClock } from '../base/clock.ts'
import type {
  FilePlan,
  HlsPlan,
  HlsSession,
  MediaUpstream,
  SessionPurpose,
  UpstreamReply,
} from '../cache/upstream.ts'
import { formatMediaId } from '../library/media-id.ts'
import type { Logger } from '../ports.ts'
import { createPlexUpstream } from './plex-upstream.ts'
import { control, counters, startSmallDemo } from './test-support/small-demo.ts'
import { until } from './test-support/until.ts'
import { TranscodeCoordinator } from './transcode-coordinator.ts'

const ignore = (): void => undefined
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
const never = new AbortController().signal
const rung = '240p-320k'

let server: DemoServer
let db: Database.Database
let directory: SourceDirectory
let coordinator: TranscodeCoordinator
let upstream: MediaUpstream

/** Part 1 of the film with two sound tracks. */
const key = (quality: string, ratingKey = '501', partId = '50111'): CacheKey => ({
  sourceId: asSourceId(server.machineIdentifier),
  mediaId: formatMediaId({ ratingKey, versionId: `${ratingKey}1`, partId }),
  quality: asQuality(quality),
})

async function read(reply: UpstreamReply): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of reply.body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function open(of: CacheKey, startSegment: number, purpose: SessionPurpose): Promise<HlsSession> {
  const plan = (await upstream.plan(of, never)) as HlsPlan
  const session = await upstream.openSession(of, plan, startSegment * plan.segmentMs, purpose, never)
  if (session === 'busy') throw new Error('busy')
  return session
}

beforeAll(async () => {
  server = await startSmallDemo()
}, 180_000)

afterAll(() => server.close())

/** What the source was found not to send: source, asked for, available. */
let refusals: unknown[][] = []

beforeEach(async () => {
  refusals = []
  await control(server, { serving: true, mode: 'reset', refuse: {} }).catch(ignore)
  db = new Database(':memory:')
  for (const name of ['0002-servers', '0007-connection'])
    db.exec(readFileSync(join(import.meta.dirname, `../../../migrations/library/${name}.sql`), 'utf8'))
  const kept = new Map<string, string>()
  directory = await createSourceDirectory({
    db,
    clock: systemClock,
    logger,
    clientIdentifier: 'client-1',
    version: '0.1.0',
    secrets: {
      get: (name) => Promise.resolve(kept.get(name) ?? null),
      set: (name, value) => Promise.resolve(void kept.set(name, value)),
      delete: (name) => Promise.resolve(void kept.delete(name)),
    },
  })
  await directory.addServer(server.url, server.token)
  coordinator = new TranscodeCoordinator({ clock: systemClock })
  upstream = createPlexUpstream({
    directory,
    coordinator,
    clock: systemClock,
    limits: { refuse: (...refused) => void refusals.push(refused), allow: () => undefined },
    roomBytes: () => Promise.resolve(1_000_000_000),
    items: {
      getPlexItem: (sourceId, ratingKey, _maxAgeMs, signal) =>
        directory.getClient(sourceId).getItem(ratingKey, signal),
    },
  })
})

afterEach(async () => {
  await coordinator.close()
  await directory.close()
  db.close()
})

describe('a plan', () => {
  it('says how each quality is fetched', async () => {
    expect(await upstream.plan(key('original'), never)).toMatchObject({
      kind: 'file',
      mime: 'video/mp4',
      title: 'Two Voices',
      durationMs: 15_000,
      partKey: expect.stringMatching(/^\/library\/parts\/50111\/\d+\/file\.mp4$/),
    })
    expect(await upstream.plan(key(rung), never)).toMatchObject({
      kind: 'hls',
      segmentMs: 3_000,
      bitrateKbps: 320,
    })
    expect(await upstream.plan(key(rung, '502', '50212'), never)).toMatchObject({ durationMs: 6_000 })
  })

  it.each([
    ['unknown-quality', '9000p'],
    ['unknown-quality', `${rung}.a1`],
    ['quality-above-source', '1080p'],
  ])('is %s for %s', async (code, quality) => {
    await expect(upstream.plan(key(quality), never)).rejects.toMatchObject({ code })
  })

  it('is an error of its own for what is not there', async () => {
    await expect(upstream.plan(key(rung, '999', '1'), never)).rejects.toMatchObject({ code: 'unknown-media' })
    await expect(upstream.plan(key(rung, '501', '1'), never)).rejects.toMatchObject({ code: 'unknown-media' })
    const nobody = { ...key(rung), sourceId: asSourceId('nobody') }
    await expect(upstream.plan(nobody, never)).rejects.toMatchObject({ code: 'unknown-source' })
  })
})

describe('bytes of a file', () => {
  it('are the server’s, in ranges', async () => {
    const plan = (await upstream.plan(key('original'), never)) as FilePlan
    const whole = await read(await upstream.fetchBytes(key('original'), plan, { start: 0, end: null }, never))
    expect(whole.byteLength).toBe(plan.sizeBytes)
    const middle = await upstream.fetchBytes(key('original'), plan, { start: 1000, end: 5000 }, never)
    expect(middle.status).toBe(206)
    const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
    expect(hash(await read(middle))).toBe(hash(whole.subarray(1000, 5000)))
  })

  it('do not end the transcode that is being watched', async () => {
    const session = await open(key(rung), 0, 'play')
    const plan = (await upstream.plan(key('original'), never)) as FilePlan
    await read(await upstream.fetchBytes(key('original'), plan, { start: 0, end: 1000 }, never))
    const { encoders } = await counters(server)
    expect(encoders.map((encoder) => encoder.session)).toEqual([session.sessionId])
  })

  it('are asked for under a new decision once the server refused them', async () => {
    const plan = (await upstream.plan(key('original'), never)) as FilePlan
    const readSome = async (): Promise<number> => {
      const reply = await upstream.fetchBytes(key('original'), plan, { start: 0, end: 10 }, never)
      reply.discard()
      return reply.status
    }
    const decisions = async (): Promise<number> =>
      (await counters(server)).byPath['/video/:/transcode/universal/decision']?.requests ?? 0
    await fetch(`${server.url}/demo/counters/reset`, { method: 'POST' })
    expect([await readSome(), await readSome(), await decisions()]).toEqual([206, 206, 1])
    await control(server, { refuse: { '/library/parts': 503 } })
    expect(await readSome()).toBe(503)
    await control(server, { refuse: {} })
    expect([await readSome(), await readSome(), await decisions()]).toEqual([206, 206, 2])
  })

  it('fail at once while the server is off', async () => {
    const plan = (await upstream.plan(key('original'), never)) as FilePlan
    await control(server, { serving: false })
    const failed = { code: 'source-unreachable' }
    await expect(
      upstream.fetchBytes(key('original'), plan, { start: 0, end: 10 }, never),
    ).rejects.toMatchObject(failed)
    const { refused } = await counters(server)
    for (let n = 0; n < 20; n += 1)
      await expect(
        upstream.fetchBytes(key('original'), plan, { start: 0, end: 10 }, never),
      ).rejects.toMatchObject(failed)
    expect((await counters(server)).refused).toBe(refused)
    expect(upstream.isReachable(server.machineIdentifier)).toBe(false)
  })
})

describe('a transcode', () => {
  it('gives segments from where it was started', async () => {
    const session = await open(key(rung), 2, 'play')
    expect(session.playlist).toContain('00004.ts')
    const segment = await session.fetchSegment('00002.ts', never)
    expect(segment.status).toBe(200)
    const bytes = await read(segment)
    expect([bytes[0], bytes[188], bytes.byteLength % 188]).toEqual([0x47, 0x47, 0])
    expect(await session.fetchSegment('99999.ts', never)).toMatchObject({ status: 404 })
    await expect(session.fetchSegment('http://127.0.0.1:1/x.ts', never)).rejects.toMatchObject({
      code: 'bad-playlist',
    })
  })

  it('ends before the next begins, and when playback leaves', async () => {
    const first = await open(key(rung), 0, 'play')
    const second = await open(key(rung, '502', '50212'), 0, 'play')
    expect(first.ended.aborted).toBe(true)
    expect((await counters(server)).encoders.map((encoder) => encoder.session)).toEqual([second.sessionId])
    await coordinator.stopPlayback(server.machineIdentifier)
    expect(second.ended.aborted).toBe(true)
    expect(await counters(server)).toMatchObject({ encoders: [], sessions: 0 })
  })

  it('for a download runs under another name, and gives way', async () => {
    const fill = await open(key(rung), 0, 'fill')
    expect((await counters(server)).encoders.map((encoder) => encoder.clientIdentifier)).toEqual([
      'client-1-background',
    ])
    await open(key(rung), 0, 'play')
    expect(fill.ended.aborted).toBe(true)
    const plan = (await upstream.plan(key(rung), never)) as HlsPlan
    expect(await upstream.openSession(key(rung), plan, 0, 'fill', never)).toBe('busy')
    expect((await counters(server)).encoders).toHaveLength(1)
  })

  it('with another sound is another one', async () => {
    const item = await directory.getClient(server.machineIdentifier).getItem('501')
    const french = item.media[0]?.parts[0]?.streams.find(
      (stream) => stream.kind === 'audio' && !stream.isDefault,
    )
    const session = await open(key(`${rung}.a${french?.id}`), 0, 'play')
    expect((await session.fetchSegment('00000.ts', never)).status).toBe(200)
  })

  it('that is given up while it starts leaves nothing behind', async () => {
    const plan = (await upstream.plan(key(rung), never)) as HlsPlan
    const controller = new AbortController()
    const opening = upstream.openSession(key(rung), plan, 0, 'play', controller.signal)
    await until(async () => (await counters(server)).sessions > 0)
    controller.abort(new Error('enough'))
    await opening.then((session) => (session === 'busy' ? undefined : session.stop()), ignore)
    await until(async () => (await counters(server)).sessions === 0)
    expect(coordinator.isPlayingLive(server.machineIdentifier)).toBe(false)
  })

  it('ends with its server', async () => {
    const session = await open(key(rung), 0, 'play')
    await control(server, { serving: false })
    await expect(session.fetchSegment('00001.ts', never)).rejects.toMatchObject({
      code: 'source-unreachable',
    })
    await until(() => session.ended.aborted)
    const plan: HlsPlan = {
      kind: 'hls',
      mime: 'application/vnd.apple.mpegurl',
      title: '',
      sourceName: '',
      durationMs: 1,
      partKey: '',
      bitrateKbps: 1,
      segmentMs: 3000,
      profile: '',
    }
    await expect(upstream.openSession(key(rung), plan, 0, 'play', never)).rejects.toMatchObject({
      code: 'source-unreachable',
    })
  })

  it('of a file that was replaced does not start', async () => {
    const plan = (await upstream.plan(key(rung), never)) as HlsPlan
    const old = { ...plan, partKey: '/library/parts/50111/1/file.mp4' }
    await expect(upstream.openSession(key(rung), old, 0, 'play', never)).rejects.toMatchObject({
      code: 'bad-reply',
    })
    expect((await counters(server)).sessions).toBe(0)
  })
})
