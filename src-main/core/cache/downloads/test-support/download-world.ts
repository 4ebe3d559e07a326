import type { CacheKey, Download } from '../../../../../src-preload/contract/index.ts'
import Database from 'better-sqlite3'
import { sleep } from '../../../base/clock.ts'
import { SpoolError } from '../../../spool-error.ts'
import { makeTsSegments } from '../../hls/test-support/make-segments.ts'
import { openTestDatabase, readAll, sha256, testData, testKey } from '../../test-support/cache-fixture.ts'
import { MemoryRig, rigChunkBytes } from '../../test-support/memory-rig.ts'
import { MemoryTranscodes } from '../../test-support/memory-transcodes.ts'
import { MemoryServerFiles, type MadeFile } from './memory-server-files.ts'

const segments = makeTsSegments(3, 10)
const sizeBytes = 3 * rigChunkBytes + 1_000
const original = testData(sizeBytes)
const roomy = 10 ** 12

/** Three rungs and an Original, so that both kinds of downloads meet. */
export const keys: readonly CacheKey[] = [
  ...['1', '2', '3'].map((mediaId) => testKey(mediaId, '480p-200k')),
  testKey('4'),
]

/** In so many ms of the cache's time a server is asked at most so often, and so much oftener for everything that happens. */
const windowMs = 10_000
const mostRequests = 8
const perEvent = 4

/** Downloads over a server, disk and clock in memory; what was asked of them, and what must always hold. */
export class DownloadWorld {
  readonly rig = new MemoryRig()
  readonly server: MemoryServerFiles
  readonly problems = new Set<string>()
  readonly #wanted = new Set<CacheKey>()
  readonly #encodes = new Map<string, Buffer>()
  readonly #eventsAt: number[] = []
  #latencies: readonly number[]
  #steps = 0

  private constructor(latenciesMs: readonly number[]) {
    this.#latencies = latenciesMs
    this.server = new MemoryServerFiles(this.rig.clock, (encode) => this.#dataOf(encode))
    this.server.step = async (call) => {
      this.#checkFills()
      const ms = this.#latencies[(this.#steps += 1) % this.#latencies.length] ?? 0
      // Pieces of a body come twenty times as fast as replies.
      if (ms > 0) await sleep(this.rig.clock, call === 'fetch' ? ms / 20 : ms)
    }
    this.rig.serverFiles = this.server
    this.rig.upstream.transcodes = new MemoryTranscodes(segments.length, (_session, seq) => segments[seq])
    for (const { mediaId } of keys) this.rig.upstream.put(mediaId, original)
  }

  static async create(latenciesMs: readonly number[]): Promise<DownloadWorld> {
    const world = new DownloadWorld(latenciesMs)
    await world.rig.open(openTestDatabase(':memory:'))
    return world
  }

  async add(key: CacheKey): Promise<void> {
    this.#wanted.add(key)
    await this.#tell((cache) => cache.preCache(key, true))
  }

  async stop(key: CacheKey): Promise<void> {
    this.#wanted.delete(key)
    await this.#tell((cache) => cache.stopPreCache(key))
  }

  async pause(key: CacheKey): Promise<void> {
    await this.#tell((cache) => cache.pausePreCache(key))
  }

  async remove(key: CacheKey): Promise<void> {
    this.#wanted.delete(key)
    await this.#tell((cache) => cache.removeFromCache(key, true))
  }

  /** The app ends and begins again; what was on its way to a server arrives. */
  async restart(): Promise<void> {
    this.#noteEvent()
    const latencies = this.#latencies
    this.#latencies = []
    await this.pass(5_000)
    await this.rig.closeCache()
    const image = this.rig.db.serialize()
    this.rig.db.close()
    await this.rig.open(new Database(image))
    this.#latencies = latencies
  }

  setOn(isOn: boolean, isNoticed: boolean): void {
    this.#noteEvent()
    this.server.isOn = isOn
    if (isNoticed || isOn) this.rig.upstream.setReachable(isOn)
  }

  setRoom(isRoomy: boolean): void {
    const limitBytes = isRoomy ? roomy : rigChunkBytes
    this.rig.cache.setLimits({ ...this.rig.limits, limitBytes })
  }

  /** What becomes of files of the states. */
  turn(from: readonly MadeFile['state'][], to: MadeFile['state']): void {
    this.#noteEvent()
    for (const file of this.server.made) if (from.includes(file.state)) file.state = to
  }

  /** Files that were there are made once more, of other bytes. */
  remake(): void {
    for (const file of this.server.made) if (file.state === 'ready') file.run += 1
    this.turn(['ready'], 'making')
  }

  async pass(durationMs: number): Promise<void> {
    await this.rig.pass(durationMs)
    this.#check()
    for (const { state, reason } of await this.rig.cache.getDownloads())
      if (state === 'failed') this.problems.add(`a download failed: ${reason}`)
  }

  /** All goes well from now on: whatever is wanted comes, and nothing else is left anywhere. */
  async finish(mostMs: number): Promise<void> {
    this.#latencies = []
    this.server.refusals.length = 0
    this.server.begins = 'ready'
    this.setRoom(true)
    this.setOn(true, true)
    for (const key of this.#wanted) await this.add(key)
    let left: readonly Download[] = []
    for (let passed = 0; passed < mostMs; passed += 5_000) {
      this.turn(['making', 'failed'], 'ready')
      await this.pass(5_000)
      left = await this.rig.cache.getDownloads()
      if (left.length === 0 && this.server.made.length === 0) break
    }
    for (const { key, state, reason, bytesPresent } of left)
      this.problems.add(`never came: ${key.mediaId} ${state} ${reason} ${bytesPresent}`)
    for (const { mediaId, state } of this.server.made)
      this.problems.add(`left on the server: ${mediaId} ${state}`)
    for (const key of this.#wanted) await this.#checkBytes(key)
    const asked = this.server.requests.length
    await this.pass(60_000)
    if (this.server.requests.length > asked) this.problems.add('asks a server of which nothing is wanted')
    await this.rig.close()
    this.#check()
  }

  /** Something after which there is something to ask. */
  #noteEvent(): void {
    this.#eventsAt.push(this.rig.clock.monotonicMs())
  }

  #dataOf(encode: string): Buffer {
    const known = this.#encodes.get(encode)
    if (known !== undefined) return known
    const seed = this.#encodes.size + 2
    const data = testData(sizeBytes + seed, seed)
    this.#encodes.set(encode, data)
    return data
  }

  async #tell(command: (cache: MemoryRig['cache']) => Promise<unknown>): Promise<void> {
    this.#noteEvent()
    const refuse = (error: unknown): void => {
      if (!(error instanceof SpoolError)) this.problems.add(String(error))
    }
    void command(this.rig.cache).catch(refuse)
    await this.rig.settle()
  }

