import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { DemoServer } from '../../../demo/demo-server.ts'
import { asQuality, asSourceId, type ErrorCode } from '../../../src-preload/contract/index.ts'
import { createSourceDirectory, type SourceDirectory } from '../accounts/source-directory.ts'
import { systemClock } from '../base/clock.ts'
import { createFileCache } from '../cache/create-file-cache.ts'
import { createHlsEntry } from '../cache/hls/hls-entry.ts'
import { silentLogger } from '../cache/test-support/cache-fixture.ts'
import { openDatabase, type OpenedDatabase } from '../db/open-database.ts'
import { formatMediaId } from '../library/media-id.ts'
import { SourceLimits } from '../quality/source-limits.ts'
import { SpoolError } from '../spool-error.ts'
import { createPlexUpstream } from './plex-upstream.ts'
import { quickClock } from './test-support/quick-clock.ts'
import { control, counters, startSmallDemo } from './test-support/small-demo.ts'
import { until } from './test-support/until.ts'
import { TranscodeCoordinator } from './transcode-coordinator.ts'

/** What stands behind the media URLs of the page: cache, upstream and a real server, with every wait cut by this. */
const factor = 20
/** The longest that any answer may take, in the core's own time. The page's player waits 30 s for the first byte. */
const mostMs = 60_000

let folder: string
let server: DemoServer
let library: Database.Database
let cacheDatabase: OpenedDatabase
let directory: SourceDirectory
let limits: SourceLimits
let cache: Awaited<ReturnType<typeof createFileCache>>
let coordinator: TranscodeCoordinator
/** As in the app, every playback is a session of its own: what the server decided for one says nothing of the next. */
let playbackId = ''

const universal = '/video/:/transcode/universal'
const stages = {
  decision: `${universal}/decision`,
  start: `${universal}/start`,
  playlist: `${universal}/session/*/base/index`,
  segment: `${universal}/session/*/base/0`,
  part: '/library/parts/',
} as const

beforeAll(async () => {
  server = await startSmallDemo()
  folder = mkdtempSync(join(tmpdir(), 'spool-refusals-'))
  library = new Database(':memory:')
  for (const name of ['0002-servers', '0007-connection'])
    library.exec(readFileSync(join(import.meta.dirname, `../../../migrations/library/${name}.sql`), 'utf8'))
  cacheDatabase = openDatabase({
    path: join(folder, 'cache.db'),
    migrationsFolder: join(import.meta.dirname, '../../../migrations/cache'),
    clock: systemClock,
    logger: silentLogger,
  })
  const kept = new Map<string, string>()
  directory = await createSourceDirectory({
    db: library,
    clock: systemClock,
    logger: silentLogger,
    clientIdentifier: 'client-1',
    version: '0.1.0',
    secrets: {
      get: (name) => Promise.resolve(kept.get(name) ?? null),
      set: (name, value) => Promise.resolve(void kept.set(name, value)),
      delete: (name) => Promise.resolve(void kept.delete(name)),
    },
  })
  await directory.addServer(server.url, server.token)
  const clock = quickClock(factor)
  limits = new SourceLimits(clock)
  coordinator = new TranscodeCoordinator({ clock })
  cache = await createFileCache({
    db: cacheDatabase.db,
    cacheFolder: join(folder, 'cache'),
    limits: { limitBytes: 1e9, reserveBytes: 0, backgroundKbps: null },
    clock,
    logger: silentLogger,
    openHlsEntry: (context) => createHlsEntry(context),
    upstream: createPlexUpstream({
      directory,
      coordinator,
      clock,
      limits,
      roomBytes: () => Promise.resolve(1e9),
      playbackIdOf: () => playbackId,
      items: {
        getPlexItem: (sourceId, ratingKey, _age, signal) =>
          directory.getClient(sourceId).getItem(ratingKey, signal),
      },
    }),
  })
}, 180_000)

afterAll(async () => {
  await cache.close(1000)
  await coordinator.close()
  await directory.close()
  await server.close()
  cacheDatabase.db.close()
  library.close()
  rmSync(folder, { recursive: true, force: true })
})

const reset = { refuse: {}, maxKbps: null, maxStreams: null, relay: false, decision: null }
beforeEach(async () => {
  await control(server, reset)
  directory.setConnection(server.machineIdentifier, null)
  await cache.clearCache(true)
  // What is still on its way would be refused by what the next test asks of the server, and remembered.
  await until(() => cache.counters().transfers === 0)
  limits.forget(server.machineIdentifier)
})

/** What a player gets: `plays`, or the code and sentence that it shows. `not yet` would leave it waiting. */
async function play(quality: 'original' | '240p-320k'): Promise<ErrorCode | 'plays' | 'not yet'> {
  const signal = AbortSignal.timeout(mostMs / factor)
  playbackId = randomUUID()
  try {
    const stream = await cache.getCachedStreamWithQuality(
      {
        sourceId: asSourceId(server.machineIdentifier),
        mediaId: formatMediaId({ ratingKey: '501', versionId: '5011', partId: '50111' }),
        quality: asQuality(quality),
      },
      signal,
    )
    using media = await cache.openMedia(stream.entryId, signal)
    if (media.kind === 'file') {
      await media.size(signal)
      const reader = media.read(0, 10, signal)
      const bytes = await reader.read()
      return bytes === null ? 'not yet' : 'plays'
    }
    await media.playlist(signal, 0)
    const { reader } = await media.segment('0.ts', signal)
    return (await reader.read()) === null ? 'not yet' : 'plays'
  } catch (error) {
    if (signal.aborted) throw new Error('a player would wait for ever', { cause: error })
    if (!(error instanceof SpoolError)) throw error
    expect(error.message.length).toBeGreaterThan(20)
    return error.retryAfterSeconds === null || error.code === 'source-busy' ? error.code : 'not yet'
  }
}

