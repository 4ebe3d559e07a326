import Database from 'better-sqlite3'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CacheKey } from '../src-preload/contract/index.ts'
import { createDataDir, startApp, type App } from './support/app-process.ts'
import { becomesComplete } from './support/cached.ts'
import { startDemo, type Demo } from './support/demo-process.ts'
import { expect, test } from './support/fixtures.ts'
import { seededRandom } from './support/seeded-random.ts'
import { sha256 } from './support/server-file.ts'
import { films, findTitle, keyOf } from './support/titles.ts'

const seed = Number(process.env['SPOOL_SEED'] ?? 20_261_123)
/** What a killed server had handed to the system and nobody read. */
const onTheWireBytes = 8 * 1024 * 1024

/** App and server as two processes, each of which dies at any moment and is started again where it was. */
class Pair implements AsyncDisposable {
  readonly #downloads = createDataDir()
  readonly #data = createDataDir()
  demo!: Demo
  app!: App
  /** Of finished files, by servers that have ended. */
  #sentBefore = 0

  static async start(): Promise<Pair> {
    const pair = new Pair()
    await pair.startServer()
    await pair.startApp()
    return pair
  }

  async startServer(): Promise<void> {
    const port = (this.demo as Demo | undefined)?.url.split(':').at(-1) ?? '0'
    this.demo = await startDemo(['--port', port, '--downloads', this.#downloads.path, '--mbps', '60'])
  }

  async startApp(): Promise<void> {
    this.app = await startApp({ demo: this.demo, dataDir: this.#data.path })
  }

  async endServer(how: 'stop' | 'kill'): Promise<void> {
    this.#sentBefore = await this.sent()
    await this.demo[how]()
  }

  /** Bytes of finished files that servers have sent. */
  async sent(): Promise<number> {
    const { byPath } = await this.demo.counters()
    const media = Object.entries(byPath).filter(([path]) => path.endsWith('/media'))
    return this.#sentBefore + media.reduce((sum, [, { bytes }]) => sum + bytes, 0)
  }

  /** What the database says is on the disk, read from beside a process that has ended. */
  recorded(): number {
    const db = new Database(join(this.#data.path, 'cache.db'), { readonly: true })
    try {
      return db.prepare('SELECT coalesce(sum(len), 0) FROM cache_chunks').pluck().get() as number
    } finally {
      db.close()
    }
  }

  async orders(): Promise<readonly { id: number; run: number; status: string }[]> {
    const reply = await fetch(`${this.demo.url}/demo/downloads`)
    return ((await reply.json()) as { items: { id: number; run: number; status: string }[] }).items
  }

  fileOf({ id, run }: { id: number; run: number }): Buffer {
    return readFileSync(join(this.#downloads.path, `${id}-${run}.mp4`))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.app.hasEnded) await this.app.stop()
    await this.demo.stop()
    await this.#data[Symbol.asyncDispose]()
    await this.#downloads[Symbol.asyncDispose]()
  }
}

test('a finished file comes byte for byte through deaths of app and server, and nothing kept comes twice', async () => {
  test.setTimeout(420_000)
  const random = seededRandom(seed)
  await using pair = await Pair.start()
  const key = keyOf(await findTitle(pair.app, films.heavy), '720p')

  // While it is being made, both die once.
  await pair.app.call('cache.preCache', key)
  await expect.poll(async () => (await pair.orders()).length, { timeout: 30_000 }).toBe(1)
  await pair.app.kill()
  await pair.endServer('kill')
  await pair.startServer()
  await pair.startApp()
  await expect.poll(async () => (await pair.orders())[0]?.status, { timeout: 180_000 }).toBe('available')
  const [order] = await pair.orders()
  if (order === undefined) throw new Error('unreachable: it was available')
  expect(await pair.orders(), 'the same order again').toHaveLength(1)
  const served = pair.fileOf(order)

  // While it is fetched, one or the other dies at any moment, kindly or not.
  let recorded = pair.recorded()
  let sentBefore = await pair.sent()
  let slack = 0
  for (const share of [0.15, 0.35, 0.5, 0.65, 0.8]) {
    const goal = served.length * (share + 0.1 * random())
    await expect
      .poll(async () => (await presentOf(pair.app, key)) >= goal, { timeout: 60_000, intervals: [50] })
      .toBe(true)
    const how = random() < 0.5 ? 'kill' : 'stop'
    if (random() < 0.4) {
      await pair.endServer(how)
      slack += onTheWireBytes
      await pair.startServer()
      continue
    }
    await pair.app[how]()
    const sent = await pair.sent()
    expect(sent - sentBefore, 'no more than was missing').toBeLessThanOrEqual(
      served.length - recorded + slack,
    )
    recorded = pair.recorded()
    sentBefore = sent
    slack = 0
    await pair.startApp()
  }
  await pair.app.kill()
  recorded = pair.recorded()
  sentBefore = await pair.sent()
  expect(recorded).toBeGreaterThan(0)
  await pair.startApp()
  await becomesComplete(pair.app, key)
  expect((await pair.sent()) - sentBefore, 'exactly what was missing').toBe(served.length - recorded)

  const stream = await pair.app.call('cache.getCachedStreamWithQuality', key)
  expect(stream).toMatchObject({ kind: 'file', complete: true, bytesPresent: served.length })
  const bytes = Buffer.from(await (await fetch(stream.externalUrl ?? '')).arrayBuffer())
  expect(sha256(bytes)).toBe(sha256(served))
  await expect.poll(() => pair.orders(), { message: 'nothing is left on the server' }).toEqual([])
})

test('without a queue the segments end in the same state, through a death of each', async () => {
  test.setTimeout(300_000)
  await using pair = await Pair.start()
  await pair.demo.control({ queue: false })
  const title = await findTitle(pair.app, films.heavy)
  const key = keyOf(title, '480p')
  await pair.app.call('cache.preCache', key)
  await expect.poll(() => presentOf(pair.app, key), { timeout: 60_000 }).toBeGreaterThan(500_000)
  await pair.app.kill()
  await pair.endServer('kill')
  await pair.startServer()
  await pair.demo.control({ queue: false })
  await pair.startApp()
  await becomesComplete(pair.app, key, 180_000)
  expect(await pair.app.call('cache.getCachedStreamWithQuality', key)).toMatchObject({
    kind: 'hls',
    complete: true,
  })
  const { positionMs } = await pair.app.call('library.getItem', {
    sourceId: title.sourceId,
    ratingKey: title.ratingKey,
  })
  expect(positionMs, 'nobody has watched it').toBe(title.item.positionMs)
  await expect.poll(async () => (await pair.demo.counters()).encoders).toEqual([])
  expect((await pair.demo.counters()).sessions).toBe(0)
})

const presentOf = async (app: App, key: CacheKey): Promise<number> =>
  (await app.call('cache.isCached', key)).bytesPresent
