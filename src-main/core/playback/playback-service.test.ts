import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { asQuality, asSourceId, type PlayerState } from '../../../src-preload/contract/index.ts'
import { createSourceDirectory, type SourceDirectory } from '../accounts/source-directory.ts'
import { formatMediaId } from '../library/media-id.ts'
import { ManualClock } from '../plex/test-support/manual-clock.ts'
import { TinyServer } from '../plex/test-support/tiny-server.ts'
import { until } from '../plex/test-support/until.ts'
import { TranscodeCoordinator } from '../plex/transcode-coordinator.ts'
import type { Logger } from '../ports.ts'
import type { PlaybackService } from './playback-service.ts'
import { createPlaybackService } from './playback-service.ts'
import { createTimelineOutbox } from './timeline-outbox.ts'
import { WatchedMarks } from './watched-marks.ts'

const migrations = ['0002-servers.sql', '0003-playback.sql', '0004-watched-outbox.sql', '0007-connection.sql']
const sourceId = asSourceId('machine-1')
const quality = asQuality('original')
const ignore = (): void => undefined
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }

let db: Database.Database
let clock: ManualClock
let server: TinyServer
let directory: SourceDirectory
let service: PlaybackService
let marks: WatchedMarks
let watch: { viewOffset?: number; lastViewedAt?: number }

const part = (id: number, duration: number): object => ({
  id,
  key: `/library/parts/${id}/1/file.mp4`,
  duration,
  size: 100,
})
const item = (ratingKey: string, ...parts: object[]): unknown => ({
  MediaContainer: {
    Metadata: [
      { ratingKey, type: 'movie', title: `Film ${ratingKey}`, Media: [{ id: 9, Part: parts }], ...watch },
    ],
  },
})
const film = (ratingKey = '7', partId = '70') => ({
  sourceId,
  ratingKey,
  mediaId: formatMediaId({ ratingKey, versionId: '9', partId }),
})
const opened = async (
  ...params: Parameters<PlaybackService['open']>
): Promise<{ playbackId: string; positionMs: number }> => {
  const [what, ownerId = 'window-1'] = params
  const answer = await service.open(what, ownerId)
  if (answer.result !== 'opened') throw new Error('busy')
  return answer
}
const report = (playbackId: string, state: PlayerState, positionMs: number) =>
  service.report({ playbackId, state, positionMs, quality })
const told = (): string[] =>
  server
    .requestsTo('/:/timeline')
    .map(({ query }) => `${query.get('ratingKey')} ${query.get('state')} ${query.get('time')}`)

const openService = (): PlaybackService =>
  createPlaybackService({
    db,
    clock,
    logger,
    sources: directory,
    items: {
      getPlexItem: (source, ratingKey, _maxAgeMs, signal) =>
        directory.getClient(source).getItem(ratingKey, signal),
    },
    transcodes: new TranscodeCoordinator({ clock }),
    marks,
  })

beforeEach(async () => {
  db = new Database(':memory:')
  for (const name of migrations)
    db.exec(readFileSync(join(import.meta.dirname, '../../../migrations/library', name), 'utf8'))
  clock = new ManualClock()
  watch = {}
  server = new TinyServer('machine-1')
  server.on(
    '/library/metadata/7',
    (_request, response) => void response.end(JSON.stringify(item('7', part(70, 100_000)))),
  )
  server.on(
    '/library/metadata/8',
    (_request, response) => void response.end(JSON.stringify(item('8', part(80, 60_000), part(81, 40_000)))),
  )
  server.json('/:/timeline', { MediaContainer: { size: 0 } })
  server.json('/:/scrobble', {})
  await server.start()
  const kept = new Map<string, string>()
  directory = await createSourceDirectory({
    db,
    clock,
    logger,
    clientIdentifier: 'client-1',
    version: '0.1.0',
    secrets: {
      get: (name) => Promise.resolve(kept.get(name) ?? null),
      set: (name, value) => Promise.resolve(void kept.set(name, value)),
      delete: (name) => Promise.resolve(void kept.delete(name)),
    },
    initialServer: { url: server.url, token: 'good-token', machineIdentifier: 'machine-1' },
  })
  await directory.whenKnown()
  marks = new WatchedMarks({
    db,
    receiverOf: (source) => directory.getClient(source),
    now: () => clock.now(),
    logger,
  })
  service = openService()
})

afterEach(async () => {
  await service.close()
  await directory.close()
  await server.stop()
  db.close()
})

