import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock, type Clock } from '../base/clock.ts'
import { ManualClock } from '../plex/test-support/manual-clock.ts'
import { sendPage, TinyServer } from '../plex/test-support/tiny-server.ts'
import { until } from '../plex/test-support/until.ts'
import type { Logger, SecretStore } from '../ports.ts'
import { createSourceDirectory, type InitialServer, type SourceDirectory } from './source-directory.ts'

const migrations = ['0002-servers', '0007-connection'].map((name) =>
  join(import.meta.dirname, `../../../migrations/library/${name}.sql`),
)
const token = 'good-token'
const logged: unknown[] = []
const log = (event: string, details?: unknown): void => void logged.push([event, details])
const logger: Logger = { debug: log, info: log, warn: log, error: log }

let db: Database.Database
let secrets: SecretStore
let kept: Map<string, string>
let server: TinyServer
let directory: SourceDirectory

const open = (initialServer?: InitialServer, clock: Clock = systemClock): Promise<SourceDirectory> =>
  createSourceDirectory({
    db,
    secrets,
    clock,
    logger,
    clientIdentifier: 'client-1',
    version: '0.1.0',
    ...(initialServer ? { initialServer } : {}),
  })

beforeEach(async () => {
  db = new Database(':memory:')
  for (const migration of migrations) db.exec(readFileSync(migration, 'utf8'))
  kept = new Map()
  secrets = {
    get: (name) => Promise.resolve(kept.get(name) ?? null),
    set: (name, value) => Promise.resolve(void kept.set(name, value)),
    delete: (name) => Promise.resolve(void kept.delete(name)),
  }
  server = new TinyServer('machine-1')
  await server.start()
  directory = await open()
})

afterEach(async () => {
  await directory.close()
  await server.stop()
  db.close()
})

describe('adding a server', () => {
  it('checks it, keeps it, and keeps the token apart', async () => {
    const source = await directory.addServer(` ${server.url}/ `, ` ${token}\n`)
    expect(source).toEqual({ sourceId: 'machine-1', name: 'Tiny', connection: 'lan' })
    expect(directory.getSources()).toEqual([source])
    expect(JSON.stringify(db.prepare('SELECT * FROM servers').all())).not.toContain(token)
    expect([...kept.values()]).toEqual([token])
    expect(JSON.stringify(logged)).not.toContain(token)
    // Nobody gets the token who has not said who he is.
    const [first] = server.seen
    expect([first?.path, first?.headers['x-plex-token']]).toEqual(['/identity', undefined])
  })

  it('again updates it, in its old place', async () => {
    await directory.addServer(server.url, token)
    const changes: number[] = []
    directory.onChange((sources) => changes.push(sources.length))
    await directory.addServer(server.url.replace('127.0.0.1', 'localhost'), token)
    expect(directory.getSources()).toHaveLength(1)
    expect(directory.getClient('machine-1').origin).toContain('localhost')
    expect(changes).toContain(1)
  })

  it('twice at once knows it once, and watches it once', async () => {
    await directory.close()
    const clock = new ManualClock()
    directory = await open(undefined, clock)
    const goodbyes: (() => void)[] = []
    const leaving = directory.onLeaving(() => new Promise((resolve) => void goodbyes.push(resolve)))
    await directory.addServer(server.url, token)
    let done = 0
    const adding = [1, 2].map(() => directory.addServer(server.url, token).finally(() => (done += 1)))
    // What the one closes, later, must not be what the other has opened in the meantime.
    for (const before of [0, 1]) {
      await until(() => goodbyes.length > before)
      goodbyes[before]?.()
      await until(() => done > before)
    }
    await Promise.all(adding)
    leaving[Symbol.dispose]()
    expect(directory.getSources()).toHaveLength(1)
    // Past the goodbyes; what still waits is the next look at a server, one for each that is watched.
    clock.advance(3_000)
    expect(clock.waiting).toBe(1)
  })

  it('behind a redirect is known by where that leads, as long as it is the same host', async () => {
    const proxy = new TinyServer()
    await proxy.start()
    for (const path of ['/identity', '/'])
      proxy.on(path, (_request, response) => {
        response.writeHead(301, { Location: `${server.url}${path}` }).end()
      })
    await directory.addServer(proxy.url, token)
    expect(directory.getClient('machine-1').origin).toBe(server.url)
    expect(proxy.seen.filter((request) => request.headers['x-plex-token'] !== undefined)).toEqual([])
    await directory.removeServer('machine-1')
    await expect(
      directory.addServer(proxy.url.replace('127.0.0.1', 'localhost'), token),
    ).rejects.toMatchObject({ code: 'source-refused' })
    expect(server.seen.at(-1)?.headers['x-plex-token']).toBeUndefined()
    await proxy.stop()
  })

  it('says what is wrong with the token, with the address, with what answers', async () => {
    await expect(directory.addServer(server.url, 'wrong')).rejects.toMatchObject({
      code: 'source-refused',
      message: expect.stringContaining('does not accept this access token'),
    })
    await expect(directory.addServer(server.url, '')).rejects.toMatchObject({ code: 'bad-params' })
    await expect(directory.addServer('ftp://x', token)).rejects.toMatchObject({ code: 'bad-params' })
    server.on('/identity', (_request, response) => sendPage(response, 200))
    await expect(directory.addServer(server.url, token)).rejects.toMatchObject({
      code: 'bad-reply',
      message: expect.stringContaining('not a Plex server'),
    })
    const { url } = server
    await server.stop()
    await expect(directory.addServer(url, token)).rejects.toMatchObject({ code: 'source-unreachable' })
    expect(directory.getSources()).toEqual([])
    expect(kept.size).toBe(0)
  })
})