  #checkFills(): void {
    const titles = new Set<string>(this.server.reading.values())
    for (const { mediaId, isOpen } of this.rig.upstream.fetched) if (isOpen) titles.add(mediaId)
    if (titles.size > 1) this.problems.add(`fetched at once: ${[...titles].join()}`)
  }

  #check(): void {
    this.#checkFills()
    for (const error of this.rig.errors.splice(0)) this.problems.add(error)
    const now = this.rig.clock.monotonicMs()
    const { requests } = this.server
    for (let at = requests.length - 1; (requests[at]?.atMs ?? 0) > now - 2 * windowMs; at -= 1) {
      const until = requests[at]?.atMs ?? 0
      const events = this.#eventsAt.filter((atMs) => atMs > until - 2 * windowMs && atMs <= until).length
      const first = requests[at - (mostRequests + events * perEvent)]
      if (first !== undefined && first.atMs > until - windowMs)
        this.problems.add(`asked too often: more than ${mostRequests + events * perEvent} in 10 s`)
    }
  }

  async #checkBytes(key: CacheKey): Promise<void> {
    const { cached } = await this.rig.cache.isCached(key)
    if (!cached) return void this.problems.add(`not all there: ${key.mediaId}`)
    const { signal } = new AbortController()
    const { entryId, kind, bytesTotal } = await this.rig.cache.getCachedStreamWithQuality(key)
    if (kind === 'hls') return
    using media = await this.rig.cache.openMedia(entryId)
    if (media.kind !== 'file') return
    const bytes = await this.rig.outcomeOf(readAll(media.read(0, bytesTotal ?? 0, signal)))
    const known = key.quality === 'original' ? [original] : [...this.#encodes.values()]
    if (!known.map(sha256).includes(sha256(bytes))) this.problems.add(`other bytes: ${key.mediaId}`)
  }
}