type Case = readonly [status: number, atHome: ErrorCode, fromAfar: ErrorCode]
const atStart: readonly Case[] = [
  [400, 'source-busy', 'source-busy'],
  [401, 'source-refused', 'source-refused'],
  [403, 'not-allowed', 'not-allowed'],
  [404, 'unknown-media', 'unknown-media'],
  [500, 'source-busy', 'over-limit'],
  [503, 'source-busy', 'source-busy'],
  [509, 'over-limit', 'over-limit'],
]

describe.each(['lan', 'wan'] as const)('over %s', (connection) => {
  beforeEach(() => void directory.setConnection(server.machineIdentifier, connection))
  const expected = ([status, atHome, fromAfar]: Case): readonly [number, ErrorCode] => [
    status,
    connection === 'lan' ? atHome : fromAfar,
  ]

  describe.each(['decision', 'start', 'playlist'] as const)('a conversion whose %s is answered', (stage) => {
    it.each(atStart.map(expected))('%i ends as %s', async (status, code) => {
      await control(server, { refuse: { [stages[stage]]: status } })
      expect(await play('240p-320k')).toBe(code)
      expect(await nothingRuns()).toBe(true)
    })
  })

  it.each<readonly [number, ErrorCode]>([
    [401, 'not-allowed'],
    [403, 'not-allowed'],
    [500, 'source-busy'],
    [503, 'source-busy'],
    [509, 'over-limit'],
  ])('a conversion whose segments are answered %i ends as %s', async (status, code) => {
    await control(server, { refuse: { [stages.segment]: status } })
    expect(await play('240p-320k')).toBe(code)
  })

  it.each(
    (
      [
        [400, 'bad-reply', 'bad-reply'],
        [401, 'source-refused', 'source-refused'],
        [403, 'not-allowed', 'not-allowed'],
        // What is known of the title still names the file: it is not believed to be gone.
        [404, 'bad-reply', 'bad-reply'],
        [500, 'source-busy', 'over-limit'],
        [503, 'source-busy', 'source-busy'],
        [509, 'over-limit', 'over-limit'],
      ] satisfies readonly Case[]
    ).map(expected),
  )('a file whose bytes are answered %i ends as %s', async (status, code) => {
    await control(server, { refuse: { [stages.part]: status } })
    expect(await play('original')).toBe(code)
  })

  it.each<readonly [number, ErrorCode]>([
    [2000, 'unplayable'],
    [2001, 'over-limit'],
    [2003, 'unplayable'],
    [2004, 'unplayable'],
    [2006, 'ended-by-server'],
    [2011, 'not-allowed'],
    [4000, 'unplayable'],
    [4005, 'unplayable'],
  ])('a decision of %i ends as %s for a conversion, and from afar for the file', async (decision, code) => {
    await control(server, { decision })
    expect(await play('240p-320k')).toBe(code)
    expect(await play('original')).toBe(connection === 'lan' ? 'plays' : code)
  })

  it('plays when the refusal is over, with nothing left of it', async () => {
    await control(server, { refuse: { [universal]: 503, [stages.part]: 503 } })
    expect([await play('240p-320k'), await play('original')]).toEqual(['source-busy', 'source-busy'])
    await control(server, reset)
    expect([await play('original'), await play('240p-320k')]).toEqual(['plays', 'plays'])
  })
})

it('learns from a limit what the server sends, and plays what is below it', async () => {
  directory.setConnection(server.machineIdentifier, 'wan')
  await control(server, { maxKbps: 400 })
  expect(await play('original')).toBe('over-limit')
  expect(limits.of(server.machineIdentifier, 'wan')).toEqual({ maxKbps: 400, cause: 'server' })
  expect(await play('240p-320k')).toBe('plays')
})

it('forgets a limit when the source agrees to more', async () => {
  directory.setConnection(server.machineIdentifier, 'wan')
  const limit = () => limits.of(server.machineIdentifier, 'wan')
  for (const [quality, maxKbps] of [
    ['original', 400],
    ['240p-320k', 200],
  ] as const) {
    await control(server, { maxKbps })
    expect(await play(quality)).toBe('over-limit')
    expect(limit()).toEqual({ maxKbps, cause: 'server' })
    await control(server, { maxKbps: null })
    expect(await play(quality)).toBe('plays')
    expect(limit()).toBeNull()
  }
})

it('asks the decision before it reads a file from afar, and never reads what was refused', async () => {
  directory.setConnection(server.machineIdentifier, 'wan')
  await control(server, { decision: 2001 })
  const readsBefore = await partRequests()
  expect(await play('original')).toBe('over-limit')
  expect(await partRequests()).toBe(readsBefore)
})

it('says in the server’s words that too many watch', async () => {
  await control(server, { maxStreams: 0 })
  expect(await play('240p-320k')).toBe('unplayable')
})

const partRequests = async (): Promise<number> =>
  Object.entries((await counters(server)).byPath)
    .filter(([path]) => path.startsWith(stages.part))
    .reduce((sum, [, { requests }]) => sum + requests, 0)

async function nothingRuns(): Promise<boolean> {
  await until(async () => (await counters(server)).sessions === 0)
  return true
}