describe('the one player', () => {
  it('is free again when its last words can be neither told nor put by', async () => {
    const { playbackId } = await opened(film())
    await report(playbackId, 'playing', 10_000)
    await until(() => told().length === 1)
    await server.stop()
    db.exec('DROP TABLE timeline_outbox')
    expect(await report(playbackId, 'stopped', 20_000)).toEqual({ accepted: true })
    expect(service.owner.playbackId).toBeNull()
    expect(service.positions.get(sourceId, '7')?.positionMs).toBe(20_000)
    await server.start()
  })

  it('belongs to one window, until another takes it over', async () => {
    const owners: (string | null)[] = []
    service.onOwnerChange(({ playbackId }) => owners.push(playbackId))
    const first = await opened(film(), 'window-1')
    await report(first.playbackId, 'playing', 10_000)
    expect(await service.open(film(), 'window-2')).toEqual({ result: 'busy', title: 'Film 7' })
    const second = await opened({ ...film('8', '80'), takeOver: true }, 'window-2')
    expect(await report(first.playbackId, 'playing', 11_000)).toEqual({ accepted: false })
    expect(await report(second.playbackId, 'playing', 0)).toEqual({ accepted: true })
    expect(owners).toEqual([first.playbackId, null, second.playbackId])
    expect(told().slice(0, 2)).toEqual(['7 playing 10000', '7 stopped 10000'])
  })

  it('goes on in the same window without asking', async () => {
    await opened(film(), 'window-1')
    expect((await service.open(film('8', '80'), 'window-1')).result).toBe('opened')
    expect(service.owner.ratingKey).toBe('8')
  })

  it('is free when its window is gone', async () => {
    const { playbackId } = await opened(film(), 'window-1')
    await report(playbackId, 'playing', 10_000)
    service.wireClosed('window-1')
    // A window that only lost its wire comes back and says so.
    await report(playbackId, 'playing', 12_000)
    clock.advance(5_000)
    expect(service.owner.playbackId).toBe(playbackId)
    service.wireClosed('window-1')
    clock.advance(5_000)
    await until(() => told().at(-1) === '7 stopped 12000')
    expect(service.owner.playbackId).toBeNull()
  })

  it('is free at once for the window that comes after a reload', async () => {
    await opened(film(), 'window-1')
    service.wireClosed('window-1')
    expect((await service.open(film(), 'window-2')).result).toBe('opened')
  })

  it('is free when a playing window falls silent, and never when it is paused', async () => {
    const { playbackId } = await opened(film(), 'window-1')
    await report(playbackId, 'paused', 10_000)
    clock.advance(3_600_000)
    expect(service.owner.playbackId).toBe(playbackId)
    await report(playbackId, 'playing', 10_000)
    clock.advance(30_000)
    expect(service.owner.playbackId).toBe(playbackId)
    clock.advance(5_000)
    await until(() => service.owner.playbackId === null)
  })

  it('plays only what there is', async () => {
    await expect(service.open({ ...film(), sourceId: asSourceId('nobody') })).rejects.toMatchObject({
      code: 'unknown-source',
    })
    await expect(service.open(film('7', '71'))).rejects.toMatchObject({ code: 'unknown-media' })
    await expect(service.open({ ...film(), ratingKey: '8' })).rejects.toMatchObject({ code: 'unknown-media' })
    await expect(service.open(film('99', '1'))).rejects.toMatchObject({ code: 'unknown-media' })
  })
})