describe('known servers', () => {
  it('are there after a restart, also when they are off', async () => {
    await directory.addServer(server.url, token)
    await directory.close()
    await server.stop()
    directory = await open()
    await directory.whenKnown()
    expect(directory.getSources()).toEqual([{ sourceId: 'machine-1', name: 'Tiny', connection: 'offline' }])
    expect(directory.isReachable('machine-1')).toBe(false)
  })

  it('tell when they stop answering', async () => {
    await directory.addServer(server.url, token)
    const heard: [string, boolean][] = []
    directory.onReachabilityChange((sourceId, isReachable) => heard.push([sourceId, isReachable]))
    await server.stop()
    await expect(directory.getClient('machine-1').getSections()).rejects.toMatchObject({
      code: 'source-unreachable',
    })
    expect(heard).toEqual([['machine-1', false]])
    expect(directory.getSources()[0]?.connection).toBe('offline')
  })

  it('are forgotten with their token, after everybody has said goodbye', async () => {
    await directory.addServer(server.url, token)
    const goodbyes: boolean[] = []
    directory.onLeaving(async (sourceId) => {
      await directory.getClient(sourceId).getServerInfo()
      goodbyes.push(true)
    })
    expect(await directory.removeServer('machine-1')).toEqual({ removed: true })
    expect(goodbyes).toEqual([true])
    expect(kept.size).toBe(0)
    expect(() => directory.getClient('machine-1')).toThrow(
      expect.objectContaining({ code: 'unknown-source' }),
    )
    expect(await directory.removeServer('machine-1')).toEqual({ removed: false })
  })
})

describe('a server given at start', () => {
  it('is known while it is off, and learns its name when it is back', async () => {
    await directory.close()
    const { url } = server
    await server.stop()
    directory = await open({ url, token, machineIdentifier: 'machine-1' })
    await directory.whenKnown()
    expect(directory.getSources()).toEqual([
      { sourceId: 'machine-1', name: 'Plex server', connection: 'offline' },
    ])
    await directory.close()
    await server.start()
    directory = await open({ url, token, machineIdentifier: 'machine-1' })
    await until(() => directory.getSources()[0]?.name === 'Tiny')
    expect(directory.getSources()[0]?.connection).toBe('lan')
  })

  it('says itself who it is when nobody else has', async () => {
    await directory.close()
    directory = await open({ url: server.url, token })
    expect(directory.getSources().map((source) => source.sourceId)).toEqual(['machine-1'])
  })

  it('that is off and unknown does not keep Spool from starting', async () => {
    await directory.close()
    const { url } = server
    await server.stop()
    directory = await open({ url, token })
    expect(directory.getSources()).toEqual([])
  })
})

describe('trying again', () => {
  it('asks a server that is away at once, once for all who try', async () => {
    await directory.addServer(server.url, token)
    await server.stop()
    directory.getClient('machine-1').monitor.reportNetworkFailure()
    await until(() => !directory.isReachable('machine-1'))
    expect(await directory.retry('machine-1')).toMatchObject({ connection: 'offline' })
    await server.start()
    server.seen.length = 0
    const answers = await Promise.all([1, 2, 3].map(() => directory.retry('machine-1')))
    expect(answers.map(({ connection }) => connection)).toEqual(['lan', 'lan', 'lan'])
    expect(server.seen.filter(({ path }) => path === '/identity')).toHaveLength(1)
    await expect(directory.retry('machine-2')).rejects.toMatchObject({ code: 'unknown-source' })
  })
})
