import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { DemoServer } from '../../../../demo/demo-server.ts'
import { asQuality, asSourceId, type CacheKey } from '../../../../src-preload/contract/index.ts'
import { createSourceDirectory, type SourceDirectory } from '../../accounts/source-directory.ts'
import { systemClock } from '../../base/clock.ts'
import { defined } from '../../base/control.ts'
import { createFileCache, type CreatedFileCache } from '../../cache/create-file-cache.ts'
import { createHlsEntry } from '../../cache/hls/hls-entry.ts'
import { openTestDatabase, readAll, silentLogger } from '../../cache/test-support/cache-fixture.ts'
import { formatMediaId } from '../../library/media-id.ts'
import { createPlexServerFiles } from '../plex-server-files.ts'
import { createPlexUpstream } from '../plex-upstream.ts'
import { TranscodeCoordinator } from '../transcode-coordinator.ts'
import { startSmallDemo } from './small-demo.ts'

/** An order as the demo server shows it. */
export interface DemoOrder {
  readonly id: number
  readonly queueId: number
  readonly status: string
  readonly run: number
}

const migrationsFolder = join(import.meta.dirname, '../../../../migrations/library')

/** A cache on a demo server, both of which can be ended and started again, with everything between them real. */
export class DownloadRig implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'spool-download-rig-'))
  server!: DemoServer
  cache!: CreatedFileCache
  db!: Database.Database
  #servers!: Database.Database
  #directory!: SourceDirectory
  #coordinator!: TranscodeCoordinator

  static async start(): Promise<DownloadRig> {
    const rig = new DownloadRig()
    await rig.startServer()
    rig.#servers = new Database(':memory:')
    for (const name of readdirSync(migrationsFolder).toSorted())
      rig.#servers.exec(readFileSync(join(migrationsFolder, name), 'utf8'))
    await rig.#connect()
    await rig.#directory.addServer(rig.server.url, rig.server.token)
    await rig.#openCache()
    return rig
  }

  key(quality: string, ratingKey = '501'): CacheKey {
    return {
      sourceId: asSourceId(this.server.machineIdentifier),
      mediaId: formatMediaId({ ratingKey, versionId: `${ratingKey}1`, partId: `${ratingKey}11` }),
      quality: asQuality(quality),
    }
  }

  async startServer(): Promise<void> {
    const port = (this.server as DemoServer | undefined)?.port ?? 0
    this.server = await startSmallDemo(undefined, { port, downloadsFolder: join(this.folder, 'downloads') })
  }

  async restartServer(): Promise<void> {
    await this.server.close()
    await this.startServer()
  }

  async restartApp(): Promise<void> {
    await this.#closeApp()
    await this.#connect()
    await this.#openCache()
  }

  async orders(): Promise<readonly DemoOrder[]> {
    const reply = await fetch(`${this.server.url}/demo/downloads`)
    return ((await reply.json()) as { items: DemoOrder[] }).items
  }

  async tellDownloads(wish: Readonly<Record<string, unknown>>): Promise<void> {
    const reply = await fetch(`${this.server.url}/demo/downloads`, {
      method: 'POST',
      body: JSON.stringify(wish),
    })
    if (!reply.ok) throw new Error(`downloads: ${reply.status}`)
  }

  /** All bytes of a kept file. */
  async readFile(key: CacheKey): Promise<Buffer> {
    const { signal } = new AbortController()
    const stream = await this.cache.getCachedStreamWithQuality(key)
    using media = await this.cache.openMedia(stream.entryId, signal, 'file')
    if (media.kind !== 'file') throw new Error('not a file')
    return await readAll(media.read(0, defined(await media.size(signal), 'size'), signal))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closeApp()
    await this.server.close()
    this.#servers.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #connect(): Promise<void> {
    const secrets = this.#secrets
    this.#directory = await createSourceDirectory({
      db: this.#servers,
      clock: systemClock,
      logger: silentLogger,
      clientIdentifier: 'client-1',
      version: '0.1.0',
      secrets: {
        get: (name) => Promise.resolve(secrets.get(name) ?? null),
        set: (name, value) => Promise.resolve(void secrets.set(name, value)),
        delete: (name) => Promise.resolve(void secrets.delete(name)),
      },
    })
  }

  readonly #secrets = new Map<string, string>()

  async #openCache(): Promise<void> {
    const directory = this.#directory
    this.#coordinator = new TranscodeCoordinator({ clock: systemClock })
    const items = {
      getPlexItem: (sourceId: string, ratingKey: string, _maxAgeMs: number, signal?: AbortSignal) =>
        directory.getClient(sourceId).getItem(ratingKey, signal),
    }
    this.db = openTestDatabase(join(this.folder, 'cache.db'))
    this.cache = await createFileCache({
      db: this.db,
      cacheFolder: join(this.folder, 'cache'),
      upstream: createPlexUpstream({
        directory,
        coordinator: this.#coordinator,
        clock: systemClock,
        items,
        limits: { refuse: () => undefined, allow: () => undefined },
        roomBytes: () => Promise.resolve(1_000_000_000),
      }),
      serverFiles: createPlexServerFiles({ directory, items, clock: systemClock }),
      clock: systemClock,
      logger: silentLogger,
      limits: { limitBytes: 10 ** 12, reserveBytes: 0, backgroundKbps: null },
      openHlsEntry: (context) => createHlsEntry(context),
    })
  }

  async #closeApp(): Promise<void> {
    await this.cache.close(2_000)
    await this.#coordinator.close()
    await this.#directory.close()
    this.db.close()
  }
}