describe('where a title was left', () => {
  it('is kept, resumed, and told: start, pause, seek, stop', async () => {
    const { playbackId, positionMs } = await opened(film())
    expect(positionMs).toBe(0)
    await report(playbackId, 'playing', 0)
    await until(() => told().length === 1)
    await report(playbackId, 'playing', 1_000)
    await report(playbackId, 'playing', 50_000)
    await until(() => told().length === 2)
    await report(playbackId, 'paused', 50_500)
    await until(() => told().length === 3)
    await report(playbackId, 'stopped', 50_500)
    expect(told()).toEqual(['7 playing 0', '7 playing 50000', '7 paused 50500', '7 stopped 50500'])
    expect(
      server
        .requestsTo('/:/timeline')
        .every(({ headers }) => headers['x-plex-session-identifier'] === playbackId),
    ).toBe(true)
    expect(await report(playbackId, 'playing', 51_000)).toEqual({ accepted: false })
    expect((await opened(film())).positionMs).toBe(50_500)
    expect(service.positions.getStarted(5)).toMatchObject([{ ratingKey: '7', positionMs: 50_500 }])
  })

  it('is the server’s word when that is newer', async () => {
    const { playbackId } = await opened(film())
    await report(playbackId, 'stopped', 50_000)
    watch = { viewOffset: 20_000, lastViewedAt: Math.floor(clock.now() / 1000) - 60 }
    expect((await opened(film())).positionMs).toBe(50_000)
    watch = { viewOffset: 20_000, lastViewedAt: Math.floor(clock.now() / 1000) + 60 }
    expect((await opened(film())).positionMs).toBe(20_000)
  })

  it('counts over all parts of a title', async () => {
    const { playbackId } = await opened(film('8', '81'))
    await report(playbackId, 'playing', 10_000)
    await report(playbackId, 'stopped', 10_000)
    expect(told()).toContain('8 stopped 70000')
    expect(service.positions.get(sourceId, '8')).toMatchObject({ positionMs: 70_000, durationMs: 100_000 })
    expect((await opened(film('8', '81'))).positionMs).toBe(10_000)
    expect((await opened(film('8', '80'))).positionMs).toBe(0)
  })

  it('is "watched" once nine tenths were reached', async () => {
    const progress: boolean[] = []
    service.onProgress(({ isWatched }) => progress.push(isWatched))
    const { playbackId } = await opened(film())
    await report(playbackId, 'playing', 89_000)
    expect(progress).toEqual([])
    await report(playbackId, 'playing', 90_000)
    await report(playbackId, 'playing', 91_000)
    expect(progress).toEqual([true])
    await report(playbackId, 'stopped', 99_000)
    expect(service.positions.get(sourceId, '7')).toMatchObject({ isWatched: true })
    expect(service.positions.getStarted(5)).toEqual([])
    expect((await opened(film())).positionMs).toBe(0)
  })

  it('starts anew when the title was marked by hand', async () => {
    const { playbackId } = await opened(film())
    await report(playbackId, 'stopped', 50_000)
    service.positions.noteWatched(sourceId, '7', false)
    expect((await opened(film())).positionMs).toBe(0)
  })
})

describe('while the server is off', () => {
  const late = (): string[] =>
    server
      .requestsTo('/:/timeline')
      .filter(({ query }) => query.get('offline') === '1')
      .map(({ query }) => `${query.get('ratingKey')} ${query.get('time')} ${query.get('updated')}`)

  const goOff = async (): Promise<void> => {
    await server.stop()
    await directory.getClient(sourceId).getSections().catch(ignore)
    expect(directory.isReachable(sourceId)).toBe(false)
  }

  it('what it missed waits, and is told when it is back: the last state of each title', async () => {
    const first = await opened(film())
    await report(first.playbackId, 'playing', 10_000)
    await until(() => told().length === 1)
    await goOff()
    await report(first.playbackId, 'playing', 30_000)
    await report(first.playbackId, 'stopped', 40_000)
    const updated = Math.floor(clock.now() / 1000)
    await server.start()
    clock.advance(10_000)
    await until(() => late().length === 1)
    expect(late()).toEqual([`7 40000 ${updated}`])
    await until(() => db.prepare('SELECT * FROM timeline_outbox').all().length === 0)
  })

  it('what was watched to the end is marked so', async () => {
    const { playbackId } = await opened(film())
    await goOff()
    await report(playbackId, 'playing', 95_000)
    await report(playbackId, 'stopped', 99_000)
    await service.close()
    await server.start()
    clock.advance(10_000)
    await until(() => directory.isReachable(sourceId))
    // A new start finds what the last one left.
    service = openService()
    await until(() => server.requestsTo('/:/scrobble').length === 1)
    expect(server.requestsTo('/:/scrobble')[0]?.query.get('key')).toBe('7')
    await until(() => db.prepare('SELECT * FROM timeline_outbox').all().length === 0)
    expect(late()).toEqual([])
  })

  it('a mark is told before the position that came after it', async () => {
    server.json('/:/unscrobble', {})
    await goOff()
    await marks.set(sourceId, '7', false)
    clock.advance(1000)
    createTimelineOutbox(db).put({
      sourceId,
      ratingKey: '7',
      positionMs: 40_000,
      durationMs: 100_000,
      isWatched: false,
      sessionIdentifier: 's',
      updatedAt: clock.now(),
    })
    await server.start()
    clock.advance(10_000)
    await until(() => late().length === 1)
    const order = server.seen.map(({ path }) => path).filter((path) => path.startsWith('/:/'))
    expect(order).toEqual(['/:/unscrobble', '/:/timeline'])
  })
})
